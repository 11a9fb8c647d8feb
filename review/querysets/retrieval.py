"""Attempts to get full texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from review.models import Report, Retrieval  # noqa: F401


class RetrievalQuerySet(models.QuerySet["Retrieval"]):
    """Attempts."""

    def of(self, report: Report) -> RetrievalQuerySet:
        """The attempts to get a report, also those for duplicates that it absorbed."""
        return self.filter(Q(report=report) | Q(report__survivor=report))
