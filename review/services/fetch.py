"""Running a PubMed search: identifiers first, then texts in batches, each its own transaction.

A run that was interrupted goes on at its checkpoint. At its end every identifier that PubMed
returned is a record with its text, or listed as one without; then everything known that it did
not list is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from review.errors import ReviewError
from review.models import SearchRun
from review.models.refresh import FindingKind
from review.pubmed.client import Fetched, fetch, search
from review.pubmed.entrez import use_cache
from review.pubmed.errors import BadKey, Permanent, PubmedError
from review.pubmed.parse import TOGETHER
from review.pubmed.transport import Tally, Transport
from review.services.chasing import chase
from review.services.duplicates import match_records
from review.services.jobs import Claim
from review.services.pubmed import connect
from review.services.records import CHUNK, Text, identify, mark_without_text, store_texts
from review.services.revisit import follow, look_for_sentinels, revisit, watch

NOT_SENT = "PubMed listed this identifier but sent no record for it, also when asked again."
NOT_ASKED = "PubMed sent this record although it was not asked for; it was left out."
LISTED = ["translation", "warnings", "reported", "identifiers", "slices", "missing"]
LISTED += ["fetched", "started_at", "strategy", "seeds"]
FROM_THE_START: dict[str, Any] = {
    "listed": False,
    "identified": 0,
    "stored": 0,
    "matched": 0,
    "revisited": 0,
    "short": True,
}
BAD_KEY = "Ask whoever runs this site to correct NCBI_API_KEY, then resume."


class PubmedFailed(ReviewError):
    """PubMed could not be asked, or refused; the sentence holds its own words."""


def run_search(claim: Claim, connect: Callable[[Claim], Transport] = connect) -> None:
    """Do, or go on with, the run that a job stands for; ``connect`` says how to ask PubMed.

    Raises PubmedFailed with a sentence when PubMed cannot be asked or refuses.
    """
    run = SearchRun.objects.select_related("search__review").get(job=claim.job)
    use_cache(settings.ENTREZ_DIR)
    transport = connect(claim)
    try:
        _list(claim, run, transport)
        _identify(claim, run)
        _match(claim, run)
        for start, pmids in _batches(run.identifiers, _mark(claim, "stored"), TOGETHER):
            _store(claim, run, start, fetch(transport, pmids))
            _match(claim, run)
            note_cost(run, transport.tally)
        revisit(claim, run, transport)
        watch(claim, run, transport)
        follow(claim, run, transport)
    except PubmedError as error:
        raise PubmedFailed(in_words(error)) from error
    finally:  # also when it was cancelled, or ran out of time
        note_cost(run, transport.tally)
    _finish(claim, run)


def _list(claim: Claim, run: SearchRun, transport: Transport) -> None:
    """Fix the list of identifiers: from now on it is this run's, whatever PubMed adds."""
    if claim.job.checkpoint.get("listed"):
        return
    claim.renew(note="Asking PubMed for the list of records", problems=[])
    found = chase(run, transport) if run.search.chase else search(transport, run.strategy)
    with transaction.atomic():
        run.translation = found.translation
        run.warnings = list(found.warnings)
        run.reported = found.count
        run.identifiers = list(found.pmids)
        run.slices = [part.to_json() for part in found.slices]
        run.missing = []
        run.fetched = 0
        run.started_at = run.started_at or timezone.now()
        run.save(update_fields=LISTED)
        run.findings.filter(kind__in=(FindingKind.UNMATCHED, FindingKind.GONE)).delete()
        claim.advance(done=0, total=len(found.pmids), note="", listed=True, short=False)


def _identify(claim: Claim, run: SearchRun) -> None:
    """Make every listed identifier a record, in chunks that are counted as they are made."""
    for start, chunk in _batches(run.identifiers, _mark(claim, "identified"), CHUNK):
        end = start + len(chunk)
        with transaction.atomic():
            new = identify(run=run, identifiers=chunk)
            SearchRun.objects.filter(pk=run.pk).update(new=F("new") + new)
            claim.advance(done=0, note=f"Taking in {end:,} identifiers", identified=end)


def _finish(claim: Claim, run: SearchRun) -> None:
    """Count what is stored, look for sentinels, and end: from now on the run has its report.

    A list that was shorter than PubMed's own count, twice, ends the run as failed: it is asked for
    again when the run is resumed, or somebody explains the difference.
    """
    chunks = _batches(run.identifiers, 0, CHUNK)
    held = run.search.records.exclude(current=None)
    whole = run.reported == len(run.identifiers)
    now = timezone.now()
    with transaction.atomic():
        stored = sum(held.filter(identifier__in=chunk).count() for _, chunk in chunks)
        look_for_sentinels(run)
        SearchRun.objects.filter(pk=run.pk).update(
            stored=stored, finished_at=now if whole else None
        )
        if whole:
            claim.renew(note="")
        else:
            claim.advance(done=0, **FROM_THE_START)
    if not whole:
        raise PubmedFailed(
            f"PubMed counted {run.reported:,} records but listed {len(run.identifiers):,}. "
            "What it listed is stored; resume to ask for the list again, or explain the difference."
        )


def _batches(identifiers: list[str], start: int, size: int) -> Iterator[tuple[int, list[str]]]:
    for first in range(start, len(identifiers), size):
        yield first, identifiers[first : first + size]


def _mark(claim: Claim, name: str) -> int:
    return int(claim.job.checkpoint.get(name, 0))


def _store(claim: Claim, run: SearchRun, start: int, fetched: Fetched) -> None:
    """Store one batch with its problems and its checkpoint, all or nothing."""
    texts = [Text(p.citation, p.raw, p.without_dtd) for p in fetched.parsed]
    problems = dict.fromkeys(fetched.missing, NOT_SENT)
    problems |= {bad.pmid: f"Unreadable: {bad.problem}" for bad in fetched.unreadable if bad.pmid}
    sentences = [f"{pmid}: {problem}" for pmid, problem in problems.items()]
    sentences += [f"{pmid}: {NOT_ASKED}" for pmid in fetched.foreign]
    done = min(start + TOGETHER, len(run.identifiers))
    run.missing = [*run.missing, *problems]
    with transaction.atomic():
        stored = store_texts(search=run.search, texts=texts, run=run)
        mark_without_text(search=run.search, problems=problems)
        SearchRun.objects.filter(pk=run.pk).update(
            missing=run.missing,
            fetched=F("fetched") + len(fetched.parsed) + len(fetched.unreadable),
            changed=F("changed") + len(stored.newer),
        )
        claim.problem(*sentences)
        claim.advance(done=done, note="Fetching texts", stored=done)


def _match(claim: Claim, run: SearchRun) -> None:
    """Look for duplicates of what was stored since the last time, also by an interrupted run."""
    start, end = _mark(claim, "matched"), _mark(claim, "stored")
    for first, pmids in _batches(run.identifiers[:end], start, TOGETHER):
        stored = run.search.records.filter(identifier__in=pmids)
        match_records(stored.values_list("pk", flat=True))
        claim.advance(done=end, note="Fetching texts", matched=first + len(pmids))


def note_cost(run: SearchRun, tally: Tally) -> None:
    """Add what was asked since the last time to a run’s figures."""
    SearchRun.objects.filter(pk=run.pk).update(
        requests=F("requests") + tally.requests,
        retries=F("retries") + tally.retries,
        waited=F("waited") + tally.waited,
    )
    tally.requests, tally.retries, tally.waited = 0, 0, 0.0


def in_words(error: PubmedError) -> str:
    """Say what went wrong with PubMed, and what to do."""
    if isinstance(error, BadKey):
        return f"{error.words.rstrip('.')}. {BAD_KEY}"
    if isinstance(error, Permanent):
        return error.words
    return (
        f"{error.words.rstrip('.')}. PubMed could not be reached or did not answer properly. "
        "What was fetched is kept; resume when PubMed is back."
    )
