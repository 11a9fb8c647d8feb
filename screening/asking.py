"""One pair of reports as the page asks about it: all their texts side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from review.access import Access
from review.citation import Citation
from review.models import Pair, Record, Report
from review.models.matching import Answer, Link
from review.querysets.matching import PairQuerySet
from screening.comparison import Part, Row, compare, differing
from screening.models import Proposal, Standing, Status

MOST = 3  # records of one report that are shown; the report's own page has all


@dataclass(frozen=True, slots=True)
class Column:
    """One text of a report; ``record`` is None where no source has given one.

    ``more`` is how many further records the report has, at its last column.
    """

    side: str
    report: Report
    record: Record | None
    more: int = 0

    @property
    def citation(self) -> Citation:
        """The text, as far as the reader may know it."""
        current = self.record.current if self.record else None
        return current.citation if current else Citation(identifier="")


@dataclass(frozen=True)
class Question:
    """A pair that waits, the texts of both reports, and who has said "same" so far."""

    pair: Pair
    first: list[Column]
    second: list[Column]
    proposals: list[Proposal]

    @property
    def columns(self) -> list[Column]:
        """All texts, those of the first report first."""
        return [*self.first, *self.second]

    @cached_property
    def rows(self) -> list[tuple[Row, list[tuple[Column, tuple[Part, ...]]]]]:
        """The fields of all texts side by side, each value with its column."""
        found = compare(*([each.citation for each in side] for side in (self.first, self.second)))
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in found]

    @property
    def differing(self) -> list[str]:
        """Names of the fields that differ."""
        return differing([row for row, _ in self.rows])


def waiting_for(access: Access) -> PairQuerySet:
    """The pairs that wait for this person's answer, the likeliest first."""
    mine = Proposal.objects.filter(actor=access.user).values("pair")
    return Pair.objects.unanswered(access.review).exclude(pk__in=mine)


def waiting(access: Access) -> list[tuple[float, int]]:
    """Score and key of each of them."""
    return list(waiting_for(access).values_list("score", "pk"))


def question(access: Access, key: int) -> Question | None:
    """The pair with this key and the texts of its reports; None when it no longer waits."""
    pair = Pair.objects.unanswered(access.review).filter(pk=key).first()
    if pair is None:
        return None
    said = Proposal.objects.filter(pair=pair).exclude(actor=access.user)
    return Question(
        pair,
        _columns(access, "A", pair.first),
        _columns(access, "B", pair.second),
        list(said.select_related("actor")),
    )


def _columns(access: Access, side: str, report: Report) -> list[Column]:
    """The records of a report that have a text, the one that people read first."""
    rows = Record.objects.of_reports([report.pk]).filter(current__isnull=False)
    found = list(rows.select_related("search", "current", "report").defer("current__raw"))
    found.sort(key=lambda record: record.current_id != report.face_id)
    shown: list[Record | None] = [*found[:MOST]] or [None]
    for record in found[:MOST]:
        access.cover_record(record)
    more = len(found) - len(found[:MOST])
    return [
        Column(side, report, record, more if place == len(shown) else 0)
        for place, record in enumerate(shown, start=1)
    ]


def standing_of(report: Report) -> str:
    """Which votes count on a report that has absorbed a copy, and where that leaves it."""
    disputed = Standing.objects.filter(report=report, status=Status.CONFLICT)
    stages = " and ".join(str(each.stage) for each in disputed.select_related("stage"))
    conflict = f" and is in conflict on {stages}" if stages else ""
    return (
        "The last vote of each reviewer on either copy counts. The report stands at "
        f"“{report.get_position_display().lower()}”{conflict}."
    )


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of mine that can be taken back: what I said, and whether a second must agree."""

    pair: Pair
    answer: str
    proposed: bool = False

    @property
    def link(self) -> str:
        """How the two belong together, in words."""
        return Link(self.pair.link).label if self.pair.link else ""

    @property
    def stands(self) -> str:
        """Where the report stands that the two have become."""
        report = self.pair.first if self.pair.first.position else self.pair.second
        return standing_of(report)


def last_said(access: Access) -> Said | None:
    """My last answer or proposal in this review."""
    mine = Pair.objects.answered().filter(review=access.review, answered_by=access.user)
    answered = mine.select_related("first", "second").order_by("-answered_at", "-pk").first()
    proposals = Proposal.objects.filter(review=access.review, actor=access.user, pair__answer="")
    proposed = proposals.select_related("pair__first", "pair__second").order_by("-pk").first()
    if proposed and (answered is None or answered.answered_at < proposed.at):  # type: ignore[operator]
        return Said(proposed.pair, Answer.SAME, proposed=True)
    return Said(answered, answered.answer) if answered else None
