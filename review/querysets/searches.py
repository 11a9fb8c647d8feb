"""Searches of a review, with what each brought in, and their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Func, IntegerField, Max, OuterRef, Prefetch, Q, Subquery

from review.querysets.counting import count_of

if TYPE_CHECKING:
    from review.models import Review, Search, SearchRun  # noqa: F401


class SearchQuerySet(models.QuerySet["Search"]):
    """Searches."""

    def of(self, review: Review) -> SearchQuerySet:
        """Searches in the order in which they were set up.

        Each with ``n_records`` that are live and ``n_withdrawn`` of imports that were undone.
        """
        gone = Q(records__withdrawn_at=None)
        live, withdrawn = Count("records", filter=gone), Count("records", filter=~gone)
        found = self.filter(review=review).annotate(n_records=live, n_withdrawn=withdrawn)
        return found.order_by("pk")

    def with_last_run(self) -> SearchQuerySet:
        """Add ``last_run``: a list with the newest run and its job, empty before the first."""
        from review.models import SearchRun

        newest = SearchRun.objects.newest_of_each_search().summarised()
        return self.prefetch_related(Prefetch("runs", queryset=newest, to_attr="last_run"))


class JsonLength(Func):
    """Number of elements of a JSON list, counted by the database."""

    function = "JSON_ARRAY_LENGTH"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL stores JSON fields as jsonb."""
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **context)


class SearchRunQuerySet(models.QuerySet["SearchRun"]):
    """Runs."""

    def newest_of_each_search(self) -> SearchRunQuerySet:
        """The run with the highest number of every search."""
        same = self.model._default_manager.filter(search=OuterRef("search")).order_by()
        newest = same.values("search").annotate(newest=Max("number")).values("newest")
        return self.filter(number=Subquery(newest))

    def summarised(self) -> SearchRunQuerySet:
        """Runs with their jobs, newest first, and the lengths of their lists instead of these.

        ``n_found``: identifiers that the source returned; ``n_missing``: those without text;
        ``n_lost``: sentinels that the run did not find.
        """
        from review.models import Finding

        lost = count_of(Finding.objects.filter(run=OuterRef("pk"), kind="lost"))
        return (
            self.select_related("job__made_by", "explained_by", "imported__undo")
            .defer("identifiers", "missing")
            .annotate(n_found=JsonLength("identifiers"), n_missing=JsonLength("missing"))
            .annotate(n_lost=lost)
            .order_by("-number")
        )
