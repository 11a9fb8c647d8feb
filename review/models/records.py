"""Records as they came, and every text that a source has given for them."""

from __future__ import annotations

from django.db import models

from review.citation import Citation
from review.querysets.records import RecordQuerySet


class Record(models.Model):
    """One identifier that a search returned. Never changed or deleted; texts are revisions.

    ``current`` is NULL while the source gave an identifier but no text.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="records")
    search = models.ForeignKey("review.Search", models.CASCADE, related_name="records")
    identifier = models.CharField(max_length=200)
    report = models.ForeignKey("review.Report", models.CASCADE, related_name="records")
    first_run = models.ForeignKey(
        "review.SearchRun", models.PROTECT, null=True, related_name="first_found"
    )
    current = models.ForeignKey("review.Revision", models.PROTECT, null=True, related_name="+")
    pmid = models.CharField("PMID", max_length=12, blank=True, db_index=True)
    doi = models.CharField("DOI", max_length=300, blank=True, db_index=True)
    problem = models.CharField("why its text is missing", max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["search", "identifier"], name="record_once_per_search")
        ]

    def __str__(self) -> str:
        return f"{self.search} {self.identifier}"


class Revision(models.Model):
    """One text of a record: the citation as parsed, and the raw XML that it came from.

    With ``report`` it is no source's own: the text of ``record`` with values of the report's other
    records, as ``review.services.faces`` puts it together.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="revisions")
    report = models.ForeignKey(
        "review.Report", models.CASCADE, null=True, db_index=False, related_name="put_together"
    )
    number = models.PositiveIntegerField()
    data = models.JSONField("citation")
    raw = models.BinaryField("raw XML, gzip", null=True)
    sha256 = models.CharField(max_length=64)
    reading = models.CharField("digest of what people decide by", max_length=64, default="")
    without_dtd = models.BooleanField(default=False)
    run = models.ForeignKey("review.SearchRun", models.PROTECT, null=True, related_name="+")
    stored_at = models.DateTimeField(auto_now_add=True)

    is_covered = False  # in memory only: the reader must not learn who wrote it and where

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "number"],
                condition=models.Q(report=None),
                name="revision_number_of_record",
            ),
            models.UniqueConstraint(
                fields=["report", "number"],
                condition=models.Q(report__isnull=False),
                name="revision_number_of_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} revision {self.number}"

    @property
    def citation(self) -> Citation:
        """The text as a citation, as far as the reader may know it."""
        citation = Citation.from_json(self.data)
        return citation.anonymous() if self.is_covered else citation
