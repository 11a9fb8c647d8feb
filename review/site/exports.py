"""Exported tables: chosen on a page, written by a job, downloaded when complete."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from extraction.resources import EXPORTS as EXTRACTION_EXPORTS
from review.access import Access, enter, get_job
from review.models import Job, Review
from review.roles import strictest_reader
from review.services import jobs
from review.services.jobs import Claim
from review.tables import FORMATS, Cell, write
from review.views.answers import see_other
from screening.excluded import excluded_rows, not_retrieved_rows
from screening.resources import decision_rows

TASK = "review.site.tasks.export"
TELLS_AUTHORS = (
    "This file was made before authors and journals were hidden from those who vote on title and "
    "abstract, and you are one of them. Make the file again."
)

Rows = Callable[[Review], tuple[list[str], Iterator[list[Cell]]]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be exported."""

    key: str
    title: str
    description: str
    rows: Rows


TABLES: dict[str, Table] = {
    "decisions": Table(
        "decisions",
        "Records with decisions",
        "One row per record and vote; complete decisions only.",
        decision_rows,
    ),
    "excluded": Table(
        "excluded",
        "Excluded full texts",
        "One row per report excluded on its full text: citation and reason (PRISMA 2020 item 16b).",
        excluded_rows,
    ),
    "not-retrieved": Table(
        "not-retrieved",
        "Full texts not retrieved",
        "One row per report whose full text could not be had, with what was tried.",
        not_retrieved_rows,
    ),
} | {
    kind.key: Table(kind.key, kind.title, kind.description, kind.rows)
    for kind in EXTRACTION_EXPORTS.values()
}


@require_GET
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """The tables, and the files made so far."""
    access = enter(request.user, slug, to="see_decisions")
    made = list(Job.objects.filter(review=access.review, task=TASK)[:20])
    for each in made:
        each.is_closed = not is_open_to(access, each)  # type: ignore[attr-defined]
    context = {"access": access, "section": "site", "tables": TABLES.values(), "jobs": made}
    return render(request, "site/exports.html", context)


@require_POST
def export_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Queue the writing of one table."""
    access = enter(request.user, slug, to="see_decisions")
    table, ending = TABLES.get(request.POST.get("table", "")), request.POST.get("format", "")
    if table is None or ending not in FORMATS:
        messages.error(request, "Choose a table and a format: CSV or XLSX.")
        return see_other("site:exports", slug)
    job = jobs.enqueue(
        task=TASK,
        subject=f"{table.title} ({ending.upper()})",
        key=f"export {access.review.pk} {secrets.token_hex(8)}",
        review=access.review,
        actor=access.user,
        arguments={"table": table.key, "format": ending},
    )
    return see_other("site:job", slug, job.pk)


def write_export(claim: Claim) -> None:
    """Write the table that a job asks for, aside first, so that nobody downloads half a file."""
    review, arguments = claim.job.review, claim.job.arguments
    if review is None:
        raise ValueError("an export needs a review")
    table = TABLES[arguments["table"]]
    folder = Path(settings.EXPORT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    stamp = f"{timezone.now():%Y%m%d-%H%M%S}"
    name = f"{review.slug}-{table.key}-{stamp}-{claim.job.pk}.{arguments['format']}"
    part = folder / f"part-{name}"
    hidden = strictest_reader(review).role.is_blind
    try:
        headers, rows = table.rows(review)
        count = write(part, headers, _shown(claim, rows))
        said = {"authors_hidden": hidden}
        claim.renew(done=count, total=count, file=name, note="", checkpoint=said)
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)  # of a job that failed, was cancelled or was lost


def _shown(claim: Claim, rows: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
    """Pass rows on and show how many were written."""
    for count, row in enumerate(rows, start=1):
        if count % 1000 == 0:
            claim.advance(done=count, note="Writing rows")
        yield row


@require_GET
def job(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An export under way, and its file when it is complete."""
    access = enter(request.user, slug, to="see_decisions")
    found = get_job(access, pk)
    if found.task != TASK:
        raise Http404
    context = {"access": access, "section": "site", "job": found, "refresh_url": request.path}
    context["closed"] = "" if is_open_to(access, found) else TELLS_AUTHORS
    fragment = "site/_export.html" if request.htmx else "site/export.html"  # type: ignore[attr-defined]
    return render(request, fragment, context)


def is_open_to(access: Access, export: Job) -> bool:
    """Whether a file may be read: not by a voter, if it was made before authors were hidden."""
    return not access.role.is_blind or bool(export.checkpoint.get("authors_hidden"))


@require_GET
def download(request: HttpRequest, slug: str, pk: int) -> FileResponse:
    """The file of a complete export."""
    access = enter(request.user, slug, to="see_decisions")
    found = get_job(access, pk)
    if not is_open_to(access, found):
        raise PermissionDenied(TELLS_AUTHORS)
    path = Path(settings.EXPORT_DIR) / found.file
    if found.task != TASK or not found.file or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=found.file)
