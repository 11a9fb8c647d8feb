"""The exported table "records with decisions": columns, and rows one per vote.

Only complete decisions are in it, and no authors that a stage hides from its voters, whoever
exports: everybody in the review can download the file, so it must not unblind anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from import_export.fields import Field
from import_export.resources import Resource

from review.citation import Citation
from review.markup import plain
from review.models import Record, Review
from review.roles import strictest_reader
from review.tables import Cell
from screening.models import Decision, Kind

DEMO = "demo example, not a judgement"


@dataclass(frozen=True, slots=True)
class Row:
    """A record and one complete decision on its report, or None where there is none yet."""

    record: Record
    citation: Citation
    decision: Decision | None

    @property
    def title(self) -> str:
        """Title without markup."""
        return plain(self.citation.title)

    @property
    def authors(self) -> str:
        """All authors, as citations print them."""
        return "; ".join(author.short for author in self.citation.authors)

    @property
    def counted(self) -> str:
        """Whether the report is counted by this record: "no" for a duplicate record."""
        return "yes" if self.record.is_counted else "no"  # type: ignore[attr-defined]

    @property
    def demo(self) -> str:
        """The label of demo decisions."""
        return DEMO if self.decision and self.decision.is_demo else ""


def _column(name: str, path: str) -> Field:
    return Field(attribute=path, column_name=name)


class DecisionResource(Resource):  # type: ignore[misc]
    """One row per record and vote or settlement."""

    record = _column("record", "record__pk")
    source = _column("source", "record__search__source")
    kind = _column("kind of source", "record__search__kind")
    identifier = _column("identifier", "record__identifier")
    report = _column("report", "record__report_id")
    counted = _column("counts for its report", "counted")
    title = _column("title", "title")
    authors = _column("authors", "authors")
    year = _column("year", "citation__year")
    journal = _column("journal", "citation__journal")
    doi = _column("DOI", "citation__doi")
    pmid = _column("PMID", "citation__pmid")
    arm = _column("column of the diagram", "record__report__arm")
    position = _column("position", "record__report__position")
    reason = _column("reason for exclusion", "record__report__reason__label")
    study = _column("study", "record__report__study__label")
    stage = _column("stage", "decision__stage__name")
    act = _column("vote or settlement", "decision__kind")
    person = _column("person", "decision__actor__email")
    choice = _column("decision", "decision__choice")
    named = _column("reason named", "decision__reason__label")
    note = _column("note", "decision__note")
    at = _column("decided at (UTC)", "decision__at")
    demo = _column("label", "demo")

    def iter_rows(self, review: Review) -> Iterator[Row]:
        """Every live record, with each complete decision that stands on its report."""
        decisions: dict[int, list[Decision]] = {}
        complete = Decision.objects.filter(review=review).heads().complete()
        shown = complete.filter(kind__in=(Kind.VOTE, Kind.SETTLE, Kind.AGREE))
        for decision in shown.select_related("stage", "actor", "reason", "report").order_by("pk"):
            judged_as = decision.report.survivor_id or decision.report_id
            decisions.setdefault(judged_as, []).append(decision)
        reader = strictest_reader(review)
        for record in _records(review):
            reader.cover_record(record)
            if record.report.study is not None:
                reader.cover_study(record.report.study, [record.report])
            citation = record.current.citation if record.current else Citation(record.identifier)
            standing: Sequence[Decision | None] = decisions.get(record.report_id) or [None]
            for each in standing:
                yield Row(record, citation, each)


def _records(review: Review) -> Iterator[Record]:
    records = Record.objects.of(review).select_related(
        "search", "current", "report__reason", "report__study"
    )
    seen: set[int] = set()
    for record in records.iterator(chunk_size=500):
        left = record.search.is_left or record.report.arm == "right"
        record.is_counted = left and record.report_id not in seen  # type: ignore[attr-defined]
        if left:
            seen.add(record.report_id)
        yield record


def decision_rows(review: Review) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headers, and one list of cells per record and decision."""
    resource = DecisionResource()
    headers = [str(header) for header in resource.get_export_headers()]
    rows = ([_cell(v) for v in resource.export_resource(row)] for row in resource.iter_rows(review))
    return headers, rows


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, int | float | str):
        return value
    return str(value)
