"""Searches and their runs: where records come from (PRISMA-S)."""

from __future__ import annotations

from django.db import models

from review.models.jobs import State
from review.querysets.searches import SearchQuerySet, SearchRunQuerySet


class SourceKind(models.TextChoices):
    """Kind of source; it decides the column of the PRISMA 2020 diagram."""

    DATABASE = "database", "Database"
    REGISTER = "register", "Register"
    WEBSITE = "website", "Website"
    ORGANISATION = "organisation", "Organisation"
    CITATION = "citation", "Citation searching"
    OTHER = "other", "Other"


LEFT_KINDS = (SourceKind.DATABASE, SourceKind.REGISTER)


class Chase(models.TextChoices):
    """What a search follows from the included reports instead of a strategy."""

    CITED_BY = "cited_by", "articles that cite them"
    REFERENCES = "references", "their reference lists"


class Search(models.Model):
    """One strategy in one source; its runs together identify its records once each.

    The fields are those of PRISMA-S (Rethlefsen 2021). ``run_by``, ``run_on`` and ``hits`` are
    typed for a source that is not asked from here; a run that is knows them by itself.
    """

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="searches")
    source = models.CharField("name of the source", max_length=80)
    kind = models.CharField(max_length=12, choices=SourceKind.choices)
    is_pubmed = models.BooleanField("fetched from PubMed", default=False)
    strategy = models.TextField("search strategy", blank=True)
    chase = models.CharField("citations followed", max_length=10, choices=Chase.choices, blank=True)
    platform = models.CharField(max_length=120, blank=True)
    coverage = models.CharField("dates that the source covers", max_length=200, blank=True)
    limits = models.TextField("limits, with the reason for each", blank=True)
    filters = models.TextField("search filters, with their citations", blank=True)
    run_by = models.CharField("who ran it", max_length=200, blank=True)
    run_on = models.DateField("when it was run", null=True, blank=True)
    hits = models.PositiveIntegerField("count that the source reported", null=True, blank=True)
    peer_review = models.TextField("peer review of the strategy", blank=True)
    rerun_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reruns"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SearchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "searches"
        constraints = [
            models.CheckConstraint(
                name="pubmed_is_a_database",
                condition=models.Q(is_pubmed=False)
                | models.Q(kind=SourceKind.DATABASE)
                | (models.Q(kind=SourceKind.CITATION) & ~models.Q(chase="")),
            )
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def differs(self) -> bool:
        """Whether a source that is not asked from here reported another number than came in."""
        if self.is_pubmed or self.hits is None:
            return False
        counted = getattr(self, "n_records", None)  # by a query
        here = self.records.filter(withdrawn_at=None).count() if counted is None else counted
        return bool(self.hits != here)

    @property
    def is_left(self) -> bool:
        """Whether its records stand in the "databases and registers" column."""
        return self.kind in LEFT_KINDS


class SearchRun(models.Model):
    """One execution of a search: what was asked, what the source answered, what came in.

    Run 0 is a snapshot that came with the review. ``identifiers`` is the list the source
    returned, in its order. Four counts stand side by side: ``reported`` by the source, identifiers
    found, records ``fetched``, records ``stored`` with a text; where they differ, the run counts
    as complete only once somebody has explained why (PRISMA-S item 15).
    """

    search = models.ForeignKey(Search, models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    job = models.OneToOneField("review.Job", models.PROTECT, null=True, related_name="search_run")
    strategy = models.TextField()
    translation = models.TextField("the source's own translation", blank=True)
    warnings = models.JSONField(default=list)
    reported = models.PositiveIntegerField("count that the source reported", null=True)
    identifiers = models.JSONField(default=list)
    slices = models.JSONField("days of entry by which a long list was asked for", default=list)
    missing = models.JSONField("identifiers without text", default=list)
    seeds = models.JSONField("PMIDs whose citations were followed", default=list)
    fetched = models.PositiveIntegerField("listed records that the source sent", default=0)
    stored = models.PositiveIntegerField("listed records with a text", default=0)
    new = models.PositiveIntegerField("records new to this search", default=0)
    changed = models.PositiveIntegerField("records with a newer text", default=0)
    requests = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0)
    waited = models.FloatField("seconds waited", default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField("scheduled moment", null=True)
    skipped = models.JSONField("scheduled moments that passed without a run", default=list)
    explanation = models.TextField("why its counts differ", blank=True)
    explained_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField(null=True)

    objects = SearchRunQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["search", "number"], name="run_number_of_search"),
            models.UniqueConstraint(fields=["search", "due_at"], name="one_run_per_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.search} run {self.number}"

    @property
    def n_listed(self) -> int:
        """How many identifiers the source returned."""
        counted = getattr(self, "n_found", None)  # by a query that left the list out
        return len(self.identifiers) if counted is None else counted

    @property
    def counts_agree(self) -> bool:
        """Whether the source's count, the identifiers, what was sent and what is stored are one."""
        return self.reported == self.n_listed == self.fetched == self.stored

    @property
    def needs_explanation(self) -> bool:
        """Whether it has done all it could, and still its counts differ without a word why."""
        if self.explanation:
            return False
        if self.job is None:
            return self.search.differs
        imported = getattr(self, "imported", None)
        told = self.counts_agree or bool(imported and imported.is_undone)
        if told and not self.hits_differ:
            return False
        return self.job.state == State.DONE or bool(self.job.checkpoint.get("short"))

    @property
    def hits_differ(self) -> bool:
        """Whether, with this newest import, there are not as many records as there were hits."""
        if self.search.hits is None or not hasattr(self, "imported"):
            return False
        return not self.search.runs.filter(number__gt=self.number).exists() and self.search.differs

    @property
    def is_complete(self) -> bool:
        """Whether everything the source reported is here, or somebody said why not."""
        return (self.job is None or self.job.state == State.DONE) and not self.needs_explanation

    @property
    def standing(self) -> str:
        """What became of it, in words."""
        if self.job is None:
            return "Snapshot or by hand"
        if self.job.state != State.DONE:
            return str(self.job.get_state_display())
        if self.counts_agree and not self.hits_differ:
            return "Complete"
        return "Complete, difference explained" if self.explanation else "Counts differ"

    @property
    def tone(self) -> str:
        """How its standing is shown: as its job's state, but what needs a word is not done."""
        if self.job is None:
            return ""
        return "unequal" if self.needs_explanation else str(self.job.state)

    @property
    def is_snapshot(self) -> bool:
        """Whether this run came with the review instead of being fetched."""
        return self.number == 0
