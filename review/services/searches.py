"""Searches and their runs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from review.citation import Citation
from review.errors import AlreadyRunning, Incomplete, NotAllowed
from review.models import Job, Record, Review, Search, SearchRun, SourceKind, User
from review.services import jobs
from review.services.duplicates import match_records
from review.services.log import log
from review.services.pubmed import check_email
from review.services.records import Text, identify, store_texts

RUN_TASK = "review.tasks.run_search"


@transaction.atomic
def save_search(
    *, review: Review, actor: User | None, search: Search | None = None, **values: Any
) -> Search:
    """Set up a search (source, kind, is_pubmed, strategy, what PRISMA-S asks) or change it.

    Each run keeps the strategy that it used. Raises Incomplete for a PubMed search without a
    strategy, NotAllowed for another kind once there are records: their column follows from it.
    """
    search = search or Search(review=review)
    old = _as_json(search, values) if search.pk else None
    for name, value in values.items():
        setattr(search, name, value)
    if search.is_pubmed and not search.chase:
        search.kind = SourceKind.DATABASE
        if not search.strategy.strip():
            raise Incomplete("A PubMed search needs a strategy. Paste it as you would into PubMed.")
    new = _as_json(search, values)
    if old is not None:
        _keep_kind(search, old, new)
    search.save()
    if old != new:
        what = "saved a search"
        log(review=review, actor=actor, what=what, subject=str(search), old=old, new=new)
    return search


def _as_json(search: Search, names: Iterable[str]) -> dict[str, Any]:
    """These fields of a search as JSON values: another search by its key, a day as ISO 8601."""
    values = {name: getattr(search, name) for name in names}
    plain = {name: each.isoformat() for name, each in values.items() if isinstance(each, date)}
    keys = {name: each.pk for name, each in values.items() if isinstance(each, Search)}
    return values | plain | keys


def _keep_kind(search: Search, old: dict[str, Any], new: dict[str, Any]) -> None:
    changed = any(old.get(name) != new.get(name) for name in ("kind", "is_pubmed", "chase"))
    if changed and (search.records.exists() or search.runs.exists()):
        raise NotAllowed(
            "This search has records, and their column in the diagram follows from its kind. "
            "Set up another search for another kind of source."
        )


@transaction.atomic
def start_run(
    *,
    search: Search,
    actor: User | None,
    due_at: datetime | None = None,
    skipped: list[str] | None = None,
) -> SearchRun:
    """Queue a run of a PubMed search and return at once; the worker does the rest.

    ``due_at`` is the scheduled moment, of which there is one run for ever; ``skipped`` the moments
    (ISO 8601) that passed without one. Raises AlreadyRunning while another run of this search is
    unfinished, Incomplete when it cannot be run here.
    """
    search = _ready_to_run(search)
    last = search.runs.aggregate(last=Max("number"))["last"] or 0
    job = jobs.enqueue(
        task=RUN_TASK,
        subject=f"Search of {search}",
        key=f"search {search.pk} {f'due {due_at.isoformat()}' if due_at else f'run {last + 1}'}",
        review=search.review,
        actor=actor,
    )
    return SearchRun.objects.create(
        search=search,
        number=last + 1,
        job=job,
        strategy=search.strategy,
        due_at=due_at,
        skipped=skipped or [],
    )


@transaction.atomic
def resume_run(*, run: SearchRun, actor: User | None) -> bool:
    """Let a failed or cancelled run go on from its checkpoint; False when it is neither.

    Raises AlreadyRunning while another run of the search is unfinished, NotAllowed for an import
    that was undone.
    """
    imported = getattr(run, "imported", None)
    if imported is None:
        _ready_to_run(run.search)
    elif imported.undo is not None:
        raise NotAllowed("This import was undone. Upload the file again to import it after all.")
    if run.job is None or not jobs.resume(job=run.job):
        return False
    log(review=run.search.review, actor=actor, what="resumed a run", subject=str(run))
    return True


@transaction.atomic
def cancel_run(*, run: SearchRun, actor: User | None) -> None:
    """Ask a run to stop; what it stored stays, and it can be resumed."""
    if run.job is not None and run.job.is_unfinished:
        jobs.cancel(job=run.job)
        log(review=run.search.review, actor=actor, what="cancelled a run", subject=str(run))


def _ready_to_run(search: Search) -> Search:
    """Lock a search that can be run now, so that two runs cannot start at once."""
    search = Search.objects.select_for_update().get(pk=search.pk)
    check_ready(search)
    return search


def check_ready(search: Search) -> None:
    """Raise AlreadyRunning or Incomplete, with the reason why a search cannot be run now."""
    if not search.is_pubmed:
        raise Incomplete(
            "Only PubMed searches can be run here. Import the records of others from a file."
        )
    if search.chase and not Record.objects.seeds(search.review).exists():
        raise Incomplete(
            "No included report has a PMID yet. Run this once the first reports are included."
        )
    check_email()
    if search.runs.filter(job__in=Job.objects.unfinished()).exists():
        raise AlreadyRunning("This search is running. Wait for it to finish, or cancel it first.")


@transaction.atomic
def add_by_hand(
    *, search: Search, citation: Citation, actor: User | None, nonce: str = ""
) -> Record:
    """Add one report to a search of any kind; it may be matched with one that is there already.

    It is known by its own identifier, its PMID, its DOI, else by ``nonce``, so that a form sent
    twice adds it once. Raises Incomplete without a title, or when the search has it already.
    """
    if not citation.title.strip():
        raise Incomplete("A report needs at least a title.")
    named = citation.identifier or citation.pmid or citation.doi
    identifier = named or f"by-hand-{nonce or secrets.token_hex(6)}"
    known = search.records.filter(identifier=identifier).first()
    if known is not None and named:
        raise Incomplete(f"This search has {identifier} already.")
    if known is not None:
        return known
    values = citation.to_json() | {"identifier": identifier}
    store_snapshot(search=search, citations=[Citation.from_json(values)], run=_hand_run(search))
    record = search.records.get(identifier=identifier)
    log(review=search.review, actor=actor, what="added a report by hand", subject=identifier)
    return record


def store_snapshot(*, search: Search, citations: list[Citation], run: SearchRun) -> None:
    """Take in citations that are at hand: identify, store, match."""
    new = identify(run=run, identifiers=[citation.identifier for citation in citations])
    SearchRun.objects.filter(pk=run.pk).update(new=F("new") + new)
    stored = store_texts(search=search, texts=[Text(each) for each in citations], run=run)
    match_records(stored.first)


def _hand_run(search: Search) -> SearchRun:
    """Run 0 of a search: what came with the review or was added by hand."""
    run, _ = SearchRun.objects.get_or_create(
        search=search,
        number=0,
        defaults={
            "strategy": search.strategy,
            "started_at": timezone.now(),
            "finished_at": timezone.now(),
        },
    )
    return run
