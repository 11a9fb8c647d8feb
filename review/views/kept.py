"""Which value of each field a report keeps, from which record, and the choice of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from review.access import Access, enter, get_live_report
from review.dedupe.kept import FIELDS, origins
from review.differences import FIELDS as NAMES
from review.differences import readable
from review.errors import ReviewError
from review.models import KeptValue, Record, Report
from review.services.faces import chosen, in_order, sources
from review.services.kept import keep_value
from review.views.answers import see_other


@dataclass(frozen=True, slots=True)
class Offered:
    """One value of a field, the records that give it, and whether the report keeps it."""

    text: str
    records: list[Record]
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field with every value that a record gives, and the choice of a person, if any."""

    name: str
    words: str
    offered: list[Offered]
    choice: KeptValue | None

    @property
    def is_open(self) -> bool:
        """Whether there is anything to choose, or was."""
        return len(self.offered) > 1 or self.choice is not None


@require_http_methods(["GET", "HEAD", "POST"])
def values(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the values kept; a lead may choose another."""
    posting = request.method == "POST"
    access = enter(request.user, slug, to="move_reports" if posting else "see_counts")
    found = get_live_report(access, pk)
    if not posting:
        return _show(request, access, found)
    field, record = request.POST.get("field", ""), request.POST.get("record", "")
    key = int(record) if record.isascii() and record.isdigit() and len(record) < 19 else None
    try:
        keep_value(report=found, field=field, record=key, actor=access.user)
    except ReviewError as error:
        return _show(request, access, found, error=error)
    messages.success(request, f"Kept from now on, whatever comes later: {NAMES[field]}.")
    return see_other("review:values", slug, pk)


def _show(
    request: HttpRequest, access: Access, report: Report, error: ReviewError | None = None
) -> HttpResponse:
    rows = Record.objects.of_reports([report.pk])
    records = in_order(rows.select_related("search", "current", "report").defer("current__raw"))
    from_whom = origins(sources(records), {f: c.record_id for f, c in chosen(records).items()})
    for record in records:
        access.cover_record(record)
    fields = list(_fields(records, from_whom))
    context = {
        "access": access,
        "report": report,
        "records": records,
        "fields": [each for each in fields if each.is_open],
        "agreed": [each for each in fields if not each.is_open],
        "may_choose": access.role.may_move_reports(),
        "error": error,
    }
    return render(request, "review/values.html", context, status=422 if error else 200)


def _fields(records: list[Record], from_whom: dict[str, int]) -> Iterator[Field]:
    choices = chosen(records)
    for name in FIELDS:
        given: dict[str, list[Record]] = {}
        for record in records:
            if record.current and (text := readable(record.current.citation, name)):
                given.setdefault(text, []).append(record)
        offered = [
            Offered(text, who, from_whom.get(name) in {record.pk for record in who})
            for text, who in given.items()
        ]
        if offered:
            yield Field(name, NAMES[name], offered, choices.get(name))
