"""Sentinels of a search: marking a report that every run must find, and unmarking it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from review.access import enter, get_search, get_sentinel
from review.errors import ReviewError
from review.forms.searches import SentinelForm
from review.services.sentinels import mark_sentinel, unmark_sentinel
from review.views.answers import see_other
from review.views.searches import search_context


@require_POST
def sentinel_add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mark a report."""
    access = enter(request.user, slug, to="set_protocol")
    search, form = get_search(access, pk), SentinelForm(request.POST)
    if form.is_valid():
        try:
            mark_sentinel(search=search, actor=access.user, **form.cleaned_data)
        except ReviewError as error:
            form.add_error("pmid", str(error))
        else:
            messages.success(request, "Every run must find this report from now on, or says so.")
            return see_other("review:search", slug, pk)
    context = search_context(access, search, form)
    return render(request, "review/search.html", context, status=422)


@require_POST
def sentinel_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Unmark a report."""
    access = enter(request.user, slug, to="set_protocol")
    sentinel = get_sentinel(access, pk)
    unmark_sentinel(sentinel=sentinel, actor=access.user)
    messages.success(request, "Runs to come do not look for it any more.")
    return see_other("review:search", slug, sentinel.search_id)
