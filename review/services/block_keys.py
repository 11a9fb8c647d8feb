"""The block index of records: written when a text comes, read to find what it may duplicate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from review.citation import Citation
from review.dedupe.keys import keys_of
from review.dedupe.sides import Side, side
from review.models import BlockKey, Record, Revision

LONGEST = BlockKey._meta.get_field("value").max_length or 0


@dataclass(frozen=True, slots=True)
class Read:
    """A live record as matching sees it, with the report that it belongs to."""

    record: int
    review: int
    report: int
    revision: int
    side: Side

    @property
    def keys(self) -> set[str]:
        """Its keys, cut to what the index holds."""
        return {key[:LONGEST] for key in keys_of(self.side)}


def read(records: Iterable[int], known: Mapping[int, Read] | None = None) -> dict[int, Read]:
    """Read the live records among these that have a text.

    ``known`` are records read before: which report they belong to is looked up, and their text is
    taken from there unless it has changed since.
    """
    rows = Record.objects.filter(pk__in=list(records), withdrawn_at=None, current__isnull=False)
    found = list(rows.order_by("pk").values_list("pk", "review", "report", "current"))
    sides = {each.revision: each.side for each in (known or {}).values()}
    sides |= _sides([text for *_, text in found if text is not None and text not in sides])
    return {
        pk: Read(pk, review, report, text, sides[text])
        for pk, review, report, text in found
        if text is not None
    }


def _sides(texts: list[int]) -> dict[int, Side]:
    """Texts as matching sees them, by key; as values, since whole rows take twice the time."""
    rows = Revision.objects.filter(pk__in=texts).values_list("pk", "data")
    return {pk: side(Citation.from_json(data)) for pk, data in rows.iterator()}


@transaction.atomic
def index(records: Iterable[Read]) -> None:
    """Put records under the keys of their current texts, and under no others."""
    found = list(records)
    BlockKey.objects.filter(record__in=[each.record for each in found]).delete()
    BlockKey.objects.bulk_create(
        BlockKey(
            review_id=each.review, record_id=each.record, revision_id=each.revision, value=value
        )
        for each in found
        for value in sorted(each.keys)
    )


def candidates(records: Iterable[Read]) -> set[tuple[int, int]]:
    """Give every two records that share a key, one of them among these, the smaller first."""
    found = list(records)
    if not found:
        return set()
    values = {value for each in found for value in each.keys}
    holders = BlockKey.objects.holders(found[0].review, values)
    return {
        (min(each.record, other), max(each.record, other))
        for each in found
        for value in each.keys
        for other in holders.get(value, ())
        if other != each.record
    }
