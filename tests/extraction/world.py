"""Studies to appraise and extract, made as the pages make them."""

from __future__ import annotations

from typing import Any

from extraction.appraisal import ROB2
from extraction.models import Assessment, FormVersion, Result
from extraction.services.appraisal import Given, save_domain, start_assessment
from extraction.services.definition import set_form
from extraction.services.results import add_result
from extraction.services.values import Filled, Outcome, save_values
from extraction.slots import Typed
from review.models import Report, Review, Study, User
from review.services.studies import link_reports
from tests import factories as f
from tests.people import Team

# Answers of RoB 2 (parallel) that lead to low risk in every domain.
LOW = {
    "D1": {"1.1": "Y", "1.2": "Y", "1.3": "N"},
    "D2": {"2.1": "N", "2.2": "N", "2.6": "Y"},
    "D3": {"3.1": "Y"},
    "D4": {"4.1": "N", "4.2": "N", "4.3": "N"},
    "D5": {"5.1": "Y", "5.2": "N", "5.3": "N"},
}
# The same with some concerns in D1 and D5.
CONCERNS = LOW | {
    "D1": {"1.1": "Y", "1.2": "NI", "1.3": "N"},
    "D5": {"5.1": "NI", "5.2": "N", "5.3": "N"},
}


def sought(team: Team, n: int = 3, first: int = 1001) -> list[Report]:
    """Reports whose full text is sought: both reviewers included them on title and abstract."""
    found = f.reports(f.search(team.review), n, first)
    return [f.include_on_abstract(report, team.ann, team.bo) for report in found]


def included(team: Team, n: int = 1, first: int = 1001) -> list[Report]:
    """Reports included at full text by both reviewers."""
    reports = [f.hold(report, team.ann) for report in sought(team, n, first)]
    for report in reports:
        for voter in (team.ann, team.bo):
            f.vote(voter, report, "include", at="full_text")
    return list(Report.objects.filter(pk__in=[report.pk for report in reports]).order_by("pk"))


def study(review: Review, *reports: Report, label: str = "Younger 2013") -> Study:
    """A study of these reports."""
    keys = [report.pk for report in reports]
    return link_reports(review=review, reports=keys, actor=None, label=label)


def result(of: Study, outcome: str = "Pain intensity", actor: User | None = None) -> Result:
    """A result of a study at 12 weeks."""
    return add_result(
        study=of,
        actor=actor,
        outcome=outcome,
        instrument="NRS 0–10",
        time_point="12 weeks",
        comparison="naltrexone 4.5 mg versus placebo",
    )


def started(team: Team, tool: str = ROB2) -> Assessment:
    """Ann's assessment of the only result of a study of one included report."""
    (report,) = included(team)
    return start_assessment(result=result(study(team.review, report)), tool=tool, actor=team.ann)


def answer(row: Assessment, answers: dict[str, dict[str, str]]) -> None:
    """Answer whole domains as the assessor, following the algorithm."""
    for domain, codes in answers.items():
        given = {number: Given(code) for number, code in codes.items()}
        save_domain(assessment=row, domain=domain, given=given, actor=row.assessor)


FIELDS = [
    {"label": "Country", "kind": "text"},
    {
        "label": "Randomised",
        "kind": "number",
        "unit": "participants",
        "minimum": "0",
        "maximum": "1000",
        "required": True,
    },
    {"label": "Design", "kind": "choice", "options": ["Parallel", "Crossover"]},
    {"label": "Harms", "kind": "multiple", "options": ["Diary", "Checklist"]},
    {"label": "Last visit", "kind": "date"},
    {"label": "Opioids", "kind": "yes_no_unclear"},
    {"label": "Analysed", "kind": "number", "per": "result"},
]


def form(review: Review, fields: list[dict[str, Any]] = FIELDS) -> FormVersion:
    """An extraction form with a field of every kind, one of them for each result."""
    latest = FormVersion.objects.filter(review=review).order_by("-number").first()
    number = latest.number if latest else 0
    return set_form(review=review, fields=fields, based_on=number, actor=None)


def extract(of: Study, actor: User, *filled: Filled) -> Outcome:
    """Save values in the form in force."""
    version = FormVersion.objects.filter(review=of.review).order_by("-number")[0]
    return save_values(study=of, version=version.number, filled=filled, actor=actor)


def typed(key: str, raw: Any = "", *, result: Result | None = None, **source: Any) -> Filled:
    """A slot as sent by a page that had shown it empty, or the row ``seen``."""
    seen = source.pop("seen", None)
    return Filled((key, result.pk if result else None), Typed(raw=raw, **source), seen)
