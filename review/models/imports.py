"""Files that somebody took in: what each is, how it is read, and what became of its entries."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from review.imports.columns import Column
from review.imports.encodings import ENCODINGS
from review.imports.entry import Problem
from review.imports.formats import FORMATS
from review.imports.reading import Plan
from review.models.jobs import State
from review.querysets.imports import ImportQuerySet


class Import(models.Model):
    """One file, or pasted list, of a search; its entries are the records of ``run``.

    Until it is confirmed there is no run and nothing of it is in the review. ``found`` are marks
    of entries in the file, ``readable`` the entries that were read; ``problems`` are (line, what
    happened, what was kept). The file itself is kept as it came.
    """

    search = models.ForeignKey("review.Search", models.CASCADE, related_name="imports")
    run = models.OneToOneField(
        "review.SearchRun", models.PROTECT, null=True, related_name="imported"
    )
    name = models.CharField("name of the file", max_length=200)
    file = models.CharField("name in the folder of imports", max_length=100)
    size = models.PositiveBigIntegerField("bytes")
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    columns = models.JSONField(default=list)
    preview = models.JSONField("what was seen of it before it was confirmed", default=dict)
    found = models.PositiveIntegerField(default=0)
    readable = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    made_by = models.ForeignKey("review.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    undo = models.OneToOneField("review.Job", models.PROTECT, null=True, related_name="withdrawal")
    undo_reason = models.CharField("why its records were withdrawn", max_length=300, blank=True)
    withdrawn = models.PositiveIntegerField("records that were withdrawn", default=0)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="an_undone_import_has_a_reason",
                condition=Q(undo=None) | (~Q(undo_reason="") & Q(run__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def plan(self) -> Plan:
        """How it is read."""
        columns = tuple(Column(**column) for column in self.columns)
        return Plan(self.format, self.encoding, self.delimiter or ",", self.sheet, columns)

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self.format, self.encoding = plan.format, plan.encoding
        self.delimiter, self.sheet = plan.delimiter, plan.sheet[:100]
        self.columns = [column.to_json() for column in plan.columns]

    @property
    def format_words(self) -> str:
        """The format for people."""
        return FORMATS.get(self.format, self.format)

    @property
    def encoding_words(self) -> str:
        """The encoding for people; "" while nobody could tell."""
        return ENCODINGS.get(self.encoding, self.encoding)

    @property
    def listed_problems(self) -> list[Problem]:
        """What was not as it should be, in the order of the file."""
        return [Problem(what, kept, line) for line, what, kept in self.problems]

    @property
    def is_undone(self) -> bool:
        """Whether its records were withdrawn."""
        return self.undo is not None and self.undo.state == State.DONE

    @property
    def may_be_undone(self) -> bool:
        """Whether somebody could undo it now: it has ended and nobody has begun to."""
        job = self.run.job if self.run else None
        return job is not None and not job.is_unfinished and self.undo is None


class ColumnMapping(models.Model):
    """Which column of a table is which field, remembered for the next file with these headers."""

    review = models.ForeignKey("review.Review", models.CASCADE, related_name="column_mappings")
    signature = models.CharField("digest of the headers", max_length=64)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "signature"], name="one_mapping_of_these_headers"
            )
        ]

    def __str__(self) -> str:
        return f"mapping of {len(self.columns)} columns"
