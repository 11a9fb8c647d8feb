"""What can go wrong in a way that a person can mend; each carries a sentence for the page."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class FormerMember(PermissionDenied):
    """The person left the review, perhaps while this request was under way; answered by 403."""

    def __init__(self) -> None:
        super().__init__("You are not a member of this review any more. Nothing was saved.")


class NotAVoter(PermissionDenied):
    """The lead has chosen other people to vote at this stage; answered by 403."""

    def __init__(self, stage: str) -> None:
        super().__init__(
            f"The lead has chosen other people to vote on {stage}, so nothing was saved. "
            "Votes that you gave before count as they did."
        )


class ReviewError(Exception):
    """Root of the domain's errors; ``str()`` says what happened and what to do."""


class NotAllowed(ReviewError):
    """The person, or the protocol, does not permit this."""


class Stale(ReviewError):
    """The page was older than the data: somebody else acted in between."""


class WrongPosition(ReviewError):
    """The report does not stand where this act is possible."""


class BadFile(ReviewError):
    """An uploaded file is not what it should be."""


class AlreadyRunning(ReviewError):
    """The same long task is under way."""


class Incomplete(ReviewError):
    """Something required was left out."""


class MailNotSent(ReviewError):
    """The mail server did not take a mail."""


class TooOften(MailNotSent):
    """A person was sent the same kind of mail too many times."""
