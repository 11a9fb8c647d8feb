"""The exported table "records with decisions": columns, and rows one per vote.

Only complete decisions are in it, and no authors that a stage hides from its voters, whoever
exports: everybody in the review can download the file, so it must not unblind anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q
from import_export.fields import Field
from import_export.resources import Resource

from review.citation import Citation
from review.markup import plain
from review.models import Record, Report, Review
from review.roles import strictest_reader
from review.tables import Cell
from screening.models import Decision, Kind

DEMO = "demo example, not a judgement"
CHUNK = 500  # records that are in memory at once, with what was decided on them
Decided = Mapping[int, list[Decision | None]]


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
        reader = strictest_reader(review)
        records = _records(review)
        while chunk := list(islice(records, CHUNK)):
            decisions = _decisions_on({record.report_id for record in chunk}, review)
            for record in chunk:
                reader.cover_record(record)
                if record.report.study is not None:
                    reader.cover_study(record.report.study, [record.report])
                text = record.current
                citation = text.citation if text else Citation(record.identifier)
                for each in decisions.get(record.report_id) or [None]:
                    yield Row(record, citation, each)


def _decisions_on(reports: Collection[int], review: Review) -> Decided:
    """The complete decisions that stand on these reports and their duplicates, by report."""
    family = Report.objects.filter(Q(pk__in=reports) | Q(survivor__in=reports)).order_by()
    cast = Decision.objects.filter(review=review, report__in=family.values("pk"))
    shown = cast.heads().complete().filter(kind__in=(Kind.VOTE, Kind.SETTLE, Kind.AGREE))
    found: dict[int, list[Decision | None]] = defaultdict(list)
    for decision in shown.select_related("stage", "actor", "reason", "report").order_by("pk"):
        found[decision.report.survivor_id or decision.report_id].append(decision)
    return found


def _records(review: Review) -> Iterator[Record]:
    records = Record.objects.of(review).select_related(
        "search", "current", "report__reason", "report__study"
    )
    seen: set[int] = set()
    for record in records.iterator(chunk_size=CHUNK):
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
