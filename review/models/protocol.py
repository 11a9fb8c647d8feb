"""The protocol: question and eligibility criteria with their reasons (PRISMA 2020 item 5).

Criteria are versioned rows, because every decision names the version that was read; other
settings are logged as events. The rules of the stages are in ``stages``.
"""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from review.querysets.protocol import CriteriaVersionQuerySet, ReasonQuerySet, ReviewQuerySet


class Review(models.Model):
    """One systematic review and its question (PICO and the study designs wanted)."""

    slug = models.SlugField(
        "short name in addresses",
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9-]*[a-z][a-z0-9-]*$", "Use a-z, 0-9 and hyphens.")],
    )
    title = models.CharField(max_length=300)
    population = models.TextField(blank=True)
    intervention = models.TextField(blank=True)
    comparator = models.TextField(blank=True)
    outcomes = models.TextField(blank=True)
    designs = models.TextField("study designs", blank=True)
    highlights = models.JSONField(default=dict, blank=True, editable=False)  # {words: tone}
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReviewQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title


class Reason(models.Model):
    """Why a report is excluded: one wording per review, shared by all criteria versions."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="reasons")
    label = models.CharField(max_length=80)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "label"], name="one_reason_per_label")
        ]

    def __str__(self) -> str:
        return self.label


class CriteriaVersion(models.Model):
    """One dated version of a review's ordered eligibility criteria."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="criteria_versions")
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = CriteriaVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="criteria_version_number")
        ]

    def __str__(self) -> str:
        return f"criteria version {self.number}"

    def in_order(self) -> list[Criterion]:
        """Its criteria with their reasons; the order gives precedence when reasons differ."""
        return list(self.criteria.select_related("reason").order_by("place"))


class Criterion(models.Model):
    """One criterion of a version; a report that fails it is excluded for ``reason``."""

    version = models.ForeignKey(CriteriaVersion, models.CASCADE, related_name="criteria")
    place = models.PositiveSmallIntegerField()
    text = models.TextField()
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="criteria")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="criterion_place"),
            models.UniqueConstraint(fields=["version", "reason"], name="criterion_reason"),
        ]

    def __str__(self) -> str:
        return self.text
