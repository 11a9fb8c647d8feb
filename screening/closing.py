"""What keeps a stage from being closed: every report touched must have all its votes.

"Both votes complete for every record touched, or the methods section lies" - so a stage closes only
when no report waits for a vote, no conflict is open and no pair of possible duplicates waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from review.models import Pair, Position, Report, Stage, StageName
from screening.models import Standing
from screening.querysets import POSITION_OF

LISTED = 50


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of open matter: how many there are, and the first of them."""

    kind: str
    words: str
    n: int
    rows: list[Any]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.n - len(self.rows)


def open_matters(stage: Stage) -> list[Matter]:
    """What has to be ended before the stage can be closed; empty when it can be."""
    return [matter for matter in _all_matters(stage) if matter.n]


def _all_matters(stage: Stage) -> Iterator[Matter]:
    disputed = Standing.objects.in_conflict(stage)
    reports = Report.objects.of(stage.review).defer("face__raw")
    waiting = reports.at(POSITION_OF[stage.name]).exclude(pk__in=disputed.values("report"))
    yield _matter("votes", waiting, "report that lacks a vote", "reports that lack a vote")
    yield _matter("conflicts", disputed, "open conflict", "open conflicts")
    if stage.name == StageName.FULL_TEXT:
        sought = reports.at(Position.SOUGHT)
        yield _matter("sought", sought, "full text still sought", "full texts still sought")
    pairs = Pair.objects.unanswered(stage.review)
    yield _matter("pairs", pairs, "possible duplicate to answer", "possible duplicates to answer")


def _matter(kind: str, rows: QuerySet[Any], one: str, several: str) -> Matter:
    n = rows.count()
    return Matter(kind, one if n == 1 else several, n, list(rows[:LISTED]) if n else [])
