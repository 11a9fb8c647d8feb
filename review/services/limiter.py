"""The one limiter of all workers towards NCBI: a row that says when the next request may start.

NCBI allows 3 requests a second per address and 10 per API key; the spacing stays below that
(pubmed.md section 4.2). A turn is taken by a guarded UPDATE in its own short transaction, and only
once its time has come, so that a pause which NCBI asks for holds up everybody who did not start.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from review.models import PubmedSlot

SPACING = 0.40  # seconds between requests without a key
SPACING_WITH_KEY = 0.11
PATIENCE = 600.0  # the longest pause that is waited for
SLICE = 5.0  # seconds: who waits reports at least this often
LATE = 0.25  # of the spacing, by which a request may start after its turn
LONGEST_LEAD = 5.0


def show_nobody(seconds: float) -> None:
    """Wait without a word."""


def wait_for_slot(
    key: str, spacing: float, on_wait: Callable[[float], None] = show_nobody
) -> float:
    """Take the next turn and sleep until it comes; give the seconds slept.

    ``on_wait(seconds_left)`` is called in each pause of a second or more and may raise to give
    up. Where taking a turn takes long (a busy database), turns are taken that long ahead.
    """
    began, lead = time.time(), 0.0
    while True:
        start = _take(key, spacing, lead, on_wait)
        time.sleep(max(0.0, start - time.time()))
        late = time.time() - start
        if late <= spacing * LATE:
            return time.time() - began
        lead = min(2 * late, LONGEST_LEAD)


def _take(key: str, spacing: float, lead: float, on_wait: Callable[[float], None]) -> float:
    while True:
        now = time.time()
        slot, _ = PubmedSlot.objects.get_or_create(key=key)
        ahead = slot.next_free_at - now
        if 0 < ahead <= PATIENCE:  # a time further away was set before the clock was put back
            if ahead >= 1:
                on_wait(ahead)
            time.sleep(min(ahead, SLICE))
            continue
        same = PubmedSlot.objects.filter(key=key, next_free_at=slot.next_free_at)
        if same.update(next_free_at=now + lead + spacing):
            return now + lead


def push_back(key: str, seconds: float) -> None:
    """Let no worker start a request for this long: NCBI said that there were too many."""
    now = time.time()
    until = now + min(seconds, PATIENCE)
    later = PubmedSlot.objects.filter(key=key, next_free_at__range=(until, now + PATIENCE))
    PubmedSlot.objects.filter(key=key).exclude(pk__in=later).update(next_free_at=until)
