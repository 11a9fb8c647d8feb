"""What was voted at a stage, by day and person, and how much is left.

A reviewer sees their own numbers only: how far colleagues are would tell which reports they voted
on. A lead sees everybody's, unless they vote at the stage themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Least, TruncDate
from django.utils import timezone

from review.access import Access
from review.models import Report, Stage
from screening.models import Decision, Kind, Standing, Status
from screening.pace import WINDOW, Pace, pace
from screening.querysets import POSITION_OF, awaiting


@dataclass(slots=True)
class Person:
    """One voter: votes by day."""

    name: str
    days: dict[date, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Votes that stand, ever."""
        return sum(self.days.values())

    @property
    def last(self) -> date:
        """The day of the newest vote."""
        return max(self.days)


@dataclass(frozen=True, slots=True)
class Progress:
    """Voters, the newest days first with a number for each voter, and what is left."""

    people: list[Person]
    days: list[tuple[date, list[int]]]
    waiting: int  # reports
    left: int  # votes
    pace: Pace | None


def progress(access: Access, stage: Stage) -> Progress:
    """The whole stage, or only the reader's own part of it."""
    own = not sees_everybody(access, stage)
    votes = Decision.objects.filter(stage=stage, kind=Kind.VOTE).heads()
    people = _people(votes.filter(actor=access.user) if own else votes)
    waiting, left = _own_work(access, stage) if own else _all_work(stage)
    today = timezone.localdate()
    by_day: dict[date, int] = {}
    for person in people:
        for day, n in person.days.items():
            by_day[day] = by_day.get(day, 0) + n
    return Progress(people, _days(people, today), waiting, left, pace(by_day, left, today))


def sees_everybody(access: Access, stage: Stage) -> bool:
    """Whether the reader may know how far each colleague is."""
    return access.role.lead and not access.role.may_vote(stage.name)


def _people(votes: Any) -> list[Person]:
    rows = votes.annotate(day=TruncDate("at")).values_list("actor", "actor__name", "day")
    found: dict[int, Person] = {}
    for key, name, day, n in rows.annotate(n=Count("pk")).order_by("actor__name", "actor", "day"):
        found.setdefault(key, Person(name)).days[day] = n
    return list(found.values())


def _days(people: Iterable[Person], today: date) -> list[tuple[date, list[int]]]:
    recent = (today - timedelta(back) for back in range(WINDOW))
    rows = ((day, [person.days.get(day, 0) for person in people]) for day in recent)
    return [(day, numbers) for day, numbers in rows if any(numbers)]


def _own_work(access: Access, stage: Stage) -> tuple[int, int]:
    left = awaiting(access.user, stage).count()
    return left, left


def _all_work(stage: Stage) -> tuple[int, int]:
    """Reports that wait for votes, and the votes that they still need."""
    at = Standing.objects.filter(stage=stage)
    reports = Report.objects.of(stage.review).at(POSITION_OF[stage.name])
    waiting = reports.exclude(pk__in=at.filter(status=Status.CONFLICT).values("report"))
    begun = at.filter(status=Status.PENDING, report__in=waiting)
    cast = begun.aggregate(n=Sum(Least(F("votes"), stage.votes_needed)))["n"] or 0
    n = waiting.count()
    return n, n * stage.votes_needed - cast
