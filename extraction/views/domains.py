"""Risk of bias: the questions of one domain, asked as the answers lead on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from extraction.access import get_own_assessment
from extraction.appraisal import Domain
from extraction.forms.appraisal import DomainForm, domain_initial
from extraction.services.appraisal import save_domain
from extraction.sheet import Sheet, read_sheet
from extraction.views.assessments import frame
from review.access import enter
from review.errors import ReviewError
from review.views.answers import see_other


@require_http_methods(["GET", "POST"])
def domain(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Answer the questions of a domain and judge it.

    "Update questions" (sent by htmx at every change) saves and shows what is asked now; "Save"
    goes on to the next domain.
    """
    access = enter(request.user, slug, to="work")
    row = get_own_assessment(access, pk)
    context = frame(access, row, key)
    found = context["sheet"].domain(key)
    if found is None:
        raise Http404
    context["domain"] = found
    if request.method == "POST":
        return _save(request, context)
    return _page(request, context, _form(found, context["sheet"]))


def _save(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    found: Domain = context["domain"]
    form = DomainForm(request.POST, domain=found, sheet=context["sheet"])
    if not form.is_valid():
        return _page(request, context, form, 422)
    try:
        problem = save_domain(
            assessment=context["assessment"],
            domain=found.id,
            given=form.given(),
            choice=form.choice(),
            actor=context["access"].user,
        )
    except ReviewError as error:
        form.add_error(None, str(error))
        return _page(request, context, form, 422)
    return _saved(request, context, form, problem)


def _saved(
    request: HttpRequest, context: dict[str, Any], sent: DomainForm, problem: str
) -> HttpResponse:
    """Go on, or show the domain as it was saved; the choice and typed reason stay on the page.

    "Save" stays here when the answers lead to questions that the page had not shown.
    """
    found, sheet = context["domain"], read_sheet(context["assessment"])
    shown = sent.shown(request.POST)
    led_to = [question for question in sheet.missing(found) if question.number not in shown]
    if request.POST.get("act") == "save" and not problem and not led_to:
        messages.success(request, f"{found.name}: saved.")
        return _next(sheet, found, context["access"].review.slug)
    context |= {"sheet": sheet, "saved_at": timezone.now(), "problem": problem, "led_to": led_to}
    return _page(request, context, _form(found, sheet, sent), 422 if problem else 200)


def _next(sheet: Sheet, found: Domain, slug: str) -> HttpResponse:
    """Go on to the next domain, after the last one to the overall judgement."""
    keys = [domain.id for domain in sheet.tool.domains]
    pk = sheet.assessment.pk
    if found.id == keys[-1]:
        return see_other("extraction:overall", slug, pk)
    return see_other("extraction:domain", slug, pk, keys[keys.index(found.id) + 1])


def _form(found: Domain, sheet: Sheet, sent: DomainForm | None = None) -> DomainForm:
    initial = domain_initial(sheet, found)
    if sent is not None:
        initial |= {name: sent.data.get(name, "") for name in ("final", "reason", "direction")}
    return DomainForm(initial=initial, domain=found, sheet=sheet)


def _page(
    request: HttpRequest,
    context: dict[str, Any],
    form: DomainForm,
    status: int = 200,
) -> HttpResponse:
    """The page, or for htmx what differs from the questions that the browser shows."""
    template = "extraction/_domain.html" if request.htmx else "extraction/domain.html"  # type: ignore[attr-defined]
    sheet: Sheet = context["sheet"]
    # A refused form shows the questions that its own answers lead to: the others drop out of it.
    wanted = sheet.asked_after(form.codes()) if form.is_bound else sheet.asked
    rows, shown = list(form.rows(wanted)), form.shown(request.POST)
    context |= {
        "form": form,
        "rows": rows,
        "changed": [row for row in rows if row.is_asked != (row.question.number in shown)],
        "missing": sheet.missing(context["domain"]),
        "proposed": sheet.proposed[context["domain"].id],
    }
    return render(request, template, context, status=status)
