"""One report: its text, where it came from, what it was merged with, where it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from review.access import Access, enter, get_report, get_revision
from review.citation import Citation
from review.differences import differences
from review.ledger import entries, passed_screening
from review.models import FullText, LinkedNotice, Merge, Record, Report, Revision
from review.notices import linked


@dataclass(frozen=True, slots=True)
class Text:
    """One revision in the list, and the names of the fields that differ from the one before."""

    revision: Revision
    changed: list[str]


@require_GET
def report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The report's page; of one that was merged away it says into which."""
    access = enter(request.user, slug)
    found = get_report(access, pk)
    context = {"access": access, "report": found, **_text(found), **_history(access, found)}
    return render(request, "review/report.html", context)


def _text(found: Report) -> dict[str, Any]:
    citation = found.face.citation if found.face else None
    return {"citation": citation, "linked": linked(citation) if citation else []}


def _history(access: Access, found: Report) -> dict[str, Any]:
    texts = Prefetch(
        "revisions", Revision.objects.filter(report=None).defer("raw").order_by("number")
    )
    records = list(
        Record.objects.filter(report=found)
        .select_related("search", "first_run__imported")
        .prefetch_related(texts)
        .order_by("pk")
    )
    for record in records:
        access.cover_record(record, *record.revisions.all())
    either = Q(survivor=found) | Q(absorbed=found)
    shown: dict[str, Any] = {
        "notices": _notices(found),
        "records": records,
        "texts": [(record, texts_of(record)) for record in records if record.current_id],
        "lacking": [r for r in records if r.current_id is None and r.withdrawn_at is None],
        "merges": Merge.objects.of(access.review).filter(either).order_by("pk"),
        "entries": entries(found),
    }
    if passed_screening(found):
        held = FullText.objects.filter(Q(report=found) | Q(report__survivor=found))
        shown["full_texts"] = held.select_related("actor")
        shown["study"] = found.study
        shown["companions"] = _companions(found)
        access.cover(*shown["companions"])
    return shown


def _notices(found: Report) -> list[LinkedNotice]:
    """Fetched notices about a report; their journals would name it to a blind voter."""
    hidden = found.face is not None and found.face.is_covered
    return [] if hidden else list(LinkedNotice.objects.about(found))


def texts_of(record: Record) -> list[Text]:
    """The revisions of a record, the earliest first, each with what changed in it."""
    found: list[Text] = []
    before: Citation | None = None
    for revision in record.revisions.all():
        citation = revision.citation
        changed = differences(before, citation) if before else []
        found.append(Text(revision, [each.name for each in changed]))
        before = citation
    return found


def _companions(found: Report) -> list[Report]:
    if found.study is None:
        return []
    others = Report.objects.live().filter(study=found.study).exclude(pk=found.pk)
    return list(others.select_related("face").order_by("place"))


@require_GET
def revision(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One text of a record as it was, and how it differs from the one before it."""
    access = enter(request.user, slug)
    found = get_revision(access, pk)
    before = Revision.objects.filter(
        record=found.record_id, report=found.report_id, number=found.number - 1
    ).first()
    access.cover_record(found.record, before)
    context = {
        "access": access,
        "revision": found,
        "record": found.record,
        "is_current": found.record.current_id == found.pk,
        "before": before,
        "differences": differences(before.citation, found.citation) if before else [],
    }
    return render(request, "review/revision.html", context)
