"""Reads of extraction: results, appraisals, and the latest row of append-only tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Max

if TYPE_CHECKING:
    from extraction.models import Assessment, Result  # noqa: F401
    from review.models import Review


class ResultQuerySet(models.QuerySet["Result"]):
    """Results."""

    def of(self, review: Review) -> ResultQuerySet:
        """Results of a review's studies, by study."""
        return (
            self.filter(study__review=review)
            .select_related("study")
            .order_by("study__label", "study", "pk")
        )


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments."""

    def of(self, review: Review) -> AssessmentQuerySet:
        """Assessments of a review's results, by study."""
        return (
            self.filter(result__study__review=review)
            .select_related("result__study", "assessor")
            .order_by("result__study__label", "result", "pk")
        )


class LatestQuerySet(models.QuerySet[Any]):
    """Append-only rows."""

    def latest_by(self, *names: str) -> LatestQuerySet:
        """The newest row of each combination of these fields."""
        newest = self.order_by().values(*names).annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest)
