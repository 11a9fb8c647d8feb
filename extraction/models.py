"""Extraction: results of studies, their risk of bias, and the data taken from reports.

Answers, judgements and values are append-only: the latest row of each question, domain or field
is the one that counts, and what was there before stays readable.
"""

from __future__ import annotations

from django.db import models

from extraction.querysets import AssessmentQuerySet, LatestQuerySet, ResultQuerySet


class Result(models.Model):
    """One result of a study: what was compared, on what, when; appraisals hang on it."""

    study = models.ForeignKey("review.Study", models.CASCADE, related_name="results")
    outcome = models.CharField(max_length=120)
    instrument = models.CharField("measured with", max_length=120, blank=True)
    time_point = models.CharField(max_length=80, blank=True)
    comparison = models.CharField(max_length=200)
    estimate = models.CharField("numerical result, as reported", max_length=300, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    made_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "outcome", "instrument", "time_point", "comparison"],
                name="result_once_per_study",
            )
        ]

    def __str__(self) -> str:
        parts = (self.outcome, self.instrument, self.time_point, self.comparison)
        return ", ".join(part for part in parts if part)


class Assessment(models.Model):
    """One assessor's appraisal of one result with one instrument (risk of bias)."""

    result = models.ForeignKey(Result, models.CASCADE, related_name="assessments")
    tool = models.CharField("instrument and version", max_length=60)
    effect = models.CharField("effect of interest", max_length=12, default="assignment")
    experimental = models.CharField("experimental intervention", max_length=200, blank=True)
    comparator = models.CharField(max_length=200, blank=True)
    sources = models.JSONField("sources of information", default=list)
    assessor = models.ForeignKey("review.User", models.PROTECT, related_name="assessments")
    is_demo = models.BooleanField(default=False, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "tool"], name="one_assessment_per_tool")
        ]

    def __str__(self) -> str:
        return f"{self.tool} of {self.result}"


class Answer(models.Model):
    """One answer to one signalling question, with its support and quotation. Append-only."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="+")
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=8)
    answer = models.CharField(max_length=2, blank=True)
    support = models.TextField(blank=True)
    quote = models.TextField(blank=True)
    page = models.CharField(max_length=40, blank=True)
    actor = models.ForeignKey("review.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = LatestQuerySet.as_manager()

    append_only = True

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.question} {self.answer}"


class Judgement(models.Model):
    """A judgement on one domain or "overall": the algorithm's and the final one. Append-only."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="+")
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="judgements")
    domain = models.CharField(max_length=8)
    algorithm = models.CharField(max_length=20, blank=True)
    final = models.CharField(max_length=20, blank=True)
    reason = models.TextField("reason for departing from the algorithm", blank=True)
    direction = models.CharField("predicted direction of bias", max_length=30, blank=True)
    actor = models.ForeignKey("review.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = LatestQuerySet.as_manager()

    append_only = True

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.domain} {self.final}"


class FormVersion(models.Model):
    """One version of the review's extraction form: a list of typed fields (extraction.schema)."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="form_versions")
    number = models.PositiveIntegerField()
    fields = models.JSONField(default=list)
    made_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="form_version_number")
        ]

    def __str__(self) -> str:
        return f"extraction form version {self.number}"


class ValueState(models.TextChoices):
    """Whether a value was found; each differs from a field that nobody filled in yet."""

    REPORTED = "reported", "Reported"
    NOT_REPORTED = "not_reported", "Not reported"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    UNCLEAR = "unclear", "Unclear"
    CLEARED = "cleared", "Emptied again"


class Value(models.Model):
    """One extracted value of a field, per study or per result, with its source. Append-only."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="+")
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="values")
    field = models.CharField(max_length=60)
    study = models.ForeignKey("review.Study", models.CASCADE, related_name="values")
    result = models.ForeignKey(Result, models.CASCADE, null=True, related_name="values")
    state = models.CharField(max_length=16, choices=ValueState.choices)
    data = models.JSONField(null=True)
    report = models.ForeignKey("review.Report", models.PROTECT, null=True, related_name="+")
    page = models.CharField(max_length=40, blank=True)
    quote = models.TextField(blank=True)
    actor = models.ForeignKey("review.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = LatestQuerySet.as_manager()

    append_only = True

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["study", "field", "id"], name="values_of_field")]

    def __str__(self) -> str:
        return f"{self.field} of {self.study}"
