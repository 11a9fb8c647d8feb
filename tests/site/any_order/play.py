"""The review in which people act, and how an act is sent: as its page does, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from review.access import Access
from review.errors import ReviewError
from review.models import Report, Review, Stage, User
from screening.access import enter, enter_stage
from screening.models import Seat, SeatState, Standing
from tests.site.any_order.book import Book

REFUSALS = (ReviewError, PermissionDenied, Http404)
ABSTRACT, FULL_TEXT = "title_abstract", "full_text"


@dataclass(slots=True)
class Clock:
    """How many hours the server's clock is ahead."""

    ahead: int = 0

    def now(self) -> datetime:
        """What it shows."""
        return datetime.now(UTC) + timedelta(hours=self.ahead)


@dataclass(slots=True)
class Play:
    """Reports and people by number and name; ``acting`` is who acts in this step."""

    review: Review
    people: dict[str, User]
    reports: list[int]
    reasons: list[int]
    book: Book
    clock: Clock
    acting: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    done: int = 0  # acts that were not refused

    @contextmanager
    def trying(self, person: str) -> Iterator[User]:
        """Let somebody try something; that a typed error refuses it is as good as that it is done.

        What a refused act wrote would be found afterwards: the book does not know it.
        """
        user = self.people[person]
        self.acting = user.pk
        try:
            yield user
            self.done += 1
        except REFUSALS as refusal:
            assert str(refusal) or isinstance(refusal, PermissionDenied | Http404)

    def enter(self, user: User, to: str, at: str = "") -> Access:
        """Who may do this comes in, as through the page."""
        if at:
            return enter_stage(user, self.review.slug, at, to=to)[0]
        return enter(user, self.review.slug, to=to)

    def stage(self, at: str) -> Stage:
        """The stage as a page that is opened now has it."""
        return self.review.stages.get(name=at)

    def live(self, number: int) -> Report:
        """The report that one of the reports counts for now."""
        return Report.objects.get(pk=self.book.root(self.reports[number]))

    def aimed(self, which: int, *positions: str) -> int:
        """The number of a report that stands there now, so that more acts are possible ones."""
        rows = Report.objects.filter(pk__in=self.reports)
        at = dict(rows.values_list("pk", "position"))
        there = [n for n, key in enumerate(self.reports) if at[self.book.root(key)] in positions]
        return there[which % len(there)] if there else which

    def disputed(self, which: int, at: str) -> int:
        """The number of a report in conflict at a stage, if there is one."""
        conflict = ("conflict", "")
        keys = [self.book.root(key) for key in self.reports]
        found = [n for n, key in enumerate(keys) if self.book.outcome(at, key) == conflict]
        return found[which % len(found)] if found else which

    def nonce(self) -> str:
        """One that no page had before."""
        return f"page-{next(self.numbers)}"

    def state(self, *reports: int) -> list[tuple[Any, ...]]:
        """Where these reports stand and why, and who has voted: what a split has to restore."""
        found: list[tuple[Any, ...]] = []
        rows = Report.objects.filter(pk__in=reports).order_by("pk")
        found += rows.values_list("pk", "position", "reason", "study", "arm", "face")
        judged = Standing.objects.filter(report__in=reports).exclude(votes=0, status="pending")
        judged = judged.order_by("report", "stage")
        found += judged.values_list(
            "report", "stage__name", "status", "choice", "reason", "settled_by", "votes"
        )
        seats = Seat.objects.filter(report__in=reports, state=SeatState.DONE)
        seats = seats.order_by("report", "stage", "reviewer")
        found += seats.values_list("report", "stage__name", "reviewer")
        return found
