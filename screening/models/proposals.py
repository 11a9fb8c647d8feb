"""Voters who say that two reports are the same: a second person has to say so too."""

from __future__ import annotations

from django.db import models


class Proposal(models.Model):
    """What a voter said of a pair that waits for a second person; see ``services.answering``."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="proposals")
    pair = models.ForeignKey("review.Pair", models.CASCADE, related_name="proposals")
    actor = models.ForeignKey("review.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pair", "actor"], name="one_proposal_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.actor} on {self.pair}"
