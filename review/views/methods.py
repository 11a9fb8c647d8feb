"""The searches of a review for its methods section: a paragraph, a table, what is still missing."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from review import methods_table, methods_text
from review.access import Access, enter
from review.methods import Reported, reported
from review.models import Merge, Record
from review.tables import FORMATS, write

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
def methods(request: HttpRequest, slug: str) -> HttpResponse:
    """The paragraph to paste, with every search and what PRISMA-S still misses of it."""
    access = enter(request.user, slug)
    searches = reported(access.review)
    context = {
        "access": access,
        "searches": searches,
        "paragraph": methods_text.paragraph(searches, _duplicates(access)),
        "formats": FORMATS,
    }
    return render(request, "review/methods.html", context)


@require_GET
def methods_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """The table as CSV or XLSX."""
    access = enter(request.user, slug)
    if ending not in FORMATS:
        raise Http404
    name = f"{access.review.slug}-searches.{ending}"
    response = HttpResponse(_table(reported(access.review), ending), content_type=TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _table(searches: list[Reported], ending: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"searches.{ending}"
        write(path, methods_table.HEADERS, methods_table.rows(searches))
        return path.read_bytes()


def _duplicates(access: Access) -> methods_text.Duplicates:
    merges = Merge.objects.in_force().filter(review=access.review)
    return methods_text.Duplicates(
        removed=Record.objects.of(access.review).counted_elsewhere().count(),
        by_rule=merges.filter(made_by=None).count(),
        by_people=merges.exclude(made_by=None).count(),
    )
