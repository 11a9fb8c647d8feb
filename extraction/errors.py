"""What can go wrong in extraction; each carries a sentence for the page."""

from __future__ import annotations

from review.errors import AlreadyRunning, ReviewError, Stale


class AlreadyThere(ReviewError):
    """The study has this result, or the result this assessment, already."""


class Inconsistent(ReviewError):
    """The answers contradict the form; the message names the question."""


def status_of(error: ReviewError) -> int:
    """The HTTP status of a page that shows this error: 409 where somebody was first, else 422."""
    return 409 if isinstance(error, AlreadyThere | AlreadyRunning | Stale) else 422
