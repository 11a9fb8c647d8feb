"""The one view that hands out a stored full text."""

from __future__ import annotations

import re
from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from review.access import enter, get_full_text


@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def full_text_file(request: HttpRequest, slug: str, pk: int) -> FileResponse:
    """Hand out a PDF; that it is one was checked before it was stored.

    Our own pages may frame it, beside a form, and nobody else's; it is never anything but a PDF.
    """
    access = enter(request.user, slug, to="read_full_texts")
    held = get_full_text(access, pk)
    path = Path(settings.FULLTEXT_DIR) / Path(held.file).name
    if not held.file or not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"), content_type="application/pdf", filename=safe_name(held.original_name)
    )


def safe_name(name: str) -> str:
    """A name for the saved file: letters, digits, dots and hyphens, ending in .pdf."""
    stem = re.sub(r"[^\w.-]+", "-", Path(name).stem).strip(".-_")[:80]
    return f"{stem or 'full-text'}.pdf"
