"""What running a search again shows: texts that changed, records that left, notices, alerts."""

from __future__ import annotations

from django.db import models

from review.citation import Citation
from review.notices import GRAVITY, WORDS
from review.querysets.refresh import AlertQuerySet, FindingQuerySet, NoticeQuerySet


class FindingKind(models.TextChoices):
    """What a run found about a record. The first four are texts, the gravest word wins."""

    RETRACTED = "retracted", "Retracted"
    CONCERN = "concern", "Expression of concern"
    CORRECTED = "corrected", "Corrected"
    CHANGED = "changed", "Changed"
    UNMATCHED = "unmatched", "No longer matches"
    GONE = "gone", "No longer in PubMed"
    LOST = "lost", "Lost"


TEXT_KINDS = (
    FindingKind.RETRACTED,
    FindingKind.CONCERN,
    FindingKind.CORRECTED,
    FindingKind.CHANGED,
)


class Finding(models.Model):
    """One line of a run's report: what it found about a record, compared with what was known.

    ``revision`` is the text that says so. ``other`` is, for a record that is gone, the one that
    it may have become. ``fields`` are the names of the fields that differ.
    """

    run = models.ForeignKey("review.SearchRun", models.CASCADE, related_name="findings")
    record = models.ForeignKey("review.Record", models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=10, choices=FindingKind.choices)
    revision = models.ForeignKey("review.Revision", models.PROTECT, null=True, related_name="+")
    other = models.ForeignKey("review.Record", models.PROTECT, null=True, related_name="+")
    fields = models.JSONField("fields that differ", default=list)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "record", "kind"], name="one_finding_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.get_kind_display()}"


class Sentinel(models.Model):
    """A report that every run of a search must find; a run that loses it says so."""

    search = models.ForeignKey("review.Search", models.CASCADE, related_name="sentinels")
    report = models.ForeignKey("review.Report", models.CASCADE, related_name="+")
    marked_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["search", "report"], name="sentinel_once_per_search")
        ]

    def __str__(self) -> str:
        return f"{self.report} is a sentinel of {self.search}"


class LinkedNotice(models.Model):
    """A notice about a record (retraction, concern, correction, update), fetched and attached.

    ``data`` is the notice's own citation, NULL until PubMed has sent it.
    """

    record = models.ForeignKey("review.Record", models.CASCADE, related_name="linked_notices")
    kind = models.CharField("PubMed's RefType", max_length=40)
    pmid = models.CharField("PMID of the notice", max_length=12)
    data = models.JSONField("citation", null=True)
    stored_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind", "pmid"], name="notice_once_per_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pmid}"

    @property
    def words(self) -> str:
        """What the notice does: "Retracted in"."""
        return WORDS.get(self.kind, "See also")

    @property
    def citation(self) -> Citation | None:
        """The notice's own text, None until PubMed has sent it."""
        return Citation.from_json(self.data) if self.data else None


class Alert(models.Model):
    """A retraction or expression of concern, until somebody says what was done about it.

    It concerns the report of ``record`` and never moves it. ``on_arrival``: the notice was there
    when the record was first found, so whoever screened the report could read it.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="alerts")
    record = models.ForeignKey("review.Record", models.CASCADE, related_name="alerts")
    pmid = models.CharField("PMID of the report", max_length=12)
    kind = models.CharField(max_length=10, choices=FindingKind.choices)
    notice = models.CharField("PMID of the notice, or its words", max_length=200)
    words = models.CharField("what the source says", max_length=400)
    on_arrival = models.BooleanField(default=False)
    run = models.ForeignKey("review.SearchRun", models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    done = models.TextField("what was done", blank=True)
    acknowledged_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "pmid", "kind", "notice"], name="alert_once_per_notice"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.pmid}"

    @property
    def kinds(self) -> list[str]:
        """PubMed's words for notices of this kind."""
        return [reftype for reftype, kind in GRAVITY.items() if kind == self.kind]
