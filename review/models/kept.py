"""Values that a person has chosen for a report out of the texts of its records."""

from __future__ import annotations

from django.db import models


class KeptValue(models.Model):
    """The report of this record keeps the record's own value of a field, whatever the rules say.

    It goes with the record when reports are merged or split; of several the newest counts.
    """

    record = models.ForeignKey("review.Record", models.CASCADE, related_name="kept_values")
    field = models.CharField(max_length=20)
    chosen_by = models.ForeignKey("review.User", models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "field"], name="kept_once_per_record")
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.record}"
