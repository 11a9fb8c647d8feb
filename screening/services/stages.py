"""Locking, closing and opening a stage. Every report's lock is taken first, as votes do.

So a vote that came in the same instant is either stored before the stage is shut, or refused.
"""

from __future__ import annotations

from django.db import transaction

from review.errors import Incomplete, Stale
from review.models import Event, Stage, User
from review.models.stages import StageState
from review.services.flow import lock_all_reports
from review.services.stages import set_state
from screening.closing import open_matters
from screening.errors import StillOpen
from screening.services.rules import being_applied

DONE = {  # what may follow what, and the word for it in the log
    (StageState.OPEN, StageState.LOCKED): "locked",
    (StageState.LOCKED, StageState.OPEN): "unlocked",
    (StageState.OPEN, StageState.CLOSED): "closed",
    (StageState.LOCKED, StageState.CLOSED): "closed",
    (StageState.CLOSED, StageState.OPEN): "reopened",
}


@transaction.atomic
def turn_stage(*, stage: Stage, state: str, reason: str, actor: User) -> Event:
    """Lock, unlock, close or reopen a stage: ``state`` is the one that it shall have.

    Raises Incomplete without a reason, Stale when it is in that state already, StillOpen when it
    cannot be closed because a report lacks a vote, is in conflict or may be a duplicate.
    """
    lock_all_reports(stage.review)
    now = Stage.objects.select_for_update(no_key=True).select_related("review").get(pk=stage.pk)
    did = DONE.get((StageState(now.state), StageState(state)))
    if did is None:
        raise Stale(f"This stage is {now.get_state_display()} already. Reload the page.")
    if not reason.strip():
        raise Incomplete("Write why, so that the others know what to expect.")
    if state == StageState.CLOSED:
        _refuse_open_matters(now)
    return set_state(stage=now, state=state, did=did, reason=reason.strip(), actor=actor)


def _refuse_open_matters(stage: Stage) -> None:
    matters = [f"{matter.n:,} {matter.words}" for matter in open_matters(stage)]
    if being_applied(stage):
        matters.append("changed rules that are still being applied")
    if matters:
        raise StillOpen(f"The stage cannot be closed yet. There are: {', '.join(matters)}.")
