"""Agreement: published examples to four digits, and what holds for any votes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.agreement import (
    Agreement,
    Estimate,
    Table,
    ac1,
    agreement,
    crosstab,
    kappa,
    linear_weights,
    pabak,
    pooled,
)

# Two abstractors, three diagnoses: the data cont3x3abstractors of the R package irrCAC, with
# what its overview prints for them (Gwet, Handbook of Inter-Rater Reliability, 2014).
ABSTRACTORS: Table = ((13, 0, 0), (0, 20, 7), (0, 4, 56))
# Two dermatologists, four grades: "Agreement study" in the SAS/STAT guide to PROC FREQ.
SKIN: Table = ((10, 4, 1, 0), (5, 10, 12, 2), (2, 4, 12, 5), (0, 2, 6, 13))
# Two raters of 100 patients: Fleiss, Statistical Methods for Rates and Proportions, 1981, p. 213.
FLEISS: Table = ((75, 1, 4), (5, 4, 1), (0, 0, 10))

counts = st.integers(0, 60)
two_by_two = st.tuples(st.tuples(counts, counts), st.tuples(counts, counts))


def near(found: Estimate | None, value: float, error: float, low: float, high: float) -> None:
    assert found is not None
    assert [found.value, found.error, found.low, found.high] == [
        pytest.approx(each, abs=0.00006) for each in (value, error, low, high)
    ]


def test_kappa_equals_three_published_examples() -> None:
    near(kappa(ABSTRACTORS), 0.79641, 0.05891, 0.68095, 0.91187)
    near(kappa(SKIN), 0.3449, 0.0724, 0.2030, 0.4868)
    near(kappa(FLEISS), 0.6765, 0.0877, 0.5046, 0.8484)


def test_weighted_kappa_equals_two_published_examples() -> None:
    near(kappa(SKIN, linear_weights(4)), 0.5082, 0.0655, 0.3798, 0.6366)
    near(kappa(FLEISS, linear_weights(3)), 0.7222, 0.0843, 0.5570, 0.8874)


def test_ac1_equals_a_published_example() -> None:
    near(ac1(ABSTRACTORS), 0.84933, 0.04322, 0.76358, 0.93508)


def test_pabak_equals_a_published_example() -> None:
    near(pabak(ABSTRACTORS), 0.835, 0.046933, 0.74187, 0.92813)


def test_rare_includes_make_kappa_small_where_reviewers_agree() -> None:
    """The paradox: 85 of 100 alike in both; kappa .70 with even margins, .32 with skewed ones
    (Feinstein & Cicchetti 1990), while PABAK is .70 in both (Byrt and others 1993)."""
    even, skewed = agreement(((40, 9), (6, 45))), agreement(((80, 10), (5, 5)))
    assert (even.observed, skewed.observed) == (pytest.approx(0.85), pytest.approx(0.85))
    assert [round(each.kappa.value, 2) for each in (even, skewed) if each.kappa] == [0.70, 0.32]
    assert [round(each.pabak.value, 2) for each in (even, skewed) if each.pabak] == [0.70, 0.70]
    assert (skewed.prevalence_index, skewed.bias_index) == (0.75, 0.05)
    assert (skewed.positive, skewed.negative) == (pytest.approx(160 / 175), pytest.approx(10 / 25))


def test_where_everybody_excluded_everything_kappa_is_not_estimable() -> None:
    found = agreement(((0, 0), (0, 30)))
    assert (found.n, found.observed, found.kappa) == (30, 1.0, None)
    assert found.ac1 is not None
    assert found.ac1.value == 1.0
    assert found.positive is None


def test_without_votes_nothing_is_estimable() -> None:
    assert agreement(((0, 0), (0, 0))) == Agreement(0, None, None, None, None)
    assert pooled([]) == pooled([((0, 0), (0, 0))]) == (0, None, None)


def test_one_report_has_an_ac1_without_an_interval() -> None:
    assert ac1(((1, 0), (0, 0))) == Estimate(1.0)


def test_a_vote_that_is_no_category_is_refused() -> None:
    with pytest.raises(ValueError, match="maybe"):
        crosstab([("include", "maybe")], ["include", "exclude"])


def test_rows_are_the_first_reviewers_and_columns_the_seconds() -> None:
    votes = [("in", "in"), ("in", "out"), ("in", "out"), ("out", "out")]
    assert crosstab(votes, ["in", "out"]) == ((1, 2), (0, 1))


def test_all_pairs_together_count_each_pair_of_votes_once() -> None:
    n, observed, value = pooled([((8, 1), (1, 10)), ((5, 0), (2, 3))])
    assert (n, observed) == (30, pytest.approx(26 / 30))
    together = ac1(((13, 1), (3, 13)))
    assert together is not None
    assert value == pytest.approx(together.value)


@given(two_by_two)
def test_who_is_called_first_does_not_matter(table: Table) -> None:
    turned = tuple(zip(*table, strict=True))
    here, there = agreement(table), agreement(turned)
    for mine, theirs in (
        (here.kappa, there.kappa),
        (here.pabak, there.pabak),
        (here.ac1, there.ac1),
    ):
        assert (mine is None) == (theirs is None)
        if mine and theirs:
            assert mine.value == pytest.approx(theirs.value)
            assert mine.error == pytest.approx(theirs.error, abs=1e-9)


@given(two_by_two)
def test_no_coefficient_exceeds_one_and_only_full_agreement_reaches_it(table: Table) -> None:
    found = agreement(table)
    for each in (found.kappa, found.pabak, found.ac1):
        if each is not None:
            assert each.value <= 1 + 1e-12
            assert (each.value > 1 - 1e-9) == (found.observed == 1)
    if found.ac1 is not None and found.ac1.high is not None:
        assert found.ac1.high <= 1
