"""Imports of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from review.models import Import, Review


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports."""

    def of(self, review: Review) -> ImportQuerySet:
        """Imports of a review, the newest first, with their search, run and jobs."""
        return (
            self.filter(search__review=review)
            .select_related("search", "run__job", "undo", "made_by")
            .order_by("-pk")
        )

    def confirmed(self) -> ImportQuerySet:
        """Imports whose entries are, or were, records of the review."""
        return self.filter(run__isnull=False)

    def same_file(self, other: Import) -> ImportQuerySet:
        """Confirmed imports of the very same bytes in the same review, the newest first."""
        found = self.of(other.search.review).confirmed()
        return found.filter(sha256=other.sha256).exclude(pk=other.pk)
