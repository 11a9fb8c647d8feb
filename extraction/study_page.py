"""One study in detail: its reports with what is held of them, its results with their appraisal."""

from __future__ import annotations

from dataclasses import dataclass, field

from extraction.models import Assessment, Result
from extraction.sheet import OVERALL, Sheet, read_sheets
from review.access import Access
from review.models import FullText, Report, Study
from review.services.studies import label_of


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report of a study; ``held`` is its latest full text."""

    report: Report
    label: str
    held: FullText | None


@dataclass(slots=True)
class ResultLine:
    """A result with its assessments, one per instrument."""

    result: Result
    sheets: list[Sheet] = field(default_factory=list)

    @property
    def overall(self) -> str:
        """The overall judgement of the first finished assessment, or nothing."""
        rows = (sheet.judgements.get(OVERALL) for sheet in self.sheets)
        return next((row.final for row in rows if row and row.final), "")


def reports_of(access: Access, study: Study) -> list[ReportLine]:
    """Reports of a study in order of arrival, merged-away ones too, in two queries."""
    reports = list(study.reports.select_related("face", "survivor").order_by("place"))
    access.cover(*reports)
    held: dict[int, FullText] = {}
    for row in FullText.objects.filter(report__in=reports).defer("text").order_by("pk"):
        held[row.report_id] = row
    return [ReportLine(row, label_of(row), held.get(row.pk)) for row in reports]


def result_lines(study: Study) -> list[ResultLine]:
    """Results of a study in the order of adding, with their assessments, in four queries."""
    results = Result.objects.filter(study=study).select_related("made_by").order_by("pk")
    lines = {result.pk: ResultLine(result) for result in results}
    rows = Assessment.objects.filter(result__in=lines).select_related("assessor").order_by("pk")
    for sheet in read_sheets(rows):
        lines[sheet.assessment.result_id].sheets.append(sheet)
    return list(lines.values())
