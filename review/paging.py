"""Keyset paging: a page is named by the key of the row that it follows or precedes.

However long the list, a page costs one indexed lookup; rows that arrive meanwhile shift nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from review.sent import number

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the keys to continue from in both directions (None at an end)."""

    rows: list[Any]
    before: int | None
    after: int | None


def page(rows: QuerySet[Any], key: str, query: Mapping[str, str], size: int = SIZE) -> Page:
    """Cut a page by ``after`` or ``before`` in ``query``, values of ``key``, a unique field."""
    after, before = (number(query.get(name)) for name in ("after", "before"))
    if before is not None:
        cut = list(rows.filter(**{f"{key}__lt": before}).order_by(f"-{key}")[: size + 1])
        shown = cut[:size][::-1]
        return Page(shown, _at(shown, 0, key, len(cut) > size), _at(shown, -1, key, True))
    if after is not None:
        rows = rows.filter(**{f"{key}__gt": after})
    cut = list(rows.order_by(key)[: size + 1])
    shown = cut[:size]
    return Page(shown, _at(shown, 0, key, after is not None), _at(shown, -1, key, len(cut) > size))


def _at(shown: list[Any], index: int, key: str, more: bool) -> int | None:
    return getattr(shown[index], key) if shown and more else None
