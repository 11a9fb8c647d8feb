"""The demo's studies: appraisal and extraction started for two of them, labelled as examples."""

from __future__ import annotations

from typing import Any

from extraction.appraisal import ROB2
from extraction.services.appraisal import Given, save_domain, start_assessment
from extraction.services.definition import start_from_template
from extraction.services.results import add_result
from extraction.services.values import Filled, save_values
from extraction.slots import Typed
from review.models import Report, Review, Study, User


def start_extraction(
    review: Review, started: list[dict[str, Any]], reports: dict[str, Report], lead: User, ann: User
) -> None:
    """Define the form, then start each study of the plan."""
    version = start_from_template(review=review, actor=lead)
    for plan in started:
        study = review.studies.get(label=plan["study"])
        _appraise(study, plan, ann)
        _extract(study, plan["values"], reports[plan["report"]], version.number, ann)


def _appraise(study: Study, plan: dict[str, Any], ann: User) -> None:
    result = add_result(
        study=study,
        actor=ann,
        is_demo=True,
        outcome="Pain intensity",
        time_point=plan["time_point"],
        comparison=plan["comparison"],
    )
    assessment = start_assessment(result=result, tool=ROB2, actor=ann, is_demo=True)
    for domain, answers in plan["answers"].items():
        given = {number: Given(answer) for number, answer in answers.items()}
        save_domain(assessment=assessment, domain=domain, given=given, actor=ann, is_demo=True)


def _extract(study: Study, values: dict[str, str], report: Report, version: int, ann: User) -> None:
    filled = [Filled((key, None), Typed(value, report=report.pk)) for key, value in values.items()]
    outcome = save_values(study=study, version=version, filled=filled, actor=ann, is_demo=True)
    if outcome.problems:
        raise ValueError(f"the demo's values do not fit its form: {outcome.problems}")
