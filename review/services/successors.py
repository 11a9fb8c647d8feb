"""A record that PubMed no longer has may live on under another PMID: a candidate for a merge."""

from __future__ import annotations

from django.db import transaction

from review.markup import plain
from review.models import Pair, Record, SearchRun
from review.services.flow import lock_reports

SHORTEST_TITLE = 25  # letters; shorter ones ("Editorial") are shared by many documents


def find_successor(run: SearchRun, gone: Record, all_gone: set[str]) -> Record | None:
    """The live record with another PMID and the same DOI, else one new in this run by title.

    ``all_gone`` are the PMIDs of which PubMed has nothing any more.
    """
    others = Record.objects.filter(review=gone.review_id, withdrawn_at=None)
    others = others.exclude(pmid__in=["", gone.pmid, *all_gone])
    if gone.doi and (same := others.filter(doi=gone.doi).order_by("-pk").first()):
        return same
    title = _title(gone)
    if len(title) < SHORTEST_TITLE:
        return None
    new = others.filter(first_run=run).exclude(current=None).select_related("current")
    return next((other for other in new.order_by("pk") if _title(other) == title), None)


def _title(record: Record) -> str:
    if record.current is None:
        return ""
    return "".join(c for c in plain(record.current.citation.title).casefold() if c.isalnum())


@transaction.atomic
def queue_successor(gone: Record, other: Record) -> None:
    """Ask people whether both are one document, unless that was asked or done already."""
    keys = Record.objects.filter(pk__in=[gone.pk, other.pk]).values_list("report", flat=True)
    reports = lock_reports(keys)
    if len(reports) < 2 or any(report.position is None for report in reports):
        return
    first, second = reports
    if Pair.objects.between(first.pk, second.pk).exists():
        return
    Pair.objects.create(
        review_id=first.review_id,
        first=first,
        second=second,
        why=f"PubMed no longer has {gone.pmid}; {other.pmid} looks like the same document.",
    )
