"""The extraction form of the review: the lead defines it, every member may read it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from extraction.definition import Definition, definition_of
from extraction.errors import status_of
from extraction.forms.definition import FieldForm, arranged, field_forms, rows_of, unbound
from extraction.schema import FormError
from extraction.services.definition import set_form, start_from_template
from review.access import Access, enter
from review.errors import ReviewError
from review.sent import number
from review.views.answers import see_other


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form; the lead adds, moves and removes fields and saves them as a new version."""
    access = enter(
        request.user, slug, to="set_protocol" if request.method == "POST" else "see_counts"
    )
    definition = definition_of(access.review)
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "save":
            return _save(request, access, definition)
        return _page(request, access, definition, unbound(arranged(request.POST, act)), act=act)
    fields = definition.version.fields if definition.version else []
    return _page(request, access, definition, unbound(rows_of(fields)))


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Copy the starting fields into a review that has no form yet."""
    access = enter(request.user, slug, to="set_protocol")
    try:
        start_from_template(review=access.review, actor=access.user)
        messages.success(request, "Copied. Change what does not fit and save it.")
    except ReviewError as error:
        messages.error(request, str(error))
    return see_other("extraction:form", slug)


def _save(request: HttpRequest, access: Access, definition: Definition) -> HttpResponse:
    rows = field_forms(request.POST)
    based_on = request.POST.get("based_on", "")
    if any(row.errors for row in rows):
        return _page(
            request, access, definition, rows, status=422, problem="Nothing was saved yet."
        )
    try:
        version = set_form(
            review=access.review,
            fields=[row.definition() for row in rows],
            based_on=number(based_on) or 0,
            actor=access.user,
        )
    except FormError as error:
        _mark(rows, error)
        return _page(request, access, definition, rows, status=422, problem=str(error))
    except ReviewError as error:
        status = status_of(error)
        return _page(request, access, definition, rows, status=status, problem=str(error))
    messages.success(request, f"Saved as version {version.number}.")
    return see_other("extraction:form", access.review.slug)


def _mark(rows: list[FieldForm], error: FormError) -> None:
    if error.position is not None and error.position < len(rows):
        row = rows[error.position]
        row.add_error(error.attribute if error.attribute in row.fields else None, str(error))


def _page(
    request: HttpRequest,
    access: Access,
    definition: Definition,
    rows: list[FieldForm],
    *,
    status: int = 200,
    problem: str = "",
    act: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "access": access,
        "definition": definition,
        "rows": rows,
        "problem": problem,
        "opened": len(rows) - 1 if act == "add" else None,
        "unsaved": bool(act),
        # What the rows were made from, also when the page is shown again after an act.
        "based_on": request.POST.get("based_on") or getattr(definition.version, "number", 0),
    }
    return render(request, "extraction/form.html", context, status=status)
