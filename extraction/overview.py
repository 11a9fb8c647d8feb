"""The studies of a review in one table: what each rests on and how far its work has come.

A study is one investigation with one or more reports (PRISMA 2020). What its reports are now is
read here each time: extraction is never told when a report is merged or excluded later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from extraction.definition import Definition, definition_of
from extraction.models import Judgement, Result, Value, ValueState
from extraction.sheet import OVERALL
from review.access import Access
from review.models import Position, Report, Review, Study
from review.services.studies import label_of

# Where a report may stand and still be part of a study that the review works on.
IN_PLAY = (
    Position.INCLUDED,
    Position.ASSESSING,
    Position.SOUGHT,
    Position.NOT_RETRIEVED,
    Position.AWAITING,
    Position.ONGOING,
)
_IN_ORDER: dict[str | None, int] = {each.value: place for place, each in enumerate(IN_PLAY)}


@dataclass(slots=True)
class StudyLine:
    """One study: results with how many are ``judged``, fields with how many are ``filled``."""

    study: Study
    reports: list[Report] = field(default_factory=list)
    results: int = 0
    judged: int = 0
    fields: int = 0
    filled: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def is_included(self) -> bool:
        """Whether one of its reports is included; what a study is follows from its reports."""
        return any(report.position == Position.INCLUDED for report in self.reports)


def unlinked(review: Review) -> list[Report]:
    """Live reports from ``sought`` on that no study has yet: included ones first."""
    rows = Report.objects.of(review).at(*IN_PLAY).filter(study=None)
    return sorted(rows, key=lambda row: (_IN_ORDER[row.position], row.place))


def study_lines(
    review: Review, only: Collection[int] | None = None, reader: Access | None = None
) -> list[StudyLine]:
    """Every study with a live report or with work in it, by label; seven queries for any number.

    ``only`` keeps the studies of these keys; what ``reader`` must not know is left out.
    """
    studies = studies_of(review)
    if only is not None:
        studies = studies.filter(pk__in=only)
    lines = {study.pk: StudyLine(study) for study in studies}
    for report in _reports(lines):
        lines[report.study_id].reports.append(report)  # type: ignore[index]
    if reader is not None:
        for line in lines.values():
            reader.cover(*line.reports)
            reader.cover_study(line.study, line.reports)
    _count_results(lines)
    _count_values(lines, definition_of(review))
    cited = _cited(lines)
    for pk, line in lines.items():
        line.warnings = _warnings(line, cited[pk])
    return list(lines.values())


def studies_of(review: Review) -> QuerySet[Study]:
    """Studies that have a live report or work in them, by label."""
    live = Report.objects.live().filter(study=OuterRef("pk"))
    results = Result.objects.filter(study=OuterRef("pk"))
    values = Value.objects.filter(study=OuterRef("pk"))
    worked = Exists(live) | Exists(results) | Exists(values)
    return Study.objects.filter(worked, review=review).order_by("label", "pk")


def _reports(lines: dict[int, StudyLine]) -> QuerySet[Report]:
    rows = Report.objects.filter(study__in=lines).select_related("face", "survivor__face")
    return rows.order_by("place")


def _count_results(lines: dict[int, StudyLine]) -> None:
    for study in Result.objects.filter(study__in=lines).values_list("study", flat=True):
        lines[study].results += 1
    overall = Judgement.objects.filter(
        assessment__result__study__in=lines, domain=OVERALL
    ).latest_by("assessment")
    judged = {
        (row.assessment.result.study_id, row.assessment.result_id)
        for row in overall.select_related("assessment__result")
        if row.final
    }
    for study, n in Counter(study for study, _ in judged).items():
        lines[study].judged = n


def _count_values(lines: dict[int, StudyLine], definition: Definition) -> None:
    per_study, per_result = definition.keys_per_study, definition.keys_per_result
    for line in lines.values():
        line.fields = len(per_study) + line.results * len(per_result)
    rows = Value.objects.filter(study__in=lines).latest_by("study", "field", "result")
    for study, key, result, state in rows.values_list("study", "field", "result", "state"):
        wanted = per_result if result else per_study
        if key in wanted and state != ValueState.CLEARED:
            lines[study].filled += 1


def _cited(lines: dict[int, StudyLine]) -> dict[int, set[int]]:
    """The reports that values of each study point to as their source."""
    rows = Value.objects.filter(study__in=lines).exclude(state=ValueState.CLEARED)
    latest = rows.latest_by("study", "field", "result").exclude(report=None)
    cited: dict[int, set[int]] = defaultdict(set)
    for study, report in latest.values_list("study", "report"):
        cited[study].add(report)
    return cited


def _warnings(line: StudyLine, cited: set[int]) -> list[str]:
    """What this study rests on that is no longer part of the review, as sentences."""
    found = [sentence for report in line.reports if (sentence := _lost(line, report, cited))]
    if cited - {report.pk for report in line.reports}:
        found.append("Some values cite a report that is no longer linked to this study.")
    if not line.reports:
        found.append("None of its reports is linked to it any more.")
    return found


def _lost(line: StudyLine, report: Report, cited: set[int]) -> str:
    name = label_of(report)
    if report.survivor is not None and report.survivor.study_id == line.study.pk:
        return ""
    if report.survivor is not None:
        into = label_of(report.survivor)
        return f"“{name}” was merged into “{into}” (report {report.survivor.pk}); link that one."
    if report.position is None:
        return f"“{name}” was withdrawn: no search gives it any more."
    if report.position in IN_PLAY or (line.is_included and report.pk not in cited):
        return ""
    return f"“{name}” is no longer included: {report.get_position_display().lower()}."
