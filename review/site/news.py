"""What happened in a review since a person's last visit.

Blinding: a move tells what the votes amounted to. A report that awaits votes again is therefore
left out, whatever an earlier verdict did to it; see ``review.ledger``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from review.access import Access
from review.ledger import AFTER_FULL_TEXT, BEFORE_SCREENING
from review.models import Membership, Move, Position, Review
from review.outage import outage

PAUSE = timedelta(hours=1)  # who stays away for longer comes for a new visit
NOTED = timedelta(minutes=1)  # that a person is here need not be noted again for so long
AFTER_SCREENING = [each for each in Position if each not in BEFORE_SCREENING]


@dataclass(frozen=True, slots=True)
class Line:
    """``n`` reports moved and now stand at ``position``."""

    n: int
    position: str

    @property
    def label(self) -> str:
        """The position in words."""
        return Position(self.position).label


def last_visit(request: HttpRequest, access: Access) -> datetime | None:
    """When the visit before this one ended, None on the first; notes that the person is here.

    The answer stays the same during a visit, so that a reload does not empty the list. A visit
    that cannot be noted, because the database is busy or its disk full, is a visit all the same.
    """
    mine = Membership.objects.filter(review=access.review, user=access.user)
    seen, now = mine.values_list("seen_at", flat=True).first(), timezone.now()
    key = f"visit-{access.review.pk}"
    since = request.session.get(key)
    if since is not None and seen is not None and seen >= now - PAUSE:
        if seen < now - NOTED:
            _note(mine, now)
    else:
        began = seen.isoformat() if seen else ""
        if _note(mine, now) and since != began:
            request.session[key] = began
        since = began
    return datetime.fromisoformat(since) if since else None


def _note(mine: QuerySet[Membership], now: datetime) -> bool:
    """Write down that a person is here; whether it could be."""
    try:
        mine.update(seen_at=now)
    except OperationalError as error:
        if outage(error) is None:
            raise
        return False
    return True


def moved(review: Review, since: datetime) -> list[Line]:
    """Reports that moved after ``since``, counted by where they stand now, in the flow's order."""
    again = _now(Position.SCREENING) & _touches(AFTER_SCREENING)
    again |= _now(Position.ASSESSING) & _touches(AFTER_FULL_TEXT)
    moves = Move.objects.since(since).filter(review=review, report__position__isnull=False)
    counted = moves.exclude(again).order_by().values_list("report__position")
    n = dict(counted.annotate(n=Count("report", distinct=True)))
    return [Line(n[position], position) for position in Position if position in n]


def _now(position: str) -> Q:
    return Q(report__position=position)


def _touches(positions: list[Position] | tuple[Position, ...]) -> Q:
    return Q(origin__in=positions) | Q(target__in=positions)
