"""Searches: the list, one search with its runs, setting one up, starting a run (PRISMA-S)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from review.access import Access, enter, get_search
from review.errors import ReviewError
from review.forms.searches import AnyForm, ChaseForm, SentinelForm, edit_form
from review.models import Schedule, Search, SearchRun
from review.services.searches import save_search, start_run
from review.strategy import numbered_lines
from review.templatetags.winnow import day, number
from review.views.answers import see_other
from review.views.schedules import coming


@require_GET
def searches(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the records of this review come from."""
    access = enter(request.user, slug)
    found = Search.objects.of(access.review).with_last_run()
    return render(request, "review/searches.html", {"access": access, "searches": found})


@require_GET
def search(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One search: its strategy and its runs."""
    access = enter(request.user, slug)
    return render(request, "review/search.html", search_context(access, get_search(access, pk)))


def search_context(
    access: Access, found: Search, sentinel_form: SentinelForm | None = None
) -> dict[str, Any]:
    """What the page of a search shows."""
    runs = list(SearchRun.objects.filter(search=found).summarised())
    not_fetched = [] if found.is_pubmed or not found.differs else runs
    return {
        "lines": numbered_lines(found.strategy),
        "facts": facts_of(found),
        "unexplained": next((run for run in not_fetched if run.needs_explanation), None),
        "access": access,
        "search": found,
        "runs": runs,
        "waiting": found.imports.filter(run=None).order_by("pk"),
        "running": next((run for run in runs if run.job and run.job.is_unfinished), None),
        "sentinels": found.sentinels.select_related("report__face").order_by("pk"),
        "sentinel_form": sentinel_form or SentinelForm(),
        **coming(Schedule.objects.of(found)),
    }


def facts_of(search: Search) -> list[tuple[str, str]]:
    """What PRISMA-S asks about a search, in words, as far as somebody said it."""
    found = [
        ("Platform", search.platform),
        ("Dates covered", search.coverage),
        ("Run by", search.run_by),
        ("Run on", day(search.run_on)),
        ("Hits reported", "" if search.hits is None else number(search.hits)),
        ("Limits", search.limits),
        ("Filters", search.filters),
        ("Peer review", search.peer_review),
        ("Repeats the search of", str(search.rerun_of) if search.rerun_of else ""),
    ]
    return [(label, value) for label, value in found if value]


@require_http_methods(["GET", "POST"])
def search_edit(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Set up a search, or change one."""
    access = enter(request.user, slug, to="set_protocol")
    known = get_search(access, pk) if pk is not None else None
    return _edit(request, access, known, edit_form(access.review, known, request.POST or None))


@require_http_methods(["GET", "POST"])
def search_chase(request: HttpRequest, slug: str) -> HttpResponse:
    """Set up a search that follows citations from the included reports."""
    access = enter(request.user, slug, to="set_protocol")
    return _edit(request, access, None, ChaseForm(request.POST or None))


def _edit(
    request: HttpRequest, access: Access, known: Search | None, form: AnyForm
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_search(
                review=access.review, actor=access.user, search=known, **form.values()
            )
        except ReviewError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Saved the search of {saved}.")
            return see_other("review:search", access.review.slug, saved.pk)
    chases = isinstance(form, ChaseForm)
    context = {"access": access, "form": form, "search": known, "chases": chases}
    status = 422 if form.is_bound else 200
    return render(request, "review/search_edit.html", context, status=status)


@require_POST
def search_run(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Queue a run and show its progress."""
    access = enter(request.user, slug, to="set_protocol")
    found = get_search(access, pk)
    try:
        run = start_run(search=found, actor=access.user)
    except ReviewError as error:
        messages.error(request, str(error))
        return see_other("review:search", slug, pk)
    return see_other("review:run", slug, run.pk)
