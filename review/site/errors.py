"""The page of a request that failed: our fault, or the database, the disk or Redis.

Whatever fails, in a view or before it, Django asks here. Nothing is read from the database, and
what was sent comes back in a form, so that nobody types it twice.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from review.outage import Outage, outage

WHY = {
    Outage.CLASH: "Winnow is busy: somebody else changed the same thing in the same moment.",
    Outage.BUSY: "Winnow is busy: something else kept the database for too long.",
    Outage.GONE: "Winnow cannot reach its database at the moment.",
    Outage.FULL: "The disk of the server is full. Tell the person who runs this site.",
}
NOT_SAVED = "What you sent is not saved yet. It is kept on this page: send it again in a moment."
NOT_SHOWN = "What was saved before is safe. Try again in a moment."
WAIT = "10"  # seconds, for programs that read Retry-After

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """One field of a form that was sent."""

    name: str
    value: str

    @property
    def is_text(self) -> bool:
        """Whether a person typed it; the rest of a form is keys and choices."""
        return " " in self.value.strip() or "\n" in self.value

    @property
    def label(self) -> str:
        """Its name as words: ``paper-note`` is the note."""
        return self.name.rpartition("-")[2].replace("_", " ").capitalize()


def failed(request: HttpRequest) -> HttpResponse:
    """503 with a reason and the form that was sent, or 500 when the program is at fault."""
    what = outage(sys.exc_info()[1])
    if what is None:
        return server_error(request)
    log.error("cannot_serve", why=what.value, path=request.path)
    sent = request.method == "POST"
    if request.headers.get("HX-Request"):  # the form is still on the page
        words = f"{WHY[what]} {NOT_SAVED if sent else NOT_SHOWN}"
        response = HttpResponse(words, content_type="text/plain; charset=utf-8", status=503)
    else:
        context = {
            "sent": sent,
            "why": WHY[what],
            "then": NOT_SAVED if sent else NOT_SHOWN,
            "path": request.get_full_path(),
            "kept": list(kept(request)) if sent else [],
            "files": dict(request.FILES.items()) if sent else {},
        }
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = WAIT
    response["Cache-Control"] = "no-store"
    return response


def kept(request: HttpRequest) -> Iterator[Kept]:
    """The fields that were sent; none of a form with a password, which no page may repeat."""
    if not any("password" in name for name in request.POST):
        for name, values in request.POST.lists():
            yield from (Kept(name, str(value)) for value in values)
