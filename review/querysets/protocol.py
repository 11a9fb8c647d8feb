"""Which reviews a person can see, and the protocol in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from review.models import CriteriaVersion, Reason, Review, User  # noqa: F401


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews."""

    def visible_to(self, user: User) -> ReviewQuerySet:
        """Reviews the person is a member of; all of them for a site admin. By title."""
        if user.is_superuser:
            return self.order_by("title")
        mine = models.Q(memberships__user=user, memberships__is_active=True)
        return self.filter(mine).order_by("title")


class CriteriaVersionQuerySet(models.QuerySet["CriteriaVersion"]):
    """Versions of criteria."""

    def in_force(self, review: Review) -> CriteriaVersion | None:
        """The newest version of a review's criteria, or None before the first."""
        return self.filter(review=review).order_by("-number").first()

    def newest_first(self, review: Review) -> CriteriaVersionQuerySet:
        """All versions of a review's criteria with their criteria and reasons."""
        found = self.filter(review=review).order_by("-number").select_related("made_by")
        return found.prefetch_related("criteria__reason")


class ReasonQuerySet(models.QuerySet["Reason"]):
    """Exclusion reasons."""

    def in_order(self, review: Review) -> ReasonQuerySet:
        """Reasons of the criteria in force, as they order them: the first has precedence."""
        from review.models import CriteriaVersion

        version = CriteriaVersion.objects.in_force(review)
        return self.filter(criteria__version=version).order_by("criteria__place")
