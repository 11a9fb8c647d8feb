"""A lead sends a decided report back to a stage."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from review.access import Access
from review.errors import ReviewError
from review.models import Report, Stage
from screening.access import enter, get_live_report
from screening.forms.returning import ReturnForm
from screening.services.returning import return_report, stages_to_return_to
from screening.views.pages import go, page, status_of


@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Choose the stage and say why; what follows stands on the page."""
    access = enter(request.user, slug, to="move_reports")
    report = get_live_report(access, pk)
    if request.method != "POST":
        return _show(request, access, report, ReturnForm(report))
    form = ReturnForm(report, request.POST)
    if not form.is_valid():
        return _show(request, access, report, form, status=422)
    stage = Stage.objects.get(review=access.review, name=form.cleaned_data["stage"])
    try:
        return_report(report=report, stage=stage, sent=form.sent(), actor=access.user)
    except ReviewError as error:
        status = status_of(request, error)
        return _show(request, access, report, form, error=error, status=status)
    messages.success(request, f"Returned to {stage}. It waits for all its votes again.")
    return go("decisions", slug, pk)


def _show(
    request: HttpRequest,
    access: Access,
    report: Report,
    form: ReturnForm,
    error: ReviewError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "access": access,
        "section": "full_text",
        "report": report,
        "form": form,
        "possible": stages_to_return_to(report),
        "error": error,
    }
    return page(request, "return", context, status=status)
