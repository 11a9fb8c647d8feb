"""Standings: what the votes on a report at a stage amount to, a projection of the decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from screening.models.decisions import Choice, Decision
from screening.querysets import StandingQuerySet


class Status(models.TextChoices):
    """What the votes on a report at a stage amount to."""

    PENDING = "pending", "Awaits votes"
    CONFLICT = "conflict", "In conflict"
    FINAL = "final", "Decided"


class Standing(models.Model):
    """Where a report stands at a stage: a projection of its decisions, one narrow row."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="standings")
    report = models.ForeignKey("review.Report", models.CASCADE, related_name="standings")
    stage = models.ForeignKey("review.Stage", models.CASCADE, related_name="standings")
    place = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    choice = models.CharField(max_length=8, choices=Choice.choices, blank=True)
    reason = models.ForeignKey("review.Reason", models.PROTECT, null=True, related_name="+")
    settled_by = models.CharField(max_length=10, blank=True)
    votes = models.PositiveSmallIntegerField(default=0)
    last = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "stage"], name="one_standing_per_stage"),
            models.CheckConstraint(
                name="a_choice_once_final",
                condition=Q(status=Status.FINAL) & ~Q(choice="")
                | ~Q(status=Status.FINAL) & Q(choice=""),
            ),
        ]
        indexes = [
            models.Index(fields=["review", "stage", "status", "place"], name="standings_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.status}"
