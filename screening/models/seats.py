"""Seats: who holds a report at a stage, a projection of the decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from review.models.stages import MAX_VOTES
from screening.models.decisions import Decision
from screening.querysets import SeatQuerySet


class SeatState(models.TextChoices):
    """A seat is open while its holder reads, done after the vote, released when given up."""

    OPEN = "open"
    DONE = "done"
    RELEASED = "released"


class Seat(models.Model):
    """One reviewer's claim on one report at one stage; never more than the votes needed."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="seats")
    report = models.ForeignKey("review.Report", models.CASCADE, related_name="seats")
    stage = models.ForeignKey("review.Stage", models.CASCADE, related_name="seats")
    reviewer = models.ForeignKey("review.User", models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=SeatState.choices, default=SeatState.OPEN)
    place = models.PositiveIntegerField("the report's order of arrival")
    lease_until = models.DateTimeField()
    skipped_at = models.DateTimeField(null=True)
    head = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "stage", "reviewer"], name="one_seat_per_reviewer"
            ),
            models.UniqueConstraint(
                fields=["report", "stage", "number"],
                condition=~Q(state=SeatState.RELEASED),
                name="one_holder_per_seat",
            ),
            models.CheckConstraint(
                name="seat_number_in_range", condition=Q(number__gte=1, number__lte=MAX_VOTES)
            ),
        ]
        indexes = [
            models.Index(
                fields=["reviewer", "stage", "place"],
                condition=Q(state=SeatState.OPEN),
                name="open_seats_of_reviewer",
            ),
            models.Index(fields=["reviewer", "stage", "state"], name="seats_of_reviewer"),
        ]

    def __str__(self) -> str:
        return f"seat {self.number} of {self.report}: {self.reviewer}"
