"""What rests on one report: the values taken from it and the judgements on its study's results."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from extraction.models import Judgement, Value, ValueState
from extraction.sheet import OVERALL
from review.models import Report


def values_from(report: Report) -> QuerySet[Value]:
    """Standing values of its study that were taken from this report, or from none by name."""
    if report.study_id is None:
        return Value.objects.none()
    latest = Value.objects.filter(study=report.study_id).latest_by("study", "field", "result")
    here = Q(report=report) | Q(report__survivor=report) | Q(report=None)
    return latest.exclude(state=ValueState.CLEARED).filter(here).order_by("pk")


def judgements_on(report: Report) -> QuerySet[Judgement]:
    """The overall judgements in force on the results of its study."""
    if report.study_id is None:
        return Judgement.objects.none()
    of_study = Judgement.objects.filter(assessment__result__study=report.study_id, domain=OVERALL)
    latest = of_study.latest_by("assessment", "domain").exclude(final="")
    return latest.select_related("assessment__result").order_by("pk")
