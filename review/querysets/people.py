"""Who belongs to a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from review.models import Membership, Review, User  # noqa: F401


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships of reviews."""

    def active(self) -> MembershipQuerySet:
        """Members who have not left, with accounts that can log in."""
        return self.filter(is_active=True, user__is_active=True)

    def of(self, review: Review) -> MembershipQuerySet:
        """Everybody who is or was a member, those who left last."""
        return (
            self.filter(review=review).select_related("user").order_by("-is_active", "user__email")
        )

    def former(self, review: Review) -> set[int]:
        """Keys of the people who left: what they did stays, and is marked where it is shown."""
        return set(self.filter(review=review, is_active=False).values_list("user", flat=True))

    def named(self, review: Review, email: str) -> MembershipQuerySet:
        """The active membership of the person with this address, if there is one."""
        return self.filter(review=review, is_active=True, user__email=email.strip().lower())

    def opens_only(self, review: Review, user: User) -> bool:
        """Whether an account opens no other review and nothing of the site's administration."""
        elsewhere = self.filter(user=user).exclude(review=review)
        return not user.is_staff and not user.is_superuser and not elsewhere.exists()

    def voters(self) -> MembershipQuerySet:
        """Active members who may vote."""
        return self.active().filter(is_reviewer=True)
