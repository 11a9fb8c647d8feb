"""Decisions: the append-only truth of screening."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from screening.querysets import DecisionQuerySet


class Kind(models.TextChoices):
    """What a row of the decision history is."""

    VOTE = "vote", "vote"
    WITHDRAW = "withdraw", "vote taken back"
    AGREE = "agree", "part of a consensus"
    SETTLE = "settle", "settlement"
    OPINION = "opinion", "opinion that came too late to count"
    RETURN = "return", "report returned to the stage"


WITHOUT_CHOICE = (Kind.WITHDRAW, Kind.RETURN)


class Choice(models.TextChoices):
    """What a voter or adjudicator chose; maybe exists at title and abstract only."""

    INCLUDE = "include", "Include"
    EXCLUDE = "exclude", "Exclude"
    MAYBE = "maybe", "Maybe"


class Decision(models.Model):
    """One act on one report at one stage, with the text and criteria that were read.

    A change of mind, an undo and a settlement are new rows that supersede the former one; the
    unique ``supersedes`` makes each person's history on a report a line. An opinion is kept and
    never counts. A return opens the report again: what was decided on it before stays and does
    not count any more.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="decisions")
    report = models.ForeignKey("review.Report", models.CASCADE, related_name="decisions")
    stage = models.ForeignKey("review.Stage", models.CASCADE, related_name="decisions")
    actor = models.ForeignKey("review.User", models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    choice = models.CharField(max_length=8, choices=Choice.choices, blank=True)
    reason = models.ForeignKey("review.Reason", models.PROTECT, null=True, related_name="+")
    note = models.TextField("note or rationale", blank=True)
    revision = models.ForeignKey("review.Revision", models.PROTECT, null=True, related_name="+")
    criteria = models.ForeignKey(
        "review.CriteriaVersion", models.PROTECT, null=True, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    completed = models.JSONField("votes that were complete with this one", null=True)
    after_move = models.BigIntegerField("newest move when it was ruled", null=True)
    nonce = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = DecisionQuerySet.as_manager()

    append_only = True

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["actor", "nonce"], name="decision_sent_once"),
            models.UniqueConstraint(
                fields=["report", "stage", "actor", "kind"],
                condition=Q(supersedes=None),
                name="one_line_of_decisions_per_person",
            ),
            models.UniqueConstraint(
                fields=["report", "stage"],
                condition=Q(supersedes=None, kind=Kind.SETTLE),
                name="one_line_of_settlements",
            ),
            models.UniqueConstraint(
                fields=["report", "stage"],
                condition=Q(supersedes=None, kind=Kind.RETURN),
                name="one_line_of_returns",
            ),
            models.CheckConstraint(
                name="a_choice_unless_withdrawn",
                condition=Q(kind__in=WITHOUT_CHOICE, choice="")
                | (~Q(kind__in=WITHOUT_CHOICE) & ~Q(choice="")),
            ),
            models.CheckConstraint(
                name="withdrawal_supersedes",
                condition=~Q(kind=Kind.WITHDRAW) | Q(supersedes__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["report", "stage"], name="decisions_on_report"),
            models.Index(fields=["actor", "review", "stage", "id"], name="decisions_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.choice or self.kind} on {self.report}"
