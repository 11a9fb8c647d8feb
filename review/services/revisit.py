"""What a run does beyond its own list: it asks again for everything known that it did not find.

A search is repeated in full each time and compared with what was known, because a record may
begin or cease to match years after it entered PubMed (pubmed.md section 5). Nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from review.models import Finding, LinkedNotice, Record, Review, SearchRun
from review.models.refresh import FindingKind
from review.notices import arrived
from review.pubmed.client import fetch
from review.pubmed.parse import TOGETHER
from review.pubmed.transport import Transport
from review.services.changes import attach_notices, raise_alerts
from review.services.duplicates import match_records
from review.services.jobs import Claim
from review.services.records import Text, store_texts
from review.services.successors import find_successor, queue_successor


def revisit(claim: Claim, run: SearchRun, transport: Transport) -> None:
    """Fetch the known records that this run did not list, and say what became of each."""
    for keys in _batches(_unlisted(claim, run)):
        claim.renew(note="Asking again for records that the search did not find")
        batch = list(_with_text(keys))
        fetched = fetch(transport, [record.identifier for record in batch])
        gone = set(fetched.missing)
        others = {r.pk: find_successor(run, r, gone) for r in batch if r.identifier in gone}
        for record in batch:
            if other := others.get(record.pk):
                queue_successor(record, other)
        with transaction.atomic():
            texts = [Text(p.citation, p.raw, p.without_dtd) for p in fetched.parsed]
            stored = store_texts(search=run.search, texts=texts, run=run)
            SearchRun.objects.filter(pk=run.pk).update(changed=F("changed") + len(stored.newer))
            for record in batch:
                kind = FindingKind.GONE if record.identifier in gone else FindingKind.UNMATCHED
                _find(run, record, kind, others.get(record.pk))
            claim.advance(done=len(run.identifiers), revisited=batch[-1].pk)
        match_records([*stored.first, *stored.newer])


def _find(run: SearchRun, record: Record, kind: str, other: Record | None) -> None:
    Finding.objects.update_or_create(run=run, record=record, kind=kind, defaults={"other": other})


def _unlisted(claim: Claim, run: SearchRun) -> list[int]:
    listed = set(run.identifiers)
    done = int(claim.job.checkpoint.get("revisited", 0))
    known = run.search.records.filter(withdrawn_at=None, pk__gt=done).order_by("pk")
    return [
        pk
        for pk, identifier in known.values_list("pk", "identifier")
        if identifier.isdecimal() and identifier not in listed
    ]


def _with_text(keys: list[int]) -> QuerySet[Record]:
    texts = Record.objects.select_related("current").defer("current__raw")
    return texts.filter(pk__in=keys).order_by("pk")


def watch(claim: Claim, run: SearchRun, transport: Transport) -> None:
    """Look for retractions of screened reports that no PubMed search covers, by their PMIDs.

    Their records stay as they came; only notices and alerts are kept.
    """
    watched = Record.objects.watched(run.search.review).values_list("pk", flat=True)
    for keys in _batches(list(watched)):
        claim.renew(note="Asking for retractions of reports from other sources")
        by_pmid = {record.pmid: record for record in _with_text(keys)}
        for parsed in fetch(transport, list(by_pmid)).parsed:
            record = by_pmid[parsed.citation.pmid]
            known = record.current.citation if record.current else None
            with transaction.atomic():
                attach_notices(record=record, citation=parsed.citation)
                raise_alerts(record=record, notices=arrived(known, parsed.citation), run=run)


def follow(claim: Claim, run: SearchRun, transport: Transport) -> None:
    """Fetch the notices that texts name, so that they can be read beside their report."""
    review: Review = run.search.review
    unfetched = LinkedNotice.objects.unfetched(review).order_by().values_list("pmid", flat=True)
    pmids = sorted({pmid for pmid in unfetched if pmid.isdecimal()})
    for start in range(0, len(pmids), TOGETHER):
        claim.renew(note="Fetching notices about the records")
        for parsed in fetch(transport, pmids[start : start + TOGETHER]).parsed:
            LinkedNotice.objects.unfetched(review).filter(pmid=parsed.citation.pmid).update(
                data=parsed.citation.to_json(), stored_at=timezone.now()
            )


def look_for_sentinels(run: SearchRun) -> None:
    """Note each report that every run must find and this one did not."""
    listed = set(run.identifiers)
    Finding.objects.filter(run=run, kind=FindingKind.LOST).delete()
    for sentinel in run.search.sentinels.select_related("report__survivor").order_by("pk"):
        report = sentinel.report.survivor or sentinel.report
        records = [record for record in Record.objects.of_reports([report.pk]) if record.pmid]
        if records and not any(record.pmid in listed for record in records):
            Finding.objects.create(run=run, record=records[0], kind=FindingKind.LOST)


def _batches(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), TOGETHER):
        yield keys[start : start + TOGETHER]
