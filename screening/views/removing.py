"""Removals before screening: choose reports, look at what would go, remove, and bring back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from review.access import Access
from review.errors import ReviewError
from review.models import Removal, Report
from review.services.jobs import cancel, resume
from screening.access import enter, get_live_report, get_removal
from screening.chosen import Chosen, chosen_by_identifiers, chosen_by_list
from screening.forms.removing import IdentifiersForm, RemovalForm
from screening.services import removing
from screening.views.pages import go, page, status_of

SHOWN = 20  # reports or identifiers that a page names; of the others it says how many there are


@require_GET
def removals(request: HttpRequest, slug: str) -> HttpResponse:
    """What was removed, the newest first, and the rule."""
    access = enter(request.user, slug, to="move_reports")
    found = Removal.objects.of(access.review)
    return page(request, "removals", {"access": access, "section": "review", "removals": found})


@require_http_methods(["GET", "HEAD", "POST"])
def select(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose reports: those of a list that the address names, or by identifiers."""
    access = enter(request.user, slug, to="move_reports")
    listed = chosen_by_list(access, request.GET)
    form = IdentifiersForm()
    if request.method == "POST":
        form = IdentifiersForm(request.POST, request.FILES)
        if listed is not None or form.is_valid():
            chosen = listed or chosen_by_identifiers(access.review, form.text)
            try:
                removal = _keep(access, chosen)
            except ReviewError as error:
                return _show_choice(request, access, listed, form, error)
            return go("removal", slug, removal.pk)
    return _show_choice(request, access, listed, form)


def _keep(access: Access, chosen: Chosen) -> Removal:
    return removing.select_reports(
        review=access.review,
        reports=chosen.reports,
        selection=chosen.selection,
        unmatched=chosen.unmatched,
        actor=access.user,
    )


def _show_choice(
    request: HttpRequest,
    access: Access,
    listed: Chosen | None,
    form: IdentifiersForm,
    error: ReviewError | None = None,
) -> HttpResponse:
    context = {
        "access": access,
        "section": "review",
        "listed": listed,
        "form": form,
        "error": error,
        "most": removing.MOST,
    }
    status = 422 if error or form.errors else 200
    return page(request, "removal_new", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A selection with the form that carries it out, or what a removal did so far."""
    access = enter(request.user, slug, to="move_reports")
    found = get_removal(access, pk)
    if request.method != "POST":
        return _show(request, access, found, RemovalForm())
    form = RemovalForm(request.POST)
    if not form.is_valid():
        return _show(request, access, found, form, status=422)
    try:
        removing.start_removal(removal=found, actor=access.user, **form.cleaned_data)
    except ReviewError as error:
        return _show(request, access, found, form, error, status_of(request, error))
    return go("removal", slug, pk)


def _show(
    request: HttpRequest,
    access: Access,
    found: Removal,
    form: RemovalForm,
    error: ReviewError | None = None,
    status: int = 200,
) -> HttpResponse:
    job = found.undo or found.job
    context: dict[str, Any] = {
        "access": access,
        "section": "review",
        "removal": found,
        "form": form,
        "error": error,
        "job": job,
    }
    if job is not None and request.htmx:  # type: ignore[attr-defined]
        if not job.is_unfinished:
            return HttpResponseClientRefresh()
        return page(request, "removal_job", context | _addresses(access, found))
    context |= _outcome(found) | _addresses(access, found)
    return page(request, "removal", context, status=status)


def _addresses(access: Access, found: Removal) -> dict[str, str]:
    """Of the progress: where it is read again, and where its job is stopped and resumed."""
    names = {
        "refresh_url": "removal",
        "cancel_url": "removal_cancel",
        "resume_url": "removal_resume",
    }
    args = [access.review.slug, found.pk]
    return {key: reverse(f"screening:{name}", args=args) for key, name in names.items()}


def _outcome(found: Removal) -> dict[str, Any]:
    """What would go and what stays; of a removal that ran, what went and what stayed."""
    stays = {int(key): why for key, why in found.skipped}
    if found.job is None:
        rows = Report.objects.filter(pk__in=found.chosen)
        stays = removing.refused(list(rows.order_by("place")))
    first = Report.objects.filter(pk__in=list(stays)[:SHOWN]).select_related("face")
    return {
        "going": len(found.chosen) - len(stays) if found.job is None else found.removed,
        "stays": [(n, why) for why, n in Counter(stays.values()).most_common()],
        "named": [(report, stays[report.pk]) for report in first.defer("face__raw")],
        "n_stays": len(stays),
        "unmatched": found.unmatched[:SHOWN],
        "n_unmatched": len(found.unmatched),
        "shown": SHOWN,
    }


@require_POST
def removal_undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Bring back everything that a removal took out."""
    access = enter(request.user, slug, to="move_reports")
    try:
        removing.start_restore(removal=get_removal(access, pk), actor=access.user)
    except ReviewError as error:
        messages.error(request, str(error))
    return go("removal", slug, pk)


@require_POST
def removal_cancel(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Stop the job at its next chunk; what it did stays done."""
    access = enter(request.user, slug, to="move_reports")
    found = get_removal(access, pk)
    if job := found.undo or found.job:
        cancel(job=job)
    return go("removal", slug, pk)


@require_POST
def removal_resume(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let a job that failed or was cancelled go on."""
    access = enter(request.user, slug, to="move_reports")
    found = get_removal(access, pk)
    if job := found.undo or found.job:
        resume(job=job)
    return go("removal", slug, pk)


@require_POST
def restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Bring one removed report back."""
    access = enter(request.user, slug, to="move_reports")
    try:
        removing.restore_report(report=get_live_report(access, pk), actor=access.user)
        messages.success(request, "Restored. It is screened after all.")
    except ReviewError as error:
        messages.error(request, str(error))
    return go("decisions", slug, pk)
