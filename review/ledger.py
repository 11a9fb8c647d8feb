"""A report's moves in words, as far as everybody may read them.

Blinding: a move tells an outcome, never who voted. While a report stands at a stage whose votes
are awaited (again), the moves that an earlier verdict of that stage caused are left out: whoever
votes next would learn from them how a colleague voted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from review.models import Move, Position, Removal, Report, StageName, User
from review.models.flow import FROM_SOUGHT_ON

DECISIONS = ("vote", "withdrawal", "settle", "agree")
BEFORE_SCREENING = (
    None,
    Position.SCREENING,
    Position.REMOVED_BY_AUTOMATION,
    Position.REMOVED_OTHER,
)
AFTER_FULL_TEXT = (
    Position.EXCLUDED_FULL_TEXT,
    Position.ONGOING,
    Position.AWAITING,
    Position.INCLUDED,
)
HELD = {"pdf": "as PDF", "link": "as a link", "paper": "on paper"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, what happened, where the report stood then; ``who`` never names a voter."""

    at: datetime
    what: str
    position: str | None
    reason: str
    who: User | None

    @property
    def standing(self) -> str:
        """The position in words."""
        return Position(self.position).label if self.position else ""


def entries(report: Report) -> list[Entry]:
    """The readable moves of a report, the earliest first."""
    judged_as = report.survivor or report
    rows = Move.objects.filter(report=report).select_related("actor", "reason").order_by("pk")
    moves = [move for move in rows if not _tells_votes(move, judged_as.position)]
    removals = Removal.objects.causing(moves)
    return [_entry(move, removals) for move in moves]


def passed_screening(report: Report) -> bool:
    """Whether full texts and studies may show: from ``sought`` on, or merged into such a one."""
    return (report.survivor or report).position in FROM_SOUGHT_ON


def _tells_votes(move: Move, now: str | None) -> bool:
    if move.cause.startswith("return "):
        return False  # says that it was decided before, not how
    ends = (move.origin, move.target)
    if now == Position.SCREENING:
        return any(end not in BEFORE_SCREENING for end in ends)
    if now == Position.ASSESSING:
        return any(end in AFTER_FULL_TEXT for end in ends)
    return False


def _entry(move: Move, removals: Mapping[int, Removal]) -> Entry:
    verb, _, key = move.cause.partition(" ")
    removal = removals.get(int(key)) if verb == "removal" else None
    return Entry(
        move.at,
        f"Removed before screening: {removal.why}" if removal else _words(move, verb),
        move.target,
        move.reason.label if move.reason else "",
        None if verb in DECISIONS else move.actor,
    )


def _words(move: Move, verb: str) -> str:
    if verb in DECISIONS:
        stage = StageName.FULL_TEXT if _is_full_text(move) else StageName.TITLE_ABSTRACT
        again = move.target in (Position.SCREENING, Position.ASSESSING) and verb == "withdrawal"
        return f"{stage.label.capitalize()}: {'open again' if again else 'decided'}"
    if verb in ("restore", "restored"):
        return "Restored: it is screened after all"
    if verb == "return":
        again = move.target == Position.ASSESSING
        return f"Returned to {(StageName.FULL_TEXT if again else StageName.TITLE_ABSTRACT).label}"
    if verb == "merge":
        return "Merged into another report" if move.target is None else "Merged with a duplicate"
    if verb == "split":
        return "Split from the report that it had been merged into"
    if verb == "import":
        return "Withdrawn: the import that it came from was undone"
    if verb == "held:":
        form = move.cause.removeprefix("held: ")
        return f"Full text held {HELD.get(form, '')}".strip()
    return move.cause[:1].upper() + move.cause[1:]


def _is_full_text(move: Move) -> bool:
    before = (*BEFORE_SCREENING, Position.EXCLUDED, Position.SOUGHT)
    return move.origin not in before and move.target not in before
