"""Risk of bias: starting an assessment, what is judged, the overall judgement, reading it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from extraction.access import get_assessment, get_own_assessment, get_result
from extraction.appraisal import may_escalate
from extraction.errors import status_of
from extraction.forms.appraisal import (
    InstrumentForm,
    JudgementForm,
    PreliminaryForm,
    overall_initial,
)
from extraction.models import Assessment
from extraction.services.appraisal import judge_overall, set_preliminaries, start_assessment
from extraction.sheet import read_sheet, read_sheets
from extraction.study_page import reports_of
from review.access import Access, enter
from review.errors import ReviewError
from review.views.answers import see_other


@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Choose an instrument for a result, or open an assessment that exists."""
    access = enter(request.user, slug, to="work")
    result = get_result(access, pk)
    form = InstrumentForm(request.POST or None)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        tool = form.cleaned_data["tool"]
        try:
            row = start_assessment(result=result, tool=tool, actor=access.user)
            return see_other("extraction:preliminary", slug, row.pk)
        except ReviewError as error:
            form.add_error(None, str(error))
            status = status_of(error)
    sheets = read_sheets(Assessment.objects.of(access.review).filter(result=result))
    context = {"access": access, "result": result, "form": form, "sheets": sheets}
    return render(request, "extraction/assess.html", context, status=status)


@require_GET
def assessment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Read an assessment: its judgements, then every answer with its support."""
    access = enter(request.user, slug, to="see_decisions")
    return render(
        request, "extraction/assessment.html", frame(access, get_assessment(access, pk), "summary")
    )


@require_http_methods(["GET", "POST"])
def preliminary(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say what is judged and from which sources."""
    access = enter(request.user, slug, to="work")
    row = get_own_assessment(access, pk)
    context = frame(access, row, "preliminary")
    initial = {name: getattr(row, name) for name in ("experimental", "comparator", "sources")}
    initial["estimate"] = row.result.estimate
    form = PreliminaryForm(request.POST or None, initial=initial, tool=context["sheet"].tool)
    if request.method == "POST" and form.is_valid():
        set_preliminaries(assessment=row, actor=access.user, **form.cleaned_data)
        first = context["sheet"].tool.domains[0].id
        return see_other("extraction:domain", slug, pk, first)
    status = 422 if form.errors else 200
    return render(request, "extraction/preliminary.html", context | {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def overall(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Judge the risk of bias of the result over all domains."""
    access = enter(request.user, slug, to="work")
    row = get_own_assessment(access, pk)
    context = frame(access, row, "overall")
    form = JudgementForm(request.POST or None, initial=overall_initial(context["sheet"]))
    if request.method == "POST" and form.is_valid():
        try:
            judge_overall(assessment=row, choice=form.choice(), actor=access.user)
            messages.success(request, "Overall judgement saved.")
            return see_other("extraction:assessment", slug, pk)
        except ReviewError as error:
            form.add_error("reason", str(error))
    context |= {"form": form, "may_escalate": may_escalate(context["sheet"].finals)}
    status = 422 if form.errors else 200
    return render(request, "extraction/overall.html", context, status=status)


def frame(access: Access, row: Assessment, part: str) -> dict[str, Any]:
    """What every page of an assessment shows round its part: the result, the tool, the tabs."""
    return {
        "access": access,
        "assessment": row,
        "sheet": read_sheet(row),
        "reports": reports_of(access, row.result.study),
        "is_mine": row.assessor_id == access.user.pk and access.role.may_work(),
        "part": part,
    }
