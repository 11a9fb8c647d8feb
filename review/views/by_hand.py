"""Reports typed by hand: one more for a search, or the text of one that has none."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from review.access import enter, get_record, get_search
from review.errors import ReviewError, Stale
from review.forms.citations import CitationForm
from review.services.by_hand import complete_by_hand
from review.services.searches import add_by_hand
from review.views.answers import see_other


@require_http_methods(["GET", "POST"])
def report_add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Add one report to a search of any kind."""
    access = enter(request.user, slug, to="set_protocol")
    search = get_search(access, pk)
    form = CitationForm(request.POST or None, initial={"nonce": secrets.token_hex(8)})
    if request.method == "POST" and form.is_valid():
        nonce = form.cleaned_data["nonce"]
        try:
            record = add_by_hand(
                search=search, citation=form.citation(), actor=access.user, nonce=nonce
            )
        except ReviewError as error:
            form.add_error(None, str(error))
        else:
            merged = record.report.records.count() > 1
            also = " It was recognised as a report that is here already." if merged else ""
            messages.success(request, f"Added the report.{also}")
            return see_other("review:report", slug, record.report_id)
    context = {"access": access, "search": search, "form": form}
    return render(request, "review/report_add.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def record_complete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Type the text of a record whose source gave none."""
    access = enter(request.user, slug, to="work")
    record = get_record(access, pk)
    form = CitationForm(request.POST or None, initial={"pmid": record.pmid, "doi": record.doi})
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            complete_by_hand(record=record, citation=form.citation(), actor=access.user)
        except ReviewError as error:
            form.add_error(None, str(error))
            status = 409 if isinstance(error, Stale) else 422
        else:
            messages.success(request, "Saved the text. It is marked as typed by hand.")
            return see_other("review:report", slug, get_record(access, pk).report_id)
    context = {"access": access, "record": record, "form": form}
    return render(request, "review/record_complete.html", context, status=status)
