"""Merges in force and pairs that wait for an answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from review.models import Merge, Pair, Review  # noqa: F401


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges."""

    def of(self, review: Review) -> MergeQuerySet:
        """All merges of a review, the newest first, with both texts."""
        return self.filter(review=review).select_related(
            "survivor__face", "absorbed__face", "made_by", "split_by"
        )

    def in_force(self) -> MergeQuerySet:
        """Merges that were not split."""
        return self.filter(split_at=None)

    def made(self, *, by_rule: bool) -> MergeQuerySet:
        """Merges that a rule made, or those that people made."""
        return self.filter(made_by__isnull=by_rule)

    def joining(self, one: int, other: int) -> MergeQuerySet:
        """Merges of one of these reports into the other."""
        keys = (one, other)
        return self.filter(survivor__in=keys, absorbed__in=keys)


class PairQuerySet(models.QuerySet["Pair"]):
    """Pairs of reports."""

    def unanswered(self, review: Review) -> PairQuerySet:
        """Pairs of live reports that nobody answered yet, the likeliest first."""
        return (
            self.filter(review=review, answer="")
            .filter(first__position__isnull=False, second__position__isnull=False)
            .select_related("first__face", "second__face")
            .order_by("-score", "pk")
        )

    def kept_apart(self, review: Review) -> PairQuerySet:
        """Pairs of live reports that people told apart or linked, the newest answer first."""
        rows = self.filter(review=review, answer__in=("different", "linked"))
        rows = rows.filter(first__position__isnull=False, second__position__isnull=False)
        rows = rows.order_by("-answered_at", "-pk")
        return rows.select_related("first__face", "second__face", "answered_by")

    def likelier_than(self, score: float) -> PairQuerySet:
        """Pairs with this score or a higher one."""
        return self.filter(score__gte=score)

    def between(self, one: int, other: int) -> PairQuerySet:
        """The row of two reports, in whatever order they are named."""
        return self.filter(first=min(one, other), second=max(one, other))

    def answered(self) -> PairQuerySet:
        """Pairs of which a person has said something."""
        return self.exclude(answer="")

    def told_apart(self, live: Collection[int]) -> set[frozenset[int]]:
        """Which of these live reports people have spoken about; what they said of a copy holds.

        Gives sets of two keys of live reports.
        """
        copies = self.model._meta.get_field("first").related_model._default_manager
        absorbed = dict(copies.filter(survivor__in=live).values_list("pk", "survivor"))
        stands = {pk: pk for pk in live} | absorbed
        rows = self.answered().filter(first__in=stands, second__in=stands)
        pairs = rows.values_list("first", "second")
        return {frozenset((stands[first], stands[second])) for first, second in pairs}
