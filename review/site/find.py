"""Finding a review from a command line."""

from __future__ import annotations

from django.core.management.base import CommandError

from review.models import Review
from review.sent import number


def find_review(name: str) -> Review:
    """The review with this slug or id; CommandError names those that exist."""
    found = Review.objects.filter(slug=name).first()
    if found is None and (key := number(name)) is not None:
        found = Review.objects.filter(pk=key).first()
    if found is None:
        known = ", ".join(Review.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"There is no review {name}. There are: {known or 'none yet'}.")
    return found
