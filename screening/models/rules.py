"""Changes of a stage's rules, and what each did to every report that it touched."""

from __future__ import annotations

from django.db import models

from screening.models.decisions import Choice
from screening.models.standings import Status


class EffectKind(models.TextChoices):
    """What a change of rules does to a report."""

    JUDGED = "judged", "got enough votes"
    WAITING = "waiting", "waits for votes again"
    CONFLICT = "conflict", "became a conflict"
    AGREED = "agreed", "is no conflict any more"
    ALTERED = "altered", "is decided otherwise, or for another reason"


def effect_kind(old: str, new: str) -> EffectKind:
    """Name a change from one status to another; of the same status the outcome differs."""
    if old == Status.PENDING:
        return EffectKind.JUDGED
    if new == Status.PENDING:
        return EffectKind.WAITING
    if old == new:
        return EffectKind.ALTERED
    return EffectKind.CONFLICT if new == Status.CONFLICT else EffectKind.AGREED


class RuleChange(models.Model):
    """One change of the rules of a stage; its event holds who, when, why, and old and new values.

    ``job`` judges the reports again; None when nothing that was counted had to be counted anew.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="rule_changes")
    stage = models.ForeignKey("review.Stage", models.CASCADE, related_name="rule_changes")
    event = models.OneToOneField("review.Event", models.PROTECT, related_name="+")
    job = models.OneToOneField("review.Job", models.PROTECT, null=True, related_name="rule_change")
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    append_only = True

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.event}"


class RuleEffect(models.Model):
    """What one change of rules made of one report: where its votes stood before and after.

    The choices in them are for the log and for nobody's eyes: a report that waits for votes again
    would tell the next voter how the former ones voted.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="+")
    change = models.ForeignKey(RuleChange, models.CASCADE, related_name="effects")
    report = models.ForeignKey("review.Report", models.CASCADE, related_name="rule_effects")
    old_status = models.CharField(max_length=8, choices=Status.choices)
    old_choice = models.CharField(max_length=8, choices=Choice.choices, blank=True)
    old_reason = models.ForeignKey("review.Reason", models.PROTECT, null=True, related_name="+")
    old_position = models.CharField(max_length=24)
    new_status = models.CharField(max_length=8, choices=Status.choices)
    new_choice = models.CharField(max_length=8, choices=Choice.choices, blank=True)
    new_reason = models.ForeignKey("review.Reason", models.PROTECT, null=True, related_name="+")
    new_position = models.CharField(max_length=24)

    append_only = True

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "report"], name="one_effect_per_report")
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.old_status} to {self.new_status}"

    @property
    def kind(self) -> EffectKind:
        """What it did, without the choices."""
        return effect_kind(self.old_status, self.new_status)
