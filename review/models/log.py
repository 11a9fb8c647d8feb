"""The append-only log of settings and memberships, and the one logged way to delete a review."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """Who changed what, when, from what to what, and why. Never updated, never deleted."""

    review = models.ForeignKey("review.Review", models.CASCADE, null=True, related_name="events")
    actor = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    what = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    append_only = True

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.subject}".strip()


class Purge(models.Model):
    """A review that somebody decided to delete; only with this row may its history go.

    ``files`` are (setting of the folder, name) of the files that went with it. The row itself is
    never changed and never deleted.
    """

    review_id = models.PositiveBigIntegerField(unique=True)
    slug = models.CharField(max_length=60)
    actor = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField()
    files = models.JSONField(default=list)

    append_only = True

    def __str__(self) -> str:
        return f"purge of {self.slug}"
