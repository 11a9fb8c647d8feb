"""What a careful secretary would write down while people act: who said what, and what is one.

No database and nothing of the product: only what was acknowledged, and the rules of the protocol
in a few plain lines. Persons and reports are keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Family = frozenset[int]


@dataclass(frozen=True, slots=True)
class Said:
    """A vote that stands, or a ruling; ``spoke_for`` are the copies that were one report then."""

    key: int
    kind: str
    person: int
    copy: int
    choice: str
    reason: int | None
    spoke_for: Family = frozenset()


@dataclass(slots=True)
class Joined:
    """A merge in force; ``before`` is what its split must restore, None once somebody acted."""

    survivor: int
    absorbed: int
    before: Any = None


@dataclass(slots=True)
class Book:
    """The state of a review as its people know it; stages by name."""

    rules: dict[str, dict[str, Any]]
    ledger: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    votes: dict[tuple[str, int, int], Said] = field(default_factory=dict)  # stage, copy, person
    rulings: dict[str, list[Said]] = field(default_factory=dict)
    joined: dict[int, Joined] = field(default_factory=dict)
    out: dict[int, int] = field(default_factory=dict)  # removed reports, each by which removal
    changes: int = 0  # of rules

    def root(self, copy: int) -> int:
        """The live report that a copy counts for."""
        into = {each.absorbed: each.survivor for each in self.joined.values()}
        while copy in into:
            copy = into[copy]
        return copy

    def family(self, report: int) -> Family:
        """A live report and all that it absorbed."""
        absorbed = {each.absorbed for each in self.joined.values()}
        return frozenset({report} | {copy for copy in absorbed if self.root(copy) == report})

    def votes_on(self, at: str, report: int) -> list[Said]:
        """The votes that stand on a report, whichever copy they were cast on, oldest first."""
        family = self.family(report)
        found = [s for (stage, copy, _), s in self.votes.items() if stage == at and copy in family]
        return sorted(found, key=lambda said: said.key)

    def voters(self, at: str, report: int) -> set[int]:
        """Who has a vote that stands; each person once, on however many copies they voted."""
        return {said.person for said in self.votes_on(at, report)}

    def touch(self, *reports: int) -> None:
        """Somebody acted on these: a split need not restore what was before."""
        roots = {self.root(report) for report in reports}
        for each in self.joined.values():
            if self.root(each.survivor) in roots:
                each.before = None

    def change_rules(self, at: str, values: dict[str, Any]) -> None:
        """The rules changed: every report may stand elsewhere."""
        self.rules[at] |= values
        self.changes += 1
        self.touch(*(each.survivor for each in self.joined.values()))

    def vote(self, at: str, said: Said) -> None:
        """A vote takes the place of all that the person had said on the report and its copies."""
        self.touch(said.copy)
        for copy in self.family(self.root(said.copy)):
            self.votes.pop((at, copy, said.person), None)
        self.votes[at, said.copy, said.person] = said

    def take_back(self, at: str, said: Said) -> None:
        """A person takes one vote back."""
        self.touch(said.copy)
        del self.votes[at, said.copy, said.person]

    def rule(self, at: str, said: Said) -> None:
        """A settlement, or one voter's part of a consensus."""
        self.touch(said.copy)
        self.rulings.setdefault(at, []).append(said)

    def back_to(self, at: str, report: int) -> None:
        """A return: nothing that was said of the report or its copies counts any more."""
        self.touch(report)
        family = self.family(report)
        for stage, copy, person in list(self.votes):
            if stage == at and copy in family:
                del self.votes[stage, copy, person]
        self.rulings[at] = [s for s in self.rulings.get(at, []) if s.copy not in family]

    def _last_rulings(self, at: str, family: Family) -> Iterator[Said]:
        """Of each line of rulings the last that spoke for no copy that is apart now."""
        lines: dict[tuple[int, int], Said] = {}
        for said in self.rulings.get(at, []):
            if said.copy in family and said.spoke_for <= family:
                lines[said.copy, said.person if said.kind == "agree" else 0] = said
        yield from lines.values()

    def settled(self, at: str, report: int) -> bool:
        """Whether an adjudicator has ended it, for all the copies that are one now."""
        family = self.family(report)
        rulings = list(self._last_rulings(at, family))
        whole = all(said.spoke_for == family for said in rulings)
        return whole and any(said.kind == "settle" for said in rulings)

    def outcome(self, at: str, report: int) -> tuple[str, str] | None:
        """Status and choice that the protocol's rules give; None where a ruling on some of the
        copies only makes it a matter of taste that this book does not decide.
        """
        family, rules = self.family(report), self.rules[at]
        rulings = list(self._last_rulings(at, family))
        if any(said.spoke_for != family for said in rulings):
            return None
        if settled := [said for said in rulings if said.kind == "settle"]:
            return "final", max(settled, key=lambda said: said.key).choice
        votes = self.votes_on(at, report)
        if len({said.person for said in votes}) < rules["votes_needed"]:
            return "pending", ""
        if not _differ(votes, rules):
            return "final", "exclude" if votes[0].choice == "exclude" else "include"
        agreed = _agreed(votes, [said for said in rulings if said.kind == "agree"], at)
        return ("final", agreed) if agreed else ("conflict", "")


def _differ(votes: list[Said], rules: dict[str, Any]) -> bool:
    if rules["maybe_means"] == "conflict" and any(said.choice == "maybe" for said in votes):
        return True
    if len({said.choice == "exclude" for said in votes}) > 1:
        return True
    named = set({said.person: said.reason for said in votes}.values()) - {None}
    excluded = votes[0].choice == "exclude"
    return excluded and rules["reasons_differ"] == "conflict" and len(named) > 1


def _agreed(votes: list[Said], parts: list[Said], at: str) -> str:
    """The choice of a consensus of all voters, each part newer than every vote; else nothing."""
    newest = max(said.key for said in votes)
    last = {said.person: said for said in sorted(parts, key=lambda s: s.key) if said.key > newest}
    voters = {said.person for said in votes}
    mine = [last[person] for person in voters if person in last]
    if len(voters) < 2 or len(mine) < len(voters) or len({said.choice for said in mine}) > 1:
        return ""
    named = {said.reason for said in mine}
    split = at == "full_text" and mine[0].choice == "exclude" and len(named) > 1
    return "" if split else mine[0].choice
