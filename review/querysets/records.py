"""Records behind the numbers of the identification boxes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Min, OuterRef, Subquery

if TYPE_CHECKING:
    from review.models import Record, Report, Review, SearchRun  # noqa: F401


class RecordQuerySet(models.QuerySet["Record"]):
    """Records."""

    def of(self, review: Review) -> RecordQuerySet:
        """Live records of a review in order of arrival, with their text and source."""
        return (
            self.filter(review=review, withdrawn_at=None)
            .select_related("search", "current", "report")
            .order_by("pk")
        )

    def from_kind(self, *kinds: str) -> RecordQuerySet:
        """Records of searches of these kinds."""
        return self.filter(search__kind__in=kinds)

    def of_reports(self, keys: Iterable[int]) -> RecordQuerySet:
        """Live records of these reports, the earliest first."""
        return self.filter(report__in=list(keys), withdrawn_at=None).order_by("pk")

    def without_text(self) -> RecordQuerySet:
        """Identifiers whose text could not be had."""
        return self.filter(current=None)

    def counted_elsewhere(self) -> RecordQuerySet:
        """Database and register records that are duplicates: not the one their report counts by.

        PRISMA 2020 "duplicate records removed": for a cluster with d such records, d - 1.
        """
        first = (
            self.model._default_manager.filter(
                report=OuterRef("report"),
                withdrawn_at=None,
                search__kind__in=("database", "register"),
            )
            .order_by()
            .values("report")
            .annotate(first=Min("pk"))
            .values("first")
        )
        return (
            self.from_kind("database", "register")
            .annotate(first_of_report=Subquery(first))
            .exclude(pk=F("first_of_report"))
        )

    def counted_right(self) -> RecordQuerySet:
        """The one record by which each report of the right column is counted: its earliest."""
        own = self.model._default_manager.filter(report=OuterRef("report"), withdrawn_at=None)
        first = own.order_by().values("report").annotate(first=Min("pk")).values("first")
        return self.filter(report__arm="right", report__position__isnull=False, pk=Subquery(first))

    def seeds(self, review: Review) -> models.QuerySet[Record, str]:
        """PMIDs of the included reports, each once: where citation searching starts."""
        included = self.filter(review=review, withdrawn_at=None, report__position="included")
        numbers = included.filter(pmid__regex=r"^[0-9]+$").order_by("report__place", "pmid")
        pmids = numbers.values_list("report__place", "pmid").distinct()
        return pmids.values_list("pmid", flat=True)

    def watched(self, review: Review) -> RecordQuerySet:
        """Records of screened reports that have a PMID, but none in a search of PubMed."""
        from review.models.flow import DECIDED

        fetched = self.model._default_manager.filter(
            review=review, search__is_pubmed=True, pmid=OuterRef("pmid")
        )
        return (
            self.filter(models.Q(report__position__in=DECIDED), ~models.Exists(fetched))
            .filter(review=review, withdrawn_at=None, pmid__regex=r"^[0-9]+$")
            .order_by("pk")
        )

    def sharing_identifiers(self, pmids: list[str], dois: list[str]) -> RecordQuerySet:
        """Live records that carry one of these PMIDs or DOIs: candidates for a match."""
        keys = models.Q(pmid__in=[p for p in pmids if p]) | models.Q(doi__in=[d for d in dois if d])
        return self.filter(keys, withdrawn_at=None)
