"""The text that people read of a report: one record's own, or put together from several.

A text that is put together is a revision of its own, never changed: a decision keeps the one it
was made on, and who decided on another one is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from review.citation import Citation
from review.dedupe.kept import Source, keep
from review.models import KeptValue, Record, Revision
from review.reading import digest, fingerprint

MISSING = 0  # instead of a key: the text was not put together yet


@dataclass(frozen=True, slots=True)
class Face:
    """The key of the text; ``MISSING`` while ``text``, based on ``record``'s, is not stored."""

    revision: int | None
    record: Record | None = None
    text: Citation | None = None
    number: int = 1


def in_order(records: Iterable[Record]) -> list[Record]:
    """The records that have a text, PubMed's first, then as they came."""
    with_text = [record for record in records if record.current_id]
    return sorted(with_text, key=lambda record: (not record.search.is_pubmed, record.pk))


def sources(records: Sequence[Record]) -> list[Source]:
    """Their texts in the same order."""
    return _sources(records, _texts(records))


def chosen(records: Iterable[Record]) -> dict[str, KeptValue]:
    """What people chose for the report of these records, by field."""
    rows = KeptValue.objects.filter(record__in=[record.pk for record in records])
    return {row.field: row for row in rows.select_related("chosen_by").order_by("pk")}


def faces(records: Mapping[int, Iterable[Record]]) -> dict[int, Face]:
    """The face of each report, by its key, from its live records."""
    ordered = {key: in_order(found) for key, found in records.items()}
    found = {key: Face(rows[0].current_id if rows else None) for key, rows in ordered.items()}
    several = {key: rows for key, rows in ordered.items() if len(rows) > 1}
    return found | _put_together(several) if several else found


def store_missing(found: Mapping[int, Face]) -> dict[int, Face]:
    """Store the texts that were not put together before; give all faces with their keys."""
    lacking = {key: face for key, face in found.items() if face.revision == MISSING}
    made = Revision.objects.bulk_create(_revision(key, face) for key, face in lacking.items())
    stored = zip(lacking.items(), made, strict=True)
    return dict(found) | {key: replace(face, revision=row.pk) for (key, face), row in stored}


def _put_together(several: Mapping[int, list[Record]]) -> dict[int, Face]:
    every = [record for rows in several.values() for record in rows]
    texts, choices = _texts(every), _choices(every)
    put: dict[int, tuple[Record, Citation]] = {}
    for key, rows in several.items():
        text = keep(_sources(rows, texts), choices[key])
        if text != texts[rows[0].current_id or 0]:
            put[key] = (rows[0], text)
    made = Revision.objects.filter(report__in=put).order_by("number")
    known: dict[int, dict[str, int]] = defaultdict(dict)
    for report, sha256, key in made.values_list("report", "sha256", "pk"):
        known[report or 0][sha256] = key
    return {
        key: Face(
            known[key].get(fingerprint(text.to_json()), MISSING), record, text, made_before + 1
        )
        for key, (record, text) in put.items()
        for made_before in [len(known[key])]
    }


def _choices(records: Sequence[Record]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = KeptValue.objects.filter(record__in=[record.pk for record in records]).order_by("pk")
    for report, record, field in rows.values_list("record__report", "record", "field"):
        found[report][field] = record
    return found


def _texts(records: Sequence[Record]) -> dict[int, Citation]:
    rows = Revision.objects.filter(pk__in=[record.current_id for record in records])
    return {key: Citation.from_json(data) for key, data in rows.values_list("pk", "data")}


def _sources(records: Sequence[Record], texts: Mapping[int, Citation]) -> list[Source]:
    return [Source(record.pk, texts[record.current_id or 0]) for record in records]


def _revision(report: int, face: Face) -> Revision:
    text = face.text or Citation(identifier="")
    return Revision(
        record=face.record,
        report_id=report,
        number=face.number,
        data=text.to_json(),
        sha256=fingerprint(text.to_json()),
        reading=digest(text),
    )
