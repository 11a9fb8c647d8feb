"""Judging: the last votes, whether they agree, and who ended it when they did not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from screening.verdict.given import (
    PENDING,
    Agreement,
    Choice,
    Rules,
    SettledBy,
    Settlement,
    Verdict,
    Vote,
)


def verdict(
    votes: Iterable[Vote],
    rules: Rules,
    settlements: Iterable[Settlement] = (),
    agreements: Iterable[Agreement] = (),
) -> Verdict:
    """Judge one report at one stage; the sequence in which rows are passed is irrelevant.

    ``votes``: every vote that was not withdrawn, of all copies; ``settlements`` and
    ``agreements``: the last word of each adjudicated copy, and of each voter on each. Raises
    ValueError for a maybe where the stage has none and for two votes of one person on one copy
    with the same ``order``.

    Too few voters is pending even when one person voted differently on two copies: otherwise
    a report would leave a colleague's queue because of how somebody else voted.
    """
    heads = last_votes(votes)
    _refuse_maybe_without_it(heads, rules)
    return _judge(_Acts(heads, tuple(settlements), tuple(agreements)), rules)


@dataclass(frozen=True, slots=True)
class _Acts:
    """What was decided on some copies; the votes are the ones that count, the oldest first."""

    votes: tuple[Vote, ...]
    settlements: tuple[Settlement, ...]
    agreements: tuple[Agreement, ...]

    def on(self, copies: Collection[int | None]) -> _Acts:
        """What was decided on these copies and spoke for no other."""
        return _Acts(
            tuple(vote for vote in self.votes if vote.copy in copies),
            tuple(s for s in self.settlements if s.copies and s.copies <= set(copies)),
            tuple(a for a in self.agreements if a.copies and a.copies <= set(copies)),
        )

    def parts_beside(self, ruled: frozenset[int]) -> Iterator[_Acts]:
        """What a ruling did not speak for: the other copies as one report, then each of them."""
        copies = {vote.copy for vote in self.votes}
        copies |= {copy for settled in self.settlements for copy in settled.copies or ()}
        rest = copies - ruled
        if rest:
            yield self.on(rest)
            yield from (self.on({copy}) for copy in rest)


def _judge(acts: _Acts, rules: Rules) -> Verdict:
    if acts.settlements:
        last = max(acts.settlements, key=lambda settlement: settlement.order)
        return _settled(last, acts, rules, "settlement", {last.reason})
    if len({vote.voter for vote in acts.votes}) < rules.votes_needed:
        return PENDING
    judged = _by_votes(acts.votes, rules)
    if judged.status == "conflict":
        return _by_consensus(acts, rules) or judged
    return judged


def last_votes(votes: Iterable[Vote]) -> tuple[Vote, ...]:
    """The last vote of each person on each copy, oldest first: the ones that count."""
    heads: dict[tuple[int, int | None], Vote] = {}
    for vote in votes:
        key = (vote.voter, vote.copy)
        known = heads.get(key)
        if known is not None and known.order == vote.order and known != vote:
            raise ValueError(f"Voter {vote.voter} has two votes with order {vote.order}.")
        if known is None or vote.order > known.order:
            heads[key] = vote
    return tuple(sorted(heads.values(), key=lambda vote: (vote.order, vote.voter, str(vote.copy))))


def _refuse_maybe_without_it(heads: Collection[Vote], rules: Rules) -> None:
    if not rules.maybe_allowed and any(vote.choice is Choice.MAYBE for vote in heads):
        raise ValueError("Maybe exists at title and abstract only.")


def _by_votes(heads: Collection[Vote], rules: Rules) -> Verdict:
    given = _ranked({vote.reason for vote in heads}, rules)
    conflict = Verdict("conflict", reasons=given)
    if rules.maybe_means == "conflict" and any(v.choice is Choice.MAYBE for v in heads):
        return conflict
    # "include" and "tentative" part ways only in how a page words them: under both a maybe
    # moves the report on with a maybe or an include and meets an exclude as a conflict.
    if len({_counted(vote.choice) for vote in heads}) > 1:
        return conflict
    if _counted(next(iter(heads)).choice) is Choice.INCLUDE:
        return Verdict("final", Choice.INCLUDE, None, given, "votes")
    # A person who excluded two copies is one voter: the later reason is theirs.
    own = _ranked(set({vote.voter: vote.reason for vote in heads}.values()), rules)
    if len(own) > 1 and rules.reasons_differ == "conflict":
        return conflict
    return Verdict("final", Choice.EXCLUDE, own[0] if own else None, given, "votes")


def _counted(choice: Choice) -> Choice:
    return Choice.INCLUDE if choice is Choice.MAYBE else choice


def _by_consensus(acts: _Acts, rules: Rules) -> Verdict | None:
    """The consensus that ends a conflict, or None while it is not complete.

    One person alone has no consensus: who voted maybe, or differently on two copies, votes again.
    """
    voters = {vote.voter for vote in acts.votes}
    newest = max(vote.order for vote in acts.votes)
    parts = sorted(acts.agreements, key=lambda part: part.order)
    live = {part.voter: part for part in parts if part.order > newest}
    mine = [live[voter] for voter in voters if voter in live]
    if len(voters) < 2 or len(mine) < len(voters) or len({a.choice for a in mine}) > 1:
        return None
    reasons = {a.reason for a in mine}
    if mine[0].choice is Choice.EXCLUDE and not rules.maybe_allowed and len(reasons) > 1:
        return None
    last = max(mine, key=lambda a: a.order)
    ruling = Settlement(last.choice, _first(reasons, rules), last.order, last.copies)
    return _settled(ruling, acts, rules, "consensus", reasons)


def _settled(
    ruling: Settlement,
    acts: _Acts,
    rules: Rules,
    settled_by: SettledBy,
    named: Collection[int | None],
) -> Verdict:
    given = _ranked({vote.reason for vote in acts.votes} | set(named), rules)
    if _another_copy_differs(ruling, acts, rules):
        return Verdict("conflict", reasons=given)
    reason = ruling.reason if ruling.choice is Choice.EXCLUDE else None
    return Verdict("final", ruling.choice, reason, given, settled_by)


def _another_copy_differs(ruling: Settlement, acts: _Acts, rules: Rules) -> bool:
    """Whether copies that the ruling did not speak for were decided otherwise.

    The other copies count as the one report that they would be; where they are in conflict or
    wait for votes, one of them that was decided by itself is enough.
    """
    if ruling.copies is None:
        return False
    for number, part in enumerate(acts.parts_beside(ruling.copies)):
        judged = _judge(part, rules)
        if judged.status == "final" and judged.choice is not ruling.choice:
            return True
        if judged.status == "final" and number == 0:
            return False
    return False


def _ranked(reasons: Iterable[int | None], rules: Rules) -> tuple[int, ...]:
    """The given reasons, highest in the protocol's list first; unlisted ones last."""
    known = {reason: rank for rank, reason in enumerate(rules.reason_order)}
    given = {reason for reason in reasons if reason is not None}
    return tuple(sorted(given, key=lambda reason: (known.get(reason, len(known)), reason)))


def _first(reasons: Iterable[int | None], rules: Rules) -> int | None:
    ranked = _ranked(reasons, rules)
    return ranked[0] if ranked else None
