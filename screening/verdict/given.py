"""What people give, what the protocol says of it, and what both amount to: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Status = Literal["pending", "conflict", "final"]
SettledBy = Literal["votes", "settlement", "consensus"]


class Choice(StrEnum):
    """What a voter may choose; maybe exists at title and abstract only."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Vote:
    """One cast vote. ``order`` grows with time; ``copy`` is the report it was cast on."""

    voter: int
    choice: Choice
    reason: int | None = None
    order: int = 0
    copy: int | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """An adjudicator's decision; it beats the votes.

    Give ``copies`` when it was made before more copies were merged: it then speaks for those only,
    and with a copy that was decided otherwise there is a conflict again. None: for all copies.
    """

    choice: Choice
    reason: int | None = None
    order: int = 0
    copies: frozenset[int] | None = None

    def __post_init__(self) -> None:
        _refuse_maybe(self.choice)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One voter's part of a recorded consensus; ``copies`` as in :class:`Settlement`."""

    voter: int
    choice: Choice
    reason: int | None = None
    order: int = 0
    copies: frozenset[int] | None = None

    def __post_init__(self) -> None:
        _refuse_maybe(self.choice)


def _refuse_maybe(choice: Choice) -> None:
    if choice is Choice.MAYBE:
        raise ValueError("A conflict is settled by include or exclude, not by maybe.")


@dataclass(frozen=True, slots=True)
class Rules:
    """The protocol's settings for one stage.

    ``votes_needed`` is the least number of people who vote before anything is decided. Votes
    beyond it, given while more were needed, count like the others: all must agree, so lowering the
    number never silences anybody, and raising it again finds every vote in its place.

    ``reason_order`` lists exclusion reasons, the one that is reported first. ``maybe_allowed``
    is true at title and abstract; without it the stage is full text, where a consensus to
    exclude must also name one reason.
    """

    votes_needed: int = 2
    maybe_means: Literal["include", "conflict", "tentative"] = "include"
    reasons_differ: Literal["first", "conflict"] = "first"
    reason_order: tuple[int, ...] = ()
    maybe_allowed: bool = True

    def __post_init__(self) -> None:
        if self.votes_needed < 1:
            raise ValueError("A stage needs at least one vote.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``choice`` and ``reason`` are set when final; ``reasons`` are all that anyone gave."""

    status: Status
    choice: Choice | None = None
    reason: int | None = None
    reasons: tuple[int, ...] = ()
    settled_by: SettledBy | None = None


PENDING = Verdict("pending")
