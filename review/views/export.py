"""A list of reports or records as a file for reference managers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from review.access import Access, enter
from review.citation import Citation, Extra
from review.exports.writing import FORMATS
from review.models import Record, Report
from review.querysets.boxes import Listing
from review.views.reports import listing_of

DEMO = Extra("label", "demo example, not a judgement")
AT_ONCE = 500  # rows that are read together


@require_GET
def reports_file(request: HttpRequest, slug: str, ending: str) -> StreamingHttpResponse:
    """The list that the address asks for, whole, in the format of the ending."""
    access = enter(request.user, slug)
    kind = FORMATS.get(ending)
    if kind is None:
        raise Http404
    found = listing_of(access, request.GET)
    response = StreamingHttpResponse(
        kind.write(citations(access, found)), content_type=f"{kind.media_type}; charset=utf-8"
    )
    name = f"{slug}-{slugify(found.title)[:60]}-{timezone.now():%Y%m%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def citations(access: Access, found: Listing) -> Iterator[Citation]:
    """The texts of a listing's rows in its order, as far as this person may know them.

    A row whose text could not be had is given by its number alone: nothing of a list is left out.
    What people decided in a demo review is labelled: a list is named after positions.
    """
    text = "current" if found.unit == "record" else "face"
    for row in found.rows.defer(f"{text}__raw").iterator(chunk_size=AT_ONCE):
        of = _of_record(access, row) if isinstance(row, Record) else _of_report(access, row)
        yield replace(of, extra=(*of.extra, DEMO)) if access.review.is_demo else of


def _of_record(access: Access, record: Record) -> Citation:
    access.cover_record(record)
    if record.current is not None:
        return record.current.citation
    if access.role.is_blind:  # its number would lead to its authors
        return Citation(record.identifier)
    return Citation(record.identifier, pmid=record.pmid, doi=record.doi)


def _of_report(access: Access, report: Report) -> Citation:
    access.cover(report)
    if report.face is not None:
        return report.face.citation
    return Citation(f"report {report.pk}")
