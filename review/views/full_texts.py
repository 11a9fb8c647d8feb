"""The one view that hands out a stored full text."""

from __future__ import annotations

import re
from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from review.access import enter, get_full_text
from review.pdfs import in_words, path_of, trouble_with


@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def full_text_file(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Hand out a PDF; that it is one was checked before it was stored.

    Our own pages may frame it, beside a form, and nobody else's; it is never anything but a PDF,
    or word that the file was lost or altered on the disk.
    """
    access = enter(request.user, slug, to="read_full_texts")
    held = get_full_text(access, pk)
    if not held.file:
        raise Http404
    if trouble := trouble_with(held):
        context = {"access": access, "held": held, "lost": in_words(held, trouble)}
        return render(request, "review/full_text_lost.html", context, status=410)
    file, name = path_of(held).open("rb"), safe_name(held.original_name)
    return FileResponse(file, content_type="application/pdf", filename=name)


def safe_name(name: str) -> str:
    """A name for the saved file: letters, digits, dots and hyphens, ending in .pdf."""
    stem = re.sub(r"[^\w.-]+", "-", Path(name).stem).strip(".-_")[:80]
    return f"{stem or 'full-text'}.pdf"
