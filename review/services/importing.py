"""The job of an import: every entry of a file becomes a record, in chunks, on from its checkpoint.

A file may name the same document twice, and another file the same number: an entry's identifier is
therefore its place, "file 2 entry 17". What the file says of numbers is in its text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from review.errors import BadFile
from review.imports import formats, reading
from review.imports.entry import Entry, Problem, Refused
from review.imports.reading import Reading
from review.models import Import, Record, SearchRun
from review.pubmed.errors import PubmedError
from review.pubmed.transport import Transport
from review.services.duplicates import match_records
from review.services.fetch import PubmedFailed, in_words, note_cost
from review.services.imports import as_rows, path_of
from review.services.jobs import Claim
from review.services.pasting import take_in_list
from review.services.pubmed import connect
from review.services.records import CHUNK, PAUSE, Text, identify, store_texts

GONE = "The uploaded file is not in its folder any more. Upload it again."


def import_file(claim: Claim, connect: Callable[[Claim], Transport] = connect) -> None:
    """Do, or go on with, the import that a job stands for; ``connect`` says how to ask PubMed.

    Raises BadFile when the file is gone, or turns out not to be readable behind its beginning;
    PubmedFailed when a list's records cannot be asked for.
    """
    run = SearchRun.objects.select_related("search__review", "imported").get(job=claim.job)
    imported = run.imported
    SearchRun.objects.filter(pk=run.pk, started_at=None).update(started_at=timezone.now())
    problems: list[Problem] = []
    try:
        with path_of(imported).open("rb") as file:
            entries = reading.read(file, imported.plan)
            if imported.format == formats.PASTED:
                count = _fetch(claim, run, list(_entries(entries, problems)), connect)
            else:
                count = _take_in_all(claim, run, _entries(entries, problems))
    except FileNotFoundError as error:
        raise BadFile(GONE) from error
    except Refused as refused:
        raise BadFile(f"{refused} What was read before is kept.") from refused
    _finish(claim, run, count, entries, problems)


def key_of(run: SearchRun, number: int) -> str:
    """The identifier of the record of an entry, counted from 1."""
    return f"file {run.number} entry {number}"


def _entries(entries: Reading, problems: list[Problem]) -> Iterator[Entry]:
    for each in entries:
        if isinstance(each, Problem):
            problems.append(each)
        else:
            yield each


def _take_in_all(claim: Claim, run: SearchRun, entries: Iterator[Entry]) -> int:
    """Take in all entries of a file by the five hundred; count them."""
    count = 0
    while chunk := list(islice(entries, CHUNK)):
        _take_in(claim, run, count, chunk)
        count += len(chunk)
    return count


def _fetch(
    claim: Claim,
    run: SearchRun,
    entries: Sequence[Entry],
    connect: Callable[[Claim], Transport],
) -> int:
    """Ask PubMed for what a list names; count what it names."""
    wanted = {key_of(run, n): entry.citation for n, entry in enumerate(entries, start=1)}
    transport = connect(claim)
    try:
        take_in_list(claim, run, wanted, transport)
    except PubmedError as error:
        raise PubmedFailed(in_words(error)) from error
    finally:
        note_cost(run, transport.tally)
    return len(wanted)


def _take_in(claim: Claim, run: SearchRun, start: int, chunk: list[Entry]) -> None:
    """Store and match a chunk, unless an earlier worker did."""
    end = start + len(chunk)
    keys = [key_of(run, number) for number in range(start + 1, end + 1)]
    if claim.job.checkpoint.get("stored", 0) < end:
        texts = [Text(entry.citation, key=key) for key, entry in zip(keys, chunk, strict=True)]
        with transaction.atomic():
            new = identify(run=run, identifiers=keys)
            store_texts(search=run.search, texts=texts, run=run)
            SearchRun.objects.filter(pk=run.pk).update(new=F("new") + new)
            claim.advance(done=end, total=_total(run.imported), note="Taking in", stored=end)
    if claim.job.checkpoint.get("matched", 0) < end:
        stored = Record.objects.filter(search=run.search, identifier__in=keys)
        match_records(stored.values_list("pk", flat=True))
        claim.advance(done=end, note="Taking in", matched=end)
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
    else:
        claim.renew()


def _total(imported: Import) -> int | None:
    return imported.readable if imported.preview.get("complete") else None


def _finish(
    claim: Claim, run: SearchRun, count: int, entries: Reading, problems: list[Problem]
) -> None:
    """Set the file's count beside the count read; a difference waits for somebody's word."""
    with transaction.atomic():
        Import.objects.filter(pk=run.imported.pk).update(
            found=entries.marks, readable=count, problems=as_rows(problems, entries.decided)
        )
        SearchRun.objects.filter(pk=run.pk).update(
            reported=entries.marks,
            identifiers=[key_of(run, number) for number in range(1, count + 1)],
            fetched=count,
            stored=run.search.records.filter(first_run=run).exclude(current=None).count(),
            finished_at=timezone.now(),
        )
        claim.renew(total=count, note="")
