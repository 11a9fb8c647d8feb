"""Reports that a lead takes out before anybody screens them (PRISMA 2020, item 16a)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from review.models.flow import Position
from review.models.jobs import State
from review.querysets.removals import RemovalQuerySet

TARGETS = (
    (Position.REMOVED_OTHER, "Removed for another reason"),
    (Position.REMOVED_BY_AUTOMATION, "Marked as ineligible by an automation tool"),
)


class Removal(models.Model):
    """Which reports were chosen, why they go, and what became of each.

    Until it is started it is a selection that its maker looks at. ``chosen`` are keys of reports;
    ``skipped`` are pairs of such a key and why that report stayed; every report that went has a
    move with the cause "removal <key>".
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="removals")
    selection = models.CharField("how they were chosen", max_length=200)
    chosen = models.JSONField(default=list)
    unmatched = models.JSONField("identifiers that name no report", default=list)
    target = models.CharField(max_length=24, choices=TARGETS, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    tool = models.CharField(max_length=100, blank=True)
    skipped = models.JSONField(default=list)
    removed = models.PositiveIntegerField("reports that went", default=0)
    made_by = models.ForeignKey("review.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    job = models.OneToOneField("review.Job", models.PROTECT, null=True, related_name="removal")
    undo = models.OneToOneField("review.Job", models.PROTECT, null=True, related_name="undone")

    objects = RemovalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "made_by"],
                condition=Q(job=None),
                name="one_selection_under_way_per_person",
            ),
            models.CheckConstraint(
                name="a_removal_has_a_reason",
                condition=Q(job=None) | (~Q(reason="") & ~Q(target="")),
            ),
            models.CheckConstraint(
                name="automation_names_its_tool",
                condition=~Q(target=Position.REMOVED_BY_AUTOMATION) | ~Q(tool=""),
            ),
        ]

    def __str__(self) -> str:
        return f"removal {self.pk}"

    @property
    def is_undone(self) -> bool:
        """Whether its reports were restored."""
        return self.undo is not None and self.undo.state == State.DONE

    @property
    def may_be_undone(self) -> bool:
        """Whether somebody could undo it now: it has ended and nobody has begun to."""
        return self.job is not None and not self.job.is_unfinished and self.undo is None

    @property
    def why(self) -> str:
        """The reason, and the tool that gave it."""
        return f"{self.reason} ({self.tool})" if self.tool else self.reason
