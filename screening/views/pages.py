"""What all pages of screening share: full page or fragment, redirects, refusals."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from review.errors import ReviewError, Stale, WrongPosition
from screening.errors import (
    AlreadyComplete,
    AlreadyDecided,
    AlreadySettled,
    AnsweredAlready,
    MovedOn,
    NotInConflict,
    StageShut,
    StillOpen,
)

OVERTAKEN = (
    AlreadyComplete,
    AlreadyDecided,
    AlreadySettled,
    AnsweredAlready,
    MovedOn,
    NotInConflict,
    Stale,
    StillOpen,
    WrongPosition,
)


class SeeOther(HttpResponseRedirect):
    """303: after a POST the browser asks for the next page with GET."""

    status_code = 303


def page(
    request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a page, or for htmx only the fragment of the same name that it includes."""
    fragment = "_" if request.htmx else ""  # type: ignore[attr-defined]
    response = render(request, f"screening/{fragment}{name}.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def go(name: str, slug: str, *args: str | int, **query: str | int) -> SeeOther:
    """Redirect to a page of screening."""
    address = reverse(f"screening:{name}", args=[slug, *args])
    return SeeOther(f"{address}?{urlencode(query)}" if query else address)


def status_of(request: HttpRequest, error: ReviewError) -> int:
    """409 when somebody was quicker, 422 for what the form lacks, 423 at a stage that is shut.

    htmx swaps only the last two.
    """
    if isinstance(error, StageShut):
        return 423
    overtaken = isinstance(error, OVERTAKEN) and not request.htmx  # type: ignore[attr-defined]
    return 409 if overtaken else 422
