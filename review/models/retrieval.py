"""Full texts: attempts to get them, and what is held (PRISMA 2020 "reports not retrieved")."""

from __future__ import annotations

from django.db import models

from review.querysets.retrieval import RetrievalQuerySet


class Retrieval(models.Model):
    """One dated attempt to get the full text of a report."""

    report = models.ForeignKey("review.Report", models.CASCADE, related_name="retrievals")
    tried_on = models.DateField()
    how = models.CharField("what was tried", max_length=300)
    actor = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = RetrievalQuerySet.as_manager()

    class Meta:
        ordering = ["tried_on", "pk"]

    def __str__(self) -> str:
        return f"{self.tried_on}: {self.how}"


class Holding(models.TextChoices):
    """In what form a full text is held."""

    PDF = "pdf", "PDF"
    LINK = "link", "Link"
    PAPER = "paper", "On paper"


class FullText(models.Model):
    """That a report's full text is held: a stored PDF, a link, or a copy on paper."""

    report = models.ForeignKey("review.Report", models.CASCADE, related_name="full_texts")
    form = models.CharField(max_length=5, choices=Holding.choices)
    url = models.URLField("address", max_length=500, blank=True)
    note = models.CharField(max_length=300, blank=True)
    file = models.CharField("file name in the full-text folder", max_length=100, blank=True)
    original_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(null=True)
    text = models.TextField(blank=True)
    actor = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_form_display()} of {self.report}"
