"""Acts on the way to a full text; each is a form of the retrieval page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from review.access import Access
from review.errors import ReviewError
from review.models import Report
from review.services import retrieval
from screening.access import enter, get_sought_report
from screening.forms.full_texts import HOLDING_FORMS, AttemptForm
from screening.views.full_text import show_retrieval
from screening.views.pages import go, status_of


@require_POST
def attempt(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Note what was tried, and when."""
    access, report = _enter(request, slug, pk)
    form = AttemptForm(request.POST)
    if not form.is_valid():
        return show_retrieval(request, access, report, status=422, attempt_form=form)

    def record() -> None:
        retrieval.record_attempt(report=report, actor=access.user, **form.cleaned_data)

    return _do(request, access, report, record, "The attempt is recorded.", attempt_form=form)


@require_POST
def give_up(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mark the report as not retrieved."""
    access, report = _enter(request, slug, pk)

    def mark() -> None:
        retrieval.give_up(report=report, actor=access.user)

    return _do(request, access, report, mark, "Marked as not retrieved.")


@require_POST
def seek_again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take "not retrieved" back."""
    access, report = _enter(request, slug, pk)

    def seek() -> None:
        retrieval.seek_again(report=report, actor=access.user)

    return _do(request, access, report, seek, "The full text is sought again.")


@require_POST
def hold(request: HttpRequest, slug: str, pk: int, form: str) -> HttpResponse:
    """Record that the full text is held: as a PDF, a link or on paper."""
    access, report = _enter(request, slug, pk)
    if form not in HOLDING_FORMS:
        raise Http404
    sent = HOLDING_FORMS[form](request.POST, request.FILES)
    if not sent.is_valid():
        return show_retrieval(request, access, report, status=422, **{form: sent})

    def record() -> None:
        retrieval.hold_full_text(report=report, actor=access.user, **sent.holding())

    said = "The full text is held. The report can be assessed now."
    return _do(request, access, report, record, said, **{form: sent})


def _enter(request: HttpRequest, slug: str, pk: int) -> tuple[Access, Report]:
    access = enter(request.user, slug, to="work")
    return access, get_sought_report(access, pk)


def _do(
    request: HttpRequest,
    access: Access,
    report: Report,
    act: Callable[[], None],
    said: str,
    **forms: Any,
) -> HttpResponse:
    """Do it and go back to the page, or show the page again with what was typed and why not."""
    try:
        act()
    except ReviewError as error:
        status = status_of(request, error)
        return show_retrieval(request, access, report, status=status, error=error, **forms)
    messages.success(request, said)
    return go("retrieval", access.review.slug, report.pk)
