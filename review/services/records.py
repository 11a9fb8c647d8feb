"""Taking records in: identifiers first, each a record at once, then their texts as revisions."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Max

from review.citation import Citation
from review.models import Move, Position, Record, Report, Review, Revision, Search, SearchRun
from review.models.flow import Arm
from review.reading import digest, fingerprint
from review.services.bulk import update_rows
from review.services.changes import note_text
from review.services.flow import lock_reports, project_all

CHUNK = 500  # rows per transaction: longer ones would hold up people who decide on SQLite
PAUSE = 0.12  # seconds between them there: SQLite's waiting writers look again every 0.1 s


@dataclass(frozen=True)
class Text:
    """A text to store: the citation, and for fetched ones the XML that it was read from.

    ``key`` is the record's identifier where it is not the citation's own.
    """

    citation: Citation
    raw: bytes | None = None
    without_dtd: bool = False
    key: str = ""

    @property
    def identifier(self) -> str:
        """The identifier of the record whose text this is."""
        return self.key or self.citation.identifier

    @cached_property
    def data(self) -> dict[str, Any]:
        """The citation as it is stored."""
        return self.citation.to_json()

    @cached_property
    def sha256(self) -> str:
        """Digest of the citation without its revision date, which changes for housekeeping."""
        return fingerprint(self.data)


@dataclass(frozen=True, slots=True)
class Stored:
    """What ``store_texts`` did: keys of records that got a first text, and one that differs."""

    first: tuple[int, ...]
    newer: tuple[int, ...]


def identify(*, run: SearchRun, identifiers: Sequence[str]) -> int:
    """Make a record and a report of every identifier that this search never had; count them.

    A report enters the flow at ``screening``; its text may follow or never come. Safe to repeat.
    """
    named = list(dict.fromkeys(identifiers))
    chunks = (named[start : start + CHUNK] for start in range(0, len(named), CHUNK))
    return sum(_enter(run, chunk) for chunk in chunks)


@transaction.atomic
def _enter(run: SearchRun, identifiers: Sequence[str]) -> int:
    search = run.search
    review = _lock_review(search.review_id)
    had = search.records.filter(identifier__in=identifiers)
    known = set(had.values_list("identifier", flat=True))
    identifiers = [key for key in identifiers if key not in known]
    last = Report.objects.filter(review=review).aggregate(last=Max("place"))["last"] or 0
    reports = Report.objects.bulk_create(
        Report(
            review=review,
            place=last + offset,
            arm=Arm.LEFT if search.is_left else Arm.RIGHT,
            counted_by=search,
        )
        for offset, _ in enumerate(identifiers, start=1)
    )
    Record.objects.bulk_create(
        Record(
            review=review,
            search=search,
            identifier=identifier,
            pmid=identifier if search.is_pubmed and identifier.isdecimal() else "",
            report=report,
            first_run=run,
        )
        for identifier, report in zip(identifiers, reports, strict=True)
    )
    Move.objects.bulk_create(
        Move(review=review, report=report, target=Position.SCREENING, cause="identified")
        for report in reports
    )
    return len(identifiers)


def _lock_review(pk: int) -> Review:
    """Take the review's row, so that two imports do not give the same places."""
    return Review.objects.select_for_update().get(pk=pk)


@transaction.atomic
def store_texts(*, search: Search, texts: Iterable[Text], run: SearchRun | None) -> Stored:
    """Store texts of records of a search by identifier; an unchanged one adds nothing.

    A changed text is a new revision; decisions keep the one that they were made on.
    """
    by_key = {text.identifier: text for text in texts}
    lock_reports(search.records.filter(identifier__in=by_key).values_list("report", flat=True))
    records = search.records.filter(identifier__in=by_key).select_related("current", "report")
    changed = [r for r in records if _differs(r, by_key[r.identifier])]
    before = {record.pk: record.current for record in changed}
    _write(changed, by_key, run)
    first: list[int] = []
    newer: list[int] = []
    for record in changed:
        former = before[record.pk]
        if note_text(record=record, before=former.citation if former else None, run=run):
            newer.append(record.pk)
        elif former is None:
            first.append(record.pk)
    return Stored(tuple(first), tuple(newer))


def _differs(record: Record, text: Text) -> bool:
    return record.current is None or record.current.sha256 != text.sha256


def _write(records: Sequence[Record], texts: Mapping[str, Text], run: SearchRun | None) -> None:
    """Give each record its text as a new revision, and each report the text that people read."""
    revisions = [_revision(record, texts[record.identifier], run) for record in records]
    for record, revision in zip(records, Revision.objects.bulk_create(revisions), strict=True):
        citation = texts[record.identifier].citation
        record.current, record.problem = revision, ""
        record.pmid, record.doi = citation.pmid, citation.doi
    update_rows(records, ["current", "pmid", "doi", "problem"])
    project_all([record.report for record in records])


def _revision(record: Record, text: Text, run: SearchRun | None) -> Revision:
    return Revision(
        record=record,
        number=record.current.number + 1 if record.current else 1,
        data=text.data,
        raw=gzip.compress(text.raw) if text.raw else None,
        sha256=text.sha256,
        reading=digest(text.citation),
        without_dtd=text.without_dtd,
        run=run,
    )


def mark_without_text(*, search: Search, problems: dict[str, str]) -> None:
    """Note why the source gave no readable text for these identifiers; a text kept stays."""
    for record in search.records.filter(identifier__in=problems, current=None):
        record.problem = problems[record.identifier][:300]
        record.save(update_fields=["problem"])
