"""Reports by where they stand, the ledger of moves, and studies."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

if TYPE_CHECKING:
    from review.models import Move, Report, Review, Study  # noqa: F401


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports."""

    def of(self, review: Review) -> ReportQuerySet:
        """Live reports in order of arrival, with the text that stands for each."""
        return self.live().filter(review=review).select_related("face").order_by("place")

    def live(self) -> ReportQuerySet:
        """Reports that were neither merged away nor withdrawn."""
        return self.filter(position__isnull=False)

    def at(self, *positions: str) -> ReportQuerySet:
        """Reports that stand at one of these positions."""
        return self.filter(position__in=positions)

    def in_arm(self, arm: str) -> ReportQuerySet:
        """Reports of one column of the diagram."""
        return self.filter(arm=arm)

    def from_sought_on(self) -> ReportQuerySet:
        """Reports that passed title and abstract: from here on they can be linked into studies."""
        from review.models.flow import FROM_SOUGHT_ON

        return self.at(*FROM_SOUGHT_ON)

    def included(self) -> ReportQuerySet:
        """Reports that are part of the review."""
        return self.filter(position="included")

    def without_text(self) -> ReportQuerySet:
        """Reports of which no source has given a text yet."""
        return self.live().filter(face=None)

    def after(self, place: int) -> ReportQuerySet:
        """The next page of a list: reports that arrived after this place."""
        return self.filter(place__gt=place)

    def tallied(self) -> list[tuple[str, str, str, int | None, int]]:
        """Count live reports by (arm, position, reason label, search counted by), one query."""
        rows = (
            self.live()
            .order_by()
            .values_list("arm", "position", "reason__label", "counted_by")
            .annotate(n=Count("pk"))
        )
        return [(arm, pos, label or "", search, n) for arm, pos, label, search, n in rows]


class MoveQuerySet(models.QuerySet["Move"]):
    """The ledger."""

    def since(self, moment: datetime) -> MoveQuerySet:
        """Moves after a moment."""
        return self.filter(at__gt=moment)

    def newest(self, review: int) -> int:
        """The key of a review's newest move: what comes later has a larger one, by any clock."""
        newest = self.filter(review=review).order_by("-pk").values_list("pk", flat=True)
        return newest.first() or 0


class StudyQuerySet(models.QuerySet["Study"]):
    """Studies."""

    def of(self, review: Review) -> StudyQuerySet:
        """Studies of a review that have a live report, by label."""
        return self.filter(review=review).with_live_report().order_by("label", "pk")

    def with_live_report(self) -> StudyQuerySet:
        """Studies that still have a live report; an emptied one stays as history only."""
        from review.models import Report

        return self.filter(Exists(Report.objects.live().filter(study=OuterRef("pk"))))

    def past_abstracts(self) -> StudyQuerySet:
        """Studies with a report that stands at "sought" or further on now."""
        from review.models import Report

        return self.filter(Exists(Report.objects.from_sought_on().filter(study=OuterRef("pk"))))

    def included(self) -> StudyQuerySet:
        """Studies with at least one included report: whether a study is in is derived."""
        return self.filter(reports__position="included").distinct()

    def with_counts(self) -> StudyQuerySet:
        """Add ``n_reports`` (live) and ``n_included``."""
        return self.annotate(
            n_reports=Count("reports", filter=Q(reports__position__isnull=False), distinct=True),
            n_included=Count("reports", filter=Q(reports__position="included"), distinct=True),
        )
