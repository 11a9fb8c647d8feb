"""The rules of prisma.md section 4 (1 to 4 and 6), combination by combination."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from screening.verdict import (
    PENDING,
    Agreement,
    Choice,
    Rules,
    Settlement,
    Verdict,
    Vote,
    verdict,
)

IN, OUT, MAYBE = Choice.INCLUDE, Choice.EXCLUDE, Choice.MAYBE
ANN, BO, CY = 1, 2, 3
WRONG_POPULATION, WRONG_DRUG, NO_PAIN = 11, 12, 13
ORDER = (WRONG_DRUG, WRONG_POPULATION, NO_PAIN)
ABSTRACTS = Rules(votes_needed=2, reason_order=ORDER)
FULL_TEXTS = replace(ABSTRACTS, maybe_allowed=False)
MAYBE_MEANINGS = ("include", "conflict", "tentative")


def votes(*choices: Choice) -> list[Vote]:
    return [Vote(voter, choice, None, voter) for voter, choice in enumerate(choices, start=1)]


# Every combination: (maybe_means, choices) -> included, excluded, or a conflict.
ONE_VOTE = {
    ("include", IN): IN, ("include", OUT): OUT, ("include", MAYBE): IN,
    ("conflict", IN): IN, ("conflict", OUT): OUT, ("conflict", MAYBE): None,
    ("tentative", IN): IN, ("tentative", OUT): OUT, ("tentative", MAYBE): IN,
}  # fmt: skip
TWO_VOTES = {
    ("include", IN, IN): IN, ("include", IN, OUT): None, ("include", IN, MAYBE): IN,
    ("include", OUT, OUT): OUT, ("include", OUT, MAYBE): None, ("include", MAYBE, MAYBE): IN,
    ("conflict", IN, IN): IN, ("conflict", IN, OUT): None, ("conflict", IN, MAYBE): None,
    ("conflict", OUT, OUT): OUT, ("conflict", OUT, MAYBE): None, ("conflict", MAYBE, MAYBE): None,
    ("tentative", IN, IN): IN, ("tentative", IN, OUT): None, ("tentative", IN, MAYBE): IN,
    ("tentative", OUT, OUT): OUT, ("tentative", OUT, MAYBE): None, ("tentative", MAYBE, MAYBE): IN,
}  # fmt: skip


def expected(choice: Choice | None) -> Verdict:
    if choice is None:
        return Verdict("conflict")
    return Verdict("final", choice, settled_by="votes")


@pytest.mark.parametrize(("case", "outcome"), ONE_VOTE.items())
def test_one_vote_decides_where_one_is_needed(case, outcome):
    meaning, choice = case
    rules = Rules(votes_needed=1, maybe_means=meaning)
    assert verdict(votes(choice), rules) == expected(outcome)


@pytest.mark.parametrize(("case", "outcome"), TWO_VOTES.items())
def test_two_votes_must_agree(case, outcome):
    meaning, *choices = case
    rules = Rules(votes_needed=2, maybe_means=meaning)
    assert verdict(votes(*choices), rules) == expected(outcome)
    assert verdict(votes(*reversed(choices)), rules) == expected(outcome)


def test_the_tables_hold_every_combination():
    assert set(ONE_VOTE) == set(itertools.product(MAYBE_MEANINGS, (IN, OUT, MAYBE)))
    pairs = itertools.combinations_with_replacement((IN, OUT, MAYBE), 2)
    assert set(TWO_VOTES) == {(m, *pair) for m, pair in itertools.product(MAYBE_MEANINGS, pairs)}


@pytest.mark.parametrize("choice", [IN, OUT, MAYBE])
@pytest.mark.parametrize("meaning", MAYBE_MEANINGS)
def test_one_vote_of_two_is_pending_and_tells_nothing_of_itself(choice, meaning):
    rules = Rules(votes_needed=2, maybe_means=meaning)
    assert verdict([Vote(ANN, choice, WRONG_DRUG, 1)], rules) == PENDING == Verdict("pending")


def test_no_votes_are_pending():
    assert verdict([], Rules(votes_needed=1)) == PENDING


def test_the_last_vote_of_a_voter_counts():
    cast = [Vote(ANN, OUT, NO_PAIN, 1), Vote(BO, IN, None, 2), Vote(ANN, IN, None, 3)]
    assert verdict(cast, ABSTRACTS) == Verdict("final", IN, settled_by="votes")
    assert verdict([*cast, Vote(BO, OUT, NO_PAIN, 4)], ABSTRACTS).status == "conflict"


def test_a_third_vote_must_agree_too():
    assert verdict(votes(IN, IN, OUT), ABSTRACTS).status == "conflict"
    assert verdict(votes(OUT, OUT, OUT), ABSTRACTS).choice is OUT


def test_of_two_reasons_the_one_first_in_the_protocol_is_reported_and_both_are_kept():
    cast = [Vote(ANN, OUT, NO_PAIN, 1), Vote(BO, OUT, WRONG_DRUG, 2)]
    both = (WRONG_DRUG, NO_PAIN)
    assert verdict(cast, FULL_TEXTS) == Verdict("final", OUT, WRONG_DRUG, both, "votes")


def test_a_reason_that_left_the_protocol_ranks_last():
    cast = [Vote(ANN, OUT, 99, 1), Vote(BO, OUT, NO_PAIN, 2)]
    assert verdict(cast, FULL_TEXTS).reason == NO_PAIN


def test_two_reasons_are_a_conflict_where_the_protocol_is_strict():
    strict = replace(FULL_TEXTS, reasons_differ="conflict")
    cast = [Vote(ANN, OUT, NO_PAIN, 1), Vote(BO, OUT, WRONG_DRUG, 2)]
    assert verdict(cast, strict) == Verdict("conflict", reasons=(WRONG_DRUG, NO_PAIN))
    same = [Vote(ANN, OUT, NO_PAIN, 1), Vote(BO, OUT, NO_PAIN, 2)]
    assert verdict(same, strict).reason == NO_PAIN


def test_no_reason_beside_one_reason_is_not_two_reasons():
    strict = replace(ABSTRACTS, reasons_differ="conflict")
    cast = [Vote(ANN, OUT, None, 1), Vote(BO, OUT, WRONG_DRUG, 2)]
    assert verdict(cast, strict) == Verdict("final", OUT, WRONG_DRUG, (WRONG_DRUG,), "votes")


def test_maybe_does_not_exist_at_full_text():
    with pytest.raises(ValueError, match="title and abstract only"):
        verdict(votes(MAYBE, IN), FULL_TEXTS)


def test_nobody_can_settle_with_maybe():
    with pytest.raises(ValueError, match="not by maybe"):
        Settlement(MAYBE, None, 1)
    with pytest.raises(ValueError, match="not by maybe"):
        Agreement(ANN, MAYBE, None, 1)


@pytest.mark.parametrize("choices", [(IN, OUT), (OUT, OUT), (IN, IN), (MAYBE, MAYBE), (IN,), ()])
def test_a_settlement_beats_the_votes(choices):
    rules = replace(ABSTRACTS, maybe_means="conflict")
    settled = verdict(votes(*choices), rules, [Settlement(OUT, NO_PAIN, 9)])
    assert settled == Verdict("final", OUT, NO_PAIN, (NO_PAIN,), "settlement")


def test_an_inclusion_has_no_reason_though_one_was_named_and_the_voters_reason_is_kept():
    cast = [Vote(ANN, IN, None, 1), Vote(BO, OUT, WRONG_DRUG, 2)]
    settled = verdict(cast, FULL_TEXTS, [Settlement(IN, NO_PAIN, 3)])
    assert settled == Verdict("final", IN, None, (WRONG_DRUG, NO_PAIN), "settlement")


# Consensus of the two voters ------------------------------

CONFLICT = [Vote(ANN, IN, None, 1), Vote(BO, OUT, WRONG_DRUG, 2)]


def test_voters_who_agree_afterwards_settle_their_conflict():
    agreed = [Agreement(ANN, OUT, NO_PAIN, 3), Agreement(BO, OUT, NO_PAIN, 4)]
    both = (WRONG_DRUG, NO_PAIN)
    assert verdict(CONFLICT, FULL_TEXTS, (), agreed) == Verdict(
        "final", OUT, NO_PAIN, both, "consensus"
    )


@pytest.mark.parametrize(
    ("agreed", "why"),
    [
        ([], "nobody agreed"),
        ([Agreement(ANN, OUT, NO_PAIN, 3)], "one of two agreed"),
        ([Agreement(ANN, OUT, NO_PAIN, 3), Agreement(CY, OUT, NO_PAIN, 4)], "not a voter"),
        ([Agreement(ANN, OUT, NO_PAIN, 3), Agreement(BO, IN, None, 4)], "choices differ"),
        ([Agreement(ANN, OUT, NO_PAIN, 3), Agreement(BO, OUT, WRONG_DRUG, 4)], "reasons differ"),
        ([Agreement(ANN, IN, None, 0), Agreement(BO, IN, None, 3)], "older than the votes"),
        (
            [
                Agreement(ANN, OUT, NO_PAIN, 3),
                Agreement(BO, OUT, NO_PAIN, 4),
                Agreement(ANN, IN, None, 5),
            ],
            "the last word of Ann is another",
        ),
    ],
)
def test_a_consensus_needs_every_voter_after_every_vote_with_one_answer(agreed, why):
    assert verdict(CONFLICT, FULL_TEXTS, (), agreed).status == "conflict", why
    assert verdict(CONFLICT, FULL_TEXTS, (), agreed[::-1]).status == "conflict", why


def test_a_new_vote_ends_a_consensus():
    agreed = [Agreement(ANN, IN, None, 3), Agreement(BO, IN, None, 4)]
    assert verdict(CONFLICT, FULL_TEXTS, (), agreed).choice is IN
    again = [*CONFLICT, Vote(BO, OUT, NO_PAIN, 5)]
    assert verdict(again, FULL_TEXTS, (), agreed).status == "conflict"


def test_at_title_and_abstract_a_consensus_to_exclude_needs_no_common_reason():
    agreed = [Agreement(ANN, OUT, None, 3), Agreement(BO, OUT, WRONG_POPULATION, 4)]
    assert verdict(CONFLICT, ABSTRACTS, (), agreed).reason == WRONG_POPULATION


def test_one_person_has_no_consensus_with_themselves():
    alone = Rules(votes_needed=1, maybe_means="conflict")
    cast = [Vote(ANN, MAYBE, None, 1)]
    assert verdict(cast, alone, (), [Agreement(ANN, IN, None, 2)]).status == "conflict"


def test_agreements_add_nothing_to_votes_that_are_missing():
    agreed = [Agreement(ANN, IN, None, 3), Agreement(BO, IN, None, 4)]
    assert verdict(CONFLICT[:1], ABSTRACTS, (), agreed) == PENDING


def test_a_settlement_beats_a_consensus():
    agreed = [Agreement(ANN, IN, None, 3), Agreement(BO, IN, None, 4)]
    assert verdict(CONFLICT, FULL_TEXTS, [Settlement(OUT, NO_PAIN, 5)], agreed).choice is OUT


# Copies of a merged report ------------------------------

KEPT, MERGED, THIRD = 501, 502, 503


def test_the_votes_of_all_copies_count():
    cast = [Vote(ANN, IN, None, 1, KEPT), Vote(BO, IN, None, 2, MERGED)]
    assert verdict(cast, ABSTRACTS).choice is IN
    cast = [Vote(ANN, IN, None, 1, KEPT), Vote(BO, OUT, None, 2, MERGED)]
    assert verdict(cast, ABSTRACTS).status == "conflict"


def test_copies_that_were_decided_differently_are_a_conflict():
    cast = [Vote(ANN, IN, None, 1, KEPT), Vote(BO, IN, None, 2, KEPT)]
    cast += [Vote(CY, OUT, None, 3, MERGED), Vote(4, OUT, None, 4, MERGED)]
    assert verdict(cast, ABSTRACTS).status == "conflict"


def test_one_person_who_voted_differently_on_two_copies_is_a_conflict():
    cast = [
        Vote(ANN, IN, None, 1, KEPT),
        Vote(BO, IN, None, 2, KEPT),
        Vote(BO, OUT, None, 3, MERGED),
    ]
    assert verdict(cast, ABSTRACTS).status == "conflict"


def test_one_person_who_voted_the_same_on_two_copies_counts_once():
    cast = [Vote(ANN, IN, None, 1, KEPT), Vote(ANN, IN, None, 2, MERGED)]
    assert verdict(cast, ABSTRACTS) == PENDING
    assert verdict([*cast, Vote(BO, IN, None, 3, KEPT)], ABSTRACTS).choice is IN


def test_one_person_with_two_reasons_on_two_copies_means_the_later():
    strict = replace(FULL_TEXTS, reasons_differ="conflict")
    cast = [Vote(ANN, OUT, WRONG_DRUG, 1, KEPT), Vote(ANN, OUT, NO_PAIN, 2, MERGED)]
    cast.append(Vote(BO, OUT, NO_PAIN, 3, KEPT))
    assert verdict(cast, strict) == Verdict("final", OUT, NO_PAIN, (WRONG_DRUG, NO_PAIN), "votes")


def test_differing_votes_of_one_person_wait_for_the_second_person():
    """Otherwise the report would leave Bo's queue because of how Ann voted."""
    cast = [Vote(ANN, IN, None, 1, KEPT), Vote(ANN, OUT, None, 2, MERGED)]
    assert verdict(cast, ABSTRACTS) == PENDING


def settled(choice: Choice, order: int, *copies: int) -> Settlement:
    return Settlement(choice, None, order, frozenset(copies) or None)


def test_a_settlement_of_one_copy_does_not_overrule_the_decision_on_the_other():
    kept = [Vote(ANN, IN, None, 1, KEPT), Vote(BO, OUT, NO_PAIN, 2, KEPT)]
    merged = [Vote(ANN, OUT, NO_PAIN, 4, MERGED), Vote(BO, OUT, NO_PAIN, 5, MERGED)]
    included, excluded = [settled(IN, 3, KEPT)], [settled(OUT, 3, KEPT)]
    assert verdict(kept, ABSTRACTS, included).choice is IN
    assert verdict(kept + merged, ABSTRACTS, included).status == "conflict"
    assert verdict(kept + merged, ABSTRACTS, excluded).choice is OUT
    assert verdict(kept + merged[:1], ABSTRACTS, included).choice is IN
    assert verdict(kept + merged, ABSTRACTS, [settled(IN, 6)]).choice is IN


def test_a_settlement_may_overrule_the_voters_of_its_own_copy():
    cast = [Vote(ANN, IN, None, 1, KEPT), Vote(BO, IN, None, 2, KEPT)]
    assert verdict(cast, ABSTRACTS, [settled(OUT, 3, KEPT)]).choice is OUT


@pytest.mark.parametrize("other", [IN, OUT])
def test_copies_that_were_settled_differently_are_a_conflict(other):
    kept = [Vote(ANN, IN, None, 1, KEPT), Vote(BO, OUT, None, 2, KEPT)]
    merged = [Vote(ANN, OUT, None, 4, MERGED), Vote(BO, IN, None, 5, MERGED)]
    rulings = [settled(IN, 3, KEPT), settled(other, 6, MERGED)]
    found = verdict(kept + merged, ABSTRACTS, rulings)
    assert (found.status, found.choice) == (("final", IN) if other is IN else ("conflict", None))
    assert verdict(kept + merged, ABSTRACTS, [*rulings, settled(OUT, 7)]).choice is OUT


def test_a_settlement_of_two_copies_stands_when_a_third_says_nothing_else():
    """The copies that it spoke for are not asked again, whatever each was decided by itself."""
    votes_on = {
        KEPT: [Vote(ANN, OUT, None, 1, KEPT), Vote(BO, OUT, None, 2, KEPT)],
        MERGED: [Vote(ANN, IN, None, 3, MERGED), Vote(BO, IN, None, 4, MERGED)],
        THIRD: [Vote(ANN, OUT, None, 5, THIRD), Vote(BO, OUT, None, 6, THIRD)],
    }
    both = votes_on[KEPT] + votes_on[MERGED]
    ruling = [settled(IN, 7, KEPT, MERGED)]
    assert verdict(both + votes_on[THIRD][:1], ABSTRACTS, ruling).choice is IN
    assert verdict(both + votes_on[THIRD], ABSTRACTS, ruling).status == "conflict"


def test_two_votes_on_two_other_copies_are_a_decision_that_a_settlement_does_not_overrule():
    kept = [Vote(ANN, IN, None, 1, KEPT), Vote(BO, OUT, None, 2, KEPT)]
    others = [Vote(ANN, OUT, None, 4, MERGED), Vote(BO, OUT, None, 5, THIRD)]
    assert verdict(kept + others, ABSTRACTS, [settled(IN, 3, KEPT)]).status == "conflict"


def test_a_consensus_on_one_copy_does_not_overrule_the_decision_on_the_other():
    kept = [Vote(ANN, IN, None, 3, KEPT), Vote(BO, OUT, None, 4, KEPT)]
    merged = [Vote(ANN, OUT, None, 1, MERGED), Vote(BO, OUT, None, 2, MERGED)]
    here = frozenset({KEPT})
    agreed = [Agreement(ANN, IN, None, 5, here), Agreement(BO, IN, None, 6, here)]
    assert verdict(kept, ABSTRACTS, (), agreed).choice is IN
    assert verdict(kept + merged, ABSTRACTS, (), agreed).status == "conflict"


def test_copies_on_which_the_same_voters_agreed_differently_are_a_conflict():
    votes_on = [Vote(ANN, IN, None, 1, KEPT), Vote(BO, OUT, None, 2, KEPT)]
    votes_on += [Vote(ANN, IN, None, 3, MERGED), Vote(BO, OUT, None, 4, MERGED)]
    agreed = [
        Agreement(voter, choice, None, order, frozenset({copy}))
        for order, (voter, choice, copy) in enumerate(
            [(ANN, IN, KEPT), (BO, IN, KEPT), (ANN, OUT, MERGED), (BO, OUT, MERGED)], start=5
        )
    ]
    assert verdict(votes_on[:2], ABSTRACTS, (), agreed[:2]).choice is IN
    assert verdict(votes_on, ABSTRACTS, (), agreed).status == "conflict"


# The order in which rows are passed ------------------------------

votes_on_a_report = st.lists(
    st.tuples(
        st.sampled_from([ANN, BO, CY]),
        st.sampled_from(list(Choice)),
        st.sampled_from([None, *ORDER, 99]),
        st.sampled_from([KEPT, MERGED]),
    ),
    max_size=6,
)
agreements_on_it = st.lists(
    st.tuples(
        st.sampled_from([ANN, BO, CY]), st.sampled_from([IN, OUT]), st.sampled_from([None, *ORDER])
    ),
    max_size=4,
)
any_rules = st.builds(
    Rules,
    votes_needed=st.integers(1, 3),
    maybe_means=st.sampled_from(MAYBE_MEANINGS),
    reasons_differ=st.sampled_from(["first", "conflict"]),
    reason_order=st.permutations(ORDER).map(tuple),
)


@given(votes_on_a_report, agreements_on_it, any_rules, st.randoms(use_true_random=False))
def test_the_verdict_is_independent_of_the_order_of_rows(cast, agreed, rules, random):
    rows = [Vote(who, what, why, n, where) for n, (who, what, why, where) in enumerate(cast)]
    parts = [Agreement(who, what, why, 100 + n) for n, (who, what, why) in enumerate(agreed)]
    first = verdict(rows, rules, (), parts)
    random.shuffle(rows)
    random.shuffle(parts)
    assert verdict(iter(rows), rules, (), iter(parts)) == first


@given(votes_on_a_report, any_rules)
def test_a_verdict_is_final_only_with_a_choice_and_tells_nothing_while_pending(cast, rules):
    rows = [Vote(who, what, why, n, where) for n, (who, what, why, where) in enumerate(cast)]
    found = verdict(rows, rules)
    assert (found.status == "final") == (found.choice is not None) == (found.settled_by == "votes")
    assert (found.status == "pending") == (len({row.voter for row in rows}) < rules.votes_needed)
    if found.status == "pending":
        assert found == PENDING


@given(votes_on_a_report, any_rules)
def test_an_older_vote_of_a_voter_changes_nothing(cast, rules):
    assume(cast)
    rows = [Vote(who, what, why, n, where) for n, (who, what, why, where) in enumerate(cast)]
    older = [replace(row, choice=IN, reason=None, order=-1 - row.order) for row in rows]
    assert verdict(older + rows, rules) == verdict(rows, rules)


def test_two_votes_at_the_same_instant_are_refused_rather_than_guessed():
    with pytest.raises(ValueError, match="Voter 1 has two votes"):
        verdict([Vote(ANN, IN, None, 1), Vote(ANN, OUT, None, 1)], ABSTRACTS)
