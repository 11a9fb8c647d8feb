"""Votes that were complete without a vote being cast: copies were merged, or a rule changed."""

from __future__ import annotations

from django.db import models


class Completion(models.Model):
    """The votes on a report as they stood when they were complete; see ``first_votes``."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="completions")
    report = models.ForeignKey("review.Report", models.CASCADE, related_name="completions")
    stage = models.ForeignKey("review.Stage", models.CASCADE, related_name="completions")
    completed = models.JSONField("keys of the votes")
    at = models.DateTimeField(auto_now_add=True)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "stage"], name="one_completion_per_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.report} at {self.stage}"
