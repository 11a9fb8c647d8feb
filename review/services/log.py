"""The one way to write the append-only event log."""

from __future__ import annotations

from typing import Any

from review.models import Event, Review, User


def log(
    *,
    review: Review | None,
    actor: User | None,
    what: str,
    subject: str = "",
    old: Any = None,
    new: Any = None,
    reason: str = "",
) -> Event:
    """Write one event; ``old`` and ``new`` are JSON values, ``what`` a short past-tense phrase."""
    return Event.objects.create(
        review=review,
        actor=actor,
        what=what,
        subject=subject[:200],
        old=old,
        new=new,
        reason=reason,
    )
