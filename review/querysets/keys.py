"""Records that share a key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models

from review.dedupe.index import CAP

if TYPE_CHECKING:
    from review.models import BlockKey  # noqa: F401

TOGETHER = 500  # values in one query


class BlockKeyQuerySet(models.QuerySet["BlockKey"]):
    """Keys of records."""

    def holders(self, review: int, values: Collection[str]) -> dict[str, list[int]]:
        """Give the live records under each of these keys; not those that very many share."""
        found: dict[str, list[int]] = defaultdict(list)
        asked = sorted(values)
        for start in range(0, len(asked), TOGETHER):
            rows = self.filter(review=review, value__in=asked[start : start + TOGETHER])
            rows = rows.filter(record__withdrawn_at=None)
            for value, record in rows.values_list("value", "record"):
                found[value].append(record)
        return {value: records for value, records in found.items() if len(records) <= CAP}
