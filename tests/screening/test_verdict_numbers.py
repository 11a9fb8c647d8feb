"""One to four votes needed: what they amount to, and what a change of the number does."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.verdict import PENDING, Choice, Rules, Settlement, Verdict, Vote, verdict

IN, OUT, MAYBE = Choice.INCLUDE, Choice.EXCLUDE, Choice.MAYBE
MEANINGS = ("include", "conflict", "tentative")
NUMBERS = (1, 2, 3, 4)


def cast(*choices: Choice, reason: int | None = None) -> list[Vote]:
    return [Vote(n, choice, reason, n) for n, choice in enumerate(choices, start=1)]


def by_hand(choices: tuple[Choice, ...], meaning: str) -> Verdict:
    """The rule as a person would say it, of complete votes."""
    if meaning == "conflict" and MAYBE in choices:
        return Verdict("conflict")
    if OUT not in choices:
        return Verdict("final", IN, settled_by="votes")
    if set(choices) == {OUT}:
        return Verdict("final", OUT, settled_by="votes")
    return Verdict("conflict")


@pytest.mark.parametrize("meaning", MEANINGS)
@pytest.mark.parametrize("needed", NUMBERS)
def test_as_many_votes_as_are_needed_must_all_agree(needed: int, meaning: str) -> None:
    rules = Rules(votes_needed=needed, maybe_means=meaning)  # type: ignore[arg-type]
    for choices in itertools.product(Choice, repeat=needed):
        assert verdict(cast(*choices), rules) == by_hand(choices, meaning)


@pytest.mark.parametrize("needed", NUMBERS)
def test_one_vote_short_is_pending_even_when_those_given_disagree(needed: int) -> None:
    for choices in itertools.product(Choice, repeat=needed - 1):
        assert verdict(cast(*choices), Rules(votes_needed=needed)) == PENDING


def test_of_four_who_exclude_the_reason_that_stands_first_is_reported() -> None:
    votes = [Vote(n, OUT, reason, n) for n, reason in enumerate((13, 12, 11, 12), start=1)]
    rules = Rules(votes_needed=4, reason_order=(12, 11, 13))
    assert verdict(votes, rules) == Verdict("final", OUT, 12, (12, 11, 13), "votes")
    strict = replace(rules, reasons_differ="conflict")
    assert verdict(votes, strict).status == "conflict"


@pytest.mark.parametrize(
    ("choices", "status"),
    [((IN, IN), "final"), ((OUT, OUT), "final"), ((IN, OUT), "conflict"), ((IN,), "final")],
)
def test_votes_beyond_the_number_needed_count_like_the_others(
    choices: tuple[Choice, ...], status: str
) -> None:
    """Two were needed and voted; one would be enough now, but nobody is silenced."""
    assert verdict(cast(*choices), Rules(votes_needed=1)).status == status


ANY_VOTES = st.lists(st.sampled_from(Choice), max_size=6)


@given(choices=ANY_VOTES, former=st.sampled_from(NUMBERS), now=st.sampled_from(NUMBERS))
def test_the_number_needed_decides_only_whether_votes_are_judged_at_all(
    choices: list[Choice], former: int, now: int
) -> None:
    votes = cast(*choices)
    before, after = (verdict(votes, Rules(votes_needed=n)) for n in (former, now))
    if PENDING not in (before, after):
        assert before == after
    assert (after == PENDING) == (len(choices) < now)


@given(choices=ANY_VOTES, needed=st.sampled_from(NUMBERS), ruled=st.sampled_from([IN, OUT]))
def test_a_settlement_stands_whatever_number_is_needed(
    choices: list[Choice], needed: int, ruled: Choice
) -> None:
    found = verdict(cast(*choices), Rules(votes_needed=needed), [Settlement(ruled, None, 99)])
    assert (found.status, found.choice, found.settled_by) == ("final", ruled, "settlement")
