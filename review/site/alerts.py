"""Alerts: retractions and expressions of concern about screened reports, until they are answered.

Each names what it touches at every stage; only people decide what follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from extraction.definition import known_fields
from extraction.models import Judgement
from extraction.touched import judgements_on, values_from
from review.access import Access, enter, get_alert
from review.errors import ReviewError
from review.forms.alerts import AnswerForm
from review.models import Alert, LinkedNotice, Report
from review.querysets.refresh import NoticeQuerySet
from review.services.alerts import acknowledge_alert
from review.views.answers import see_other
from screening.models import Decision

ANSWERED = 50  # answered alerts that the page shows, the newest first


@dataclass(frozen=True, slots=True)
class Touched:
    """One alert with what it touches, as far as the reader may see it."""

    alert: Alert
    report: Report
    notices: list[LinkedNotice]
    decisions: list[Decision]
    values: list[str]
    judgements: list[Judgement]
    form: AnswerForm


@require_GET
def alerts(request: HttpRequest, slug: str) -> HttpResponse:
    """Open alerts with what they touch, then those that were answered."""
    access = enter(request.user, slug, to="see_decisions")
    return render(request, "site/alerts.html", _context(access))


@require_POST
def alert_answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say what was done about an alert."""
    access = enter(request.user, slug, to="set_protocol")
    alert, form = get_alert(access, pk), _form(pk, request.POST)
    if form.is_valid():
        try:
            acknowledge_alert(alert=alert, actor=access.user, **form.cleaned_data)
        except ReviewError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved. The report stays where it is.")
            return see_other("site:alerts", slug)
    return render(request, "site/alerts.html", _context(access, {pk: form}), status=422)


def _context(access: Access, forms: dict[int, AnswerForm] | None = None) -> dict[str, Any]:
    found = Alert.objects.of(access.review)
    answered = list(found.exclude(acknowledged_at=None)[:ANSWERED])
    for alert in answered:
        _cover(access, alert)
    labels = {key: field.label for key, field in known_fields(access.review).items()}
    return {
        "access": access,
        "section": "site",
        "open": [_touched(access, alert, labels, forms or {}) for alert in found.open()],
        "answered": answered,
    }


def _touched(
    access: Access, alert: Alert, labels: dict[str, str], forms: dict[int, AnswerForm]
) -> Touched:
    report = alert.record.report
    hidden = _cover(access, alert)
    fields = values_from(report).values_list("field", flat=True)
    return Touched(
        alert=alert,
        report=report,
        notices=[] if hidden else list(_notices(alert, report)),
        decisions=list(Decision.objects.about(report).visible_to(access.user)),
        values=sorted({labels.get(key, key) for key in fields}),
        judgements=list(judgements_on(report)),
        form=forms.get(alert.pk) or _form(alert.pk),
    )


def _form(pk: int, data: Any = None) -> AnswerForm:
    return AnswerForm(data, auto_id=f"alert-{pk}-%s")


def _cover(access: Access, alert: Alert) -> bool:
    """Keep from a blind voter what would name the report, for as long as they may vote on it."""
    report = alert.record.report
    access.cover(report)
    hidden = report.face is not None and report.face.is_covered
    if hidden:
        alert.words = "Where it says so is hidden from you while you may still vote on the report."
    return hidden


def _notices(alert: Alert, report: Report) -> NoticeQuerySet:
    return LinkedNotice.objects.about(report).filter(kind__in=alert.kinds)
