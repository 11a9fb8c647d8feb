"""Merges that were made, by what rule, and pairs that a person has to answer or answered."""

from __future__ import annotations

from django.db import models

from review.querysets.matching import MergeQuerySet, PairQuerySet


class Merge(models.Model):
    """One report absorbed by another. A split closes the row and restores the report."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="merges")
    survivor = models.ForeignKey("review.Report", models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey("review.Report", models.CASCADE, related_name="merged_away")
    records = models.JSONField("records that came with the absorbed report", default=list)
    rule = models.CharField(max_length=40)
    why = models.CharField(max_length=400)
    similarities = models.JSONField(default=dict)
    study = models.ForeignKey(  # a split takes the survivor out of it again
        "review.Study", models.PROTECT, null=True, related_name="+"
    )
    made_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    split_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    split_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=models.Q(split_at=None),
                name="absorbed_by_one_report",
            )
        ]

    def __str__(self) -> str:
        return f"{self.absorbed} into {self.survivor} ({self.rule})"


class Answer(models.TextChoices):
    """What a person said of a pair."""

    SAME = "same", "The same report"
    DIFFERENT = "different", "Different reports"
    LINKED = "linked", "Different reports that belong together"


class Link(models.TextChoices):
    """How two different reports belong together."""

    COMPANION = "companion", "Companion report of one study"
    ERRATUM = "erratum", "Correction or retraction notice"
    PROTOCOL = "protocol", "Protocol or registration"
    REPLY = "reply", "Comment or reply"


class Pair(models.Model):
    """Two reports that may be one document; an answer survives every later import.

    ``first`` is the report with the smaller key. ``score`` (0 to 1) ranks the queue, ``veto``
    names what kept a rule from merging them, ``link`` is set with the answer "linked".
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="pairs")
    first = models.ForeignKey("review.Report", models.CASCADE, related_name="+")
    second = models.ForeignKey("review.Report", models.CASCADE, related_name="+")
    why = models.CharField(max_length=400)
    score = models.FloatField(default=0.0)
    veto = models.CharField(max_length=40, blank=True)
    similarities = models.JSONField(default=dict)
    link = models.CharField(max_length=10, choices=Link.choices, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_row_per_pair"),
            models.CheckConstraint(
                name="pair_in_key_order", condition=models.Q(first__lt=models.F("second"))
            ),
            models.CheckConstraint(
                name="link_with_its_answer",
                condition=models.Q(answer="linked", link__gt="")
                | models.Q(~models.Q(answer="linked"), link=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"
