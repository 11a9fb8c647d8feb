"""Extracting a study: the full text on one side, the form on the other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.views.decorators.http import require_http_methods

from extraction.definition import definition_of
from extraction.errors import status_of
from extraction.filling import Filling
from extraction.forms.values import AnswerForm
from extraction.services.values import Outcome, save_values
from extraction.study_page import ReportLine, reports_of
from review.access import enter, get_study
from review.errors import ReviewError
from review.sent import number


@require_http_methods(["GET", "POST"])
def extract(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Fill in the form for one study: what is valid is saved, the rest comes back with a reason."""
    access = enter(request.user, slug, to="work")
    study = get_study(access, pk)
    lines = [line for line in reports_of(access, study) if line.report.position is not None]
    chosen = _chosen(lines, request.GET.get("report", ""))
    filling = Filling(study, definition_of(access.review), lines, chosen)
    context = {"access": access, "study": study, "reports": lines, "chosen": chosen}
    if request.method == "GET" or filling.definition.version is None:
        return _page(request, context, filling, filling.forms())
    forms = filling.forms(request.POST)
    valid = [form for form in forms if form.is_valid()]
    version = request.POST.get("version", "")
    try:
        outcome = save_values(
            study=study,
            version=number(version) or 0,
            filled=[form.filled() for form in valid],
            actor=access.user,
        )
    except ReviewError as error:
        return _page(request, context | {"problem": str(error)}, filling, forms, status_of(error))
    return _saved(request, context, filling, filling.after(request.POST, forms, outcome), outcome)


def _saved(
    request: HttpRequest,
    context: dict[str, Any],
    filling: Filling,
    forms: list[AnswerForm],
    outcome: Outcome,
) -> HttpResponse:
    at = date_format(timezone.localtime(), "H:i T")
    values = f"{outcome.saved} value{'' if outcome.saved == 1 else 's'}"
    refused = [form for form in forms if form.errors]
    nothing = "Nothing was saved." if refused else f"Nothing had changed ({at})."
    said = f"Saved {at}: {values}." if outcome.saved else nothing
    if refused:
        return _page(request, context | {"said": said, "refused": refused}, filling, forms, 422)
    if request.htmx:  # type: ignore[attr-defined]
        return _page(request, context | {"said": said}, filling, forms)
    messages.success(request, said)
    return HttpResponseRedirect(request.get_full_path(), status=303)


def _page(
    request: HttpRequest,
    context: dict[str, Any],
    filling: Filling,
    forms: list[AnswerForm],
    status: int = 200,
) -> HttpResponse:
    fragment = request.htmx and request.method == "POST"  # type: ignore[attr-defined]
    template = "extraction/_extract.html" if fragment else "extraction/extract.html"
    return render(request, template, context | filling.context(forms), status=status)


def _chosen(lines: list[ReportLine], wanted: str) -> ReportLine | None:
    """The report to read: the one asked for, else one whose PDF is held, else the first."""
    asked = [line for line in lines if str(line.report.pk) == wanted]
    with_pdf = [line for line in lines if line.held and line.held.form == "pdf"]
    return next(iter(asked + with_pdf + lines), None)
