"""What holds for every request and every answer: how large one may be, and who may keep it."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from review.zones import zone_of

View = Callable[[HttpRequest], HttpResponseBase]


def no_store(get_response: View) -> View:
    """Let no cache keep an answer, nor a browser show it again after the log-out.

    Files with a name of their own content (``/static/``) are answered before this.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def own_clock(get_response: View) -> View:
    """Write and read times by the clock of whoever asks."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(zone_of(request.user)):
            return get_response(request)

    return middleware


def sandbox_files(get_response: View) -> View:
    """Let a browser that shows a download after all show it without scripts and without us."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            response._csp_update = {"sandbox": True}  # type: ignore[attr-defined]
        return response

    return middleware


def limit_body(get_response: View) -> View:
    """Refuse what is too large before anything of it is read: 413.

    Whoever is not logged in has nothing large to send. The check of a form's origin reads the
    whole form, so this comes before it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isdecimal() and len(length) < 19 else math.inf
        if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and (
            size > settings.LARGEST_REQUEST or not request.user.is_authenticated
        ):
            return render(request, "413.html", status=413)
        return get_response(request)

    return middleware
