"""The flow: reports, the position each stands at, studies, and the ledger of moves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from review.querysets.flow import MoveQuerySet, ReportQuerySet, StudyQuerySet


class Position(models.TextChoices):
    """Where a live report stands; the PRISMA 2020 diagram is the tally of these."""

    SCREENING = "screening", "To screen"
    REMOVED_BY_AUTOMATION = "removed_by_automation", "Removed by automation"
    REMOVED_OTHER = "removed_other", "Removed for other reasons"
    EXCLUDED = "excluded", "Excluded on title and abstract"
    EXCLUDED_BY_AUTOMATION = "excluded_by_automation", "Excluded by automation"
    SOUGHT = "sought", "Full text sought"
    NOT_RETRIEVED = "not_retrieved", "Not retrieved"
    ASSESSING = "assessing", "Full text to assess"
    EXCLUDED_FULL_TEXT = "excluded_full_text", "Excluded at full text"
    ONGOING = "ongoing", "Ongoing"
    AWAITING = "awaiting", "Awaiting classification"
    INCLUDED = "included", "Included"


class Arm(models.TextChoices):
    """Column of the diagram: left holds any report found in a database or register."""

    LEFT = "left", "Databases and registers"
    RIGHT = "right", "Other methods"


FROM_SOUGHT_ON = (
    Position.SOUGHT,
    Position.NOT_RETRIEVED,
    Position.ASSESSING,
    Position.EXCLUDED_FULL_TEXT,
    Position.ONGOING,
    Position.AWAITING,
    Position.INCLUDED,
)

REMOVED = (Position.REMOVED_BY_AUTOMATION, Position.REMOVED_OTHER)  # before screening

DECIDED = (Position.EXCLUDED, *FROM_SOUGHT_ON)  # by people, on title and abstract


class Study(models.Model):
    """One investigation with a defined group of participants; it has one or more reports."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="studies")
    label = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.label


class Report(models.Model):
    """One document: a cluster of duplicate records. Reports are what people screen.

    ``position``, ``reason``, ``arm``, ``counted_by`` and ``face`` are projections, written by
    ``review.services`` in the transaction that changes what they derive from.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="reports")
    place = models.PositiveIntegerField("order of arrival in the review")
    position = models.CharField(  # noqa: DJ001 - NULL says "not in the flow"
        max_length=24,
        choices=Position.choices,
        null=True,
        default=Position.SCREENING,
    )
    reason = models.ForeignKey("review.Reason", models.PROTECT, null=True, related_name="+")
    arm = models.CharField(max_length=5, choices=Arm.choices)
    counted_by = models.ForeignKey("review.Search", models.PROTECT, null=True, related_name="+")
    face = models.ForeignKey("review.Revision", models.PROTECT, null=True, related_name="+")
    survivor = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")
    study = models.ForeignKey(Study, models.PROTECT, null=True, related_name="reports")
    handled_at = models.DateTimeField("first shown to a screener", null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "place"], name="report_place"),
            models.CheckConstraint(
                name="position_unless_merged_or_withdrawn",
                condition=Q(position__isnull=False, survivor=None, withdrawn_at=None)
                | (Q(position=None) & (Q(survivor__isnull=False) | Q(withdrawn_at__isnull=False))),
            ),
        ]
        indexes = [
            models.Index(fields=["review", "position", "place"], name="report_queue"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class Move(models.Model):
    """The append-only ledger of positions: every step of every report, with its cause."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="moves")
    report = models.ForeignKey(Report, models.CASCADE, related_name="moves")
    origin = models.CharField(max_length=24, null=True, choices=Position.choices)  # noqa: DJ001
    target = models.CharField(max_length=24, null=True, choices=Position.choices)  # noqa: DJ001
    reason = models.ForeignKey("review.Reason", models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=40)
    actor = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = MoveQuerySet.as_manager()

    append_only = True

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["review", "at"], name="moves_since")]

    def __str__(self) -> str:
        return f"{self.report}: {self.origin or 'nowhere'} to {self.target or 'nowhere'}"
