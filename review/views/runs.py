"""One run of a search: progress while it lasts, then what it brought in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HTMX_STOP_POLLING

from review.access import Access, enter, get_run
from review.errors import ReviewError
from review.forms.imports import UndoForm
from review.forms.searches import ExplanationForm
from review.models import Import, Job, Record, SearchRun
from review.run_report import report_of
from review.services.explanations import explain_difference
from review.services.searches import cancel_run, resume_run
from review.views.answers import see_other

Context = dict[str, Any]
LISTED = 200  # reports without text that the page names; the rest is a link


@require_GET
def run(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The run; to htmx only its progress, with the status that ends the polling at the end."""
    access = enter(request.user, slug)
    found = get_run(access, pk)
    if not getattr(request, "htmx", False):
        return render(request, "review/run.html", _context(access, found))
    polling = any(job is not None and job.is_unfinished for job in (found.job, _undo_of(found)))
    status = 200 if polling else HTMX_STOP_POLLING
    return render(request, "review/_run.html", _context(access, found), status=status)


def _undo_of(found: SearchRun) -> Job | None:
    imported: Import | None = getattr(found, "imported", None)
    return imported.undo if imported else None


def _context(access: Access, found: SearchRun, form: ExplanationForm | None = None) -> Context:
    lacking = Record.objects.of(access.review).filter(search=found.search_id).without_text()
    named = lacking.filter(identifier__in=found.missing[:LISTED])
    ended = found.job is not None and not found.job.is_unfinished
    fetched = ended and not hasattr(found, "imported")
    return {
        "access": access,
        "run": found,
        "without_text": named,
        "listed": LISTED,
        "report": report_of(found, access) if fetched else None,
        "earlier": _read_differently(found) if fetched else None,
        "imported": getattr(found, "imported", None),
        "undo_form": UndoForm(),
        "form": form or ExplanationForm(),
    }


def _read_differently(run: SearchRun) -> SearchRun | None:
    """The run before this one, if PubMed read its strategy in another way."""
    before = run.search.runs.exclude(translation="").filter(number__lt=run.number)
    earlier = before.only("number", "translation").first()
    return earlier if earlier and earlier.translation != run.translation else None


@require_POST
def run_explain(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say why the counts of a run differ."""
    access = enter(request.user, slug, to="set_protocol")
    found, form = get_run(access, pk), ExplanationForm(request.POST)
    if form.is_valid():
        try:
            explain_difference(run=found, actor=access.user, **form.cleaned_data)
        except ReviewError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved. The run counts as complete.")
            return see_other("review:run", slug, pk)
    return render(request, "review/run.html", _context(access, found, form), status=422)


@require_POST
def run_cancel(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask a run to stop."""
    access = enter(request.user, slug, to="set_protocol")
    cancel_run(run=get_run(access, pk), actor=access.user)
    messages.success(request, "The run stops at its next step. What it stored is kept.")
    return see_other("review:run", slug, pk)


@require_POST
def run_resume(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let a failed or cancelled run go on."""
    access = enter(request.user, slug, to="set_protocol")
    try:
        resumed = resume_run(run=get_run(access, pk), actor=access.user)
    except ReviewError as error:
        messages.error(request, str(error))
    else:
        said = "The run goes on where it stopped." if resumed else "This run needs no resuming."
        messages.success(request, said)
    return see_other("review:run", slug, pk)
