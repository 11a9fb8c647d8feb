"""Removals before screening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from review.models import Move, Removal, Review


class RemovalQuerySet(models.QuerySet["Removal"]):
    """Removals."""

    def of(self, review: Review) -> RemovalQuerySet:
        """Those that were started, the newest first, without their long lists."""
        started = self.filter(review=review, job__isnull=False)
        lists = ("chosen", "skipped", "unmatched")
        return started.select_related("made_by", "job", "undo__made_by").defer(*lists)

    def causing(self, moves: list[Move]) -> dict[int, Removal]:
        """The removals that caused some of these moves, by key."""
        keys = {int(m.cause.split()[1]) for m in moves if m.cause.startswith("removal ")}
        return self.defer("chosen", "skipped", "unmatched").in_bulk(keys) if keys else {}
