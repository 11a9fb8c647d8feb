"""Errors of screening; each carries the sentence that the page shows."""

from __future__ import annotations

from review.errors import ReviewError
from review.models import Stage


class AlreadyDecided(ReviewError):
    """The person decided this report before, with another page or another tab."""


class AlreadyComplete(ReviewError):
    """Enough other people have voted on, or hold, this report."""


class AlreadySettled(ReviewError):
    """An adjudicator or a consensus has settled the conflict."""


class NotInConflict(ReviewError):
    """There is no conflict to settle (any more)."""


class MovedOn(ReviewError):
    """The report has gone further; the vote cannot be changed any more."""


class StageShut(ReviewError):
    """The stage is locked or closed: no vote and no settlement is taken. Answered by 423."""

    def __init__(self, stage: Stage) -> None:
        opened = "reopened" if stage.state == "closed" else "unlocked"
        super().__init__(
            f"The lead has {stage.get_state_display()} {stage}: {stage.state_reason} "
            "What you sent is not saved yet, and what you typed is still here. Send it again once "
            f"the stage is {opened}."
        )


class StillOpen(ReviewError):
    """A stage cannot be closed: a report lacks a vote, is in conflict, or may be a duplicate."""


class AnsweredAlready(ReviewError):
    """Somebody has answered the pair, or one of its reports was merged away or withdrawn."""
