"""The exported table of PRISMA 2020 item 16b: full texts that were excluded, and why.

"Cite studies that might appear to meet the inclusion criteria, but which were excluded" asks for
the citation of each report and its reason; reports that nobody could get stand in a table of their
own, because they were not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from review.citation import Citation
from review.models import Position, Report, Retrieval, Review
from review.reference import reference
from review.roles import strictest_reader
from review.tables import Cell
from screening.resources import DEMO

HEADERS = ["report", "study", "reference", "year", "DOI", "PMID", "column of the diagram"]


def excluded_rows(review: Review) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headers, and a row for each report excluded on its full text, by its reason."""
    reports = Report.objects.of(review).filter(position=Position.EXCLUDED_FULL_TEXT)
    headers = [*HEADERS, "reason", "label"]
    return headers, (
        [*_row(report), report.reason.label if report.reason else "", _label(review)]
        for report in _shown(review, reports.order_by("reason__label", "place"))
    )


def not_retrieved_rows(review: Review) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headers, and a row for each report whose full text could not be had, with the attempts."""
    reports = Report.objects.of(review).filter(position=Position.NOT_RETRIEVED)
    return [*HEADERS, "attempts", "label"], (
        [*_row(report), _attempts(report), _label(review)]
        for report in _shown(review, reports.order_by("place"))
    )


def _shown(review: Review, reports: QuerySet[Report]) -> Iterator[Report]:
    """The reports with what a row needs; authors are left out where a stage hides them."""
    reader = strictest_reader(review)
    for report in reports.select_related("face", "study", "reason").iterator(chunk_size=500):
        reader.cover(report)
        yield report


def _row(report: Report) -> list[Cell]:
    citation = report.face.citation if report.face else Citation("")
    study = report.study.label if report.study else ""
    facts = [citation.year, citation.doi, citation.pmid, report.arm]
    return [report.pk, study, reference(citation), *facts]


def _attempts(report: Report) -> str:
    return "; ".join(
        f"{tried.tried_on.isoformat()} {tried.how}" for tried in Retrieval.objects.of(report)
    )


def _label(review: Review) -> str:
    return DEMO if review.is_demo else ""
