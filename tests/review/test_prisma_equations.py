"""Each PRISMA equation fails when one of its numbers is off by one, and says by how much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.prisma import Arm, Counts
from tests.review.test_prisma_tally import worked_example

OFF_BY_ONE = [
    ("duplicates", {"E1"}),
    ("excluded_automatic", {"E1"}),
    ("excluded_other", {"E1"}),
    ("records_screened", {"E1", "E2"}),
    ("records_excluded_human", {"E2"}),
    ("records_excluded_automatic", {"E2"}),
    ("database_results", {"E1", "E5 databases"}),
    ("register_results", {"E1", "E5 registers"}),
    ("other_duplicates", {"E6"}),
    ("other_records_excluded", {"E6", "E6 shown"}),
    ("new_reports", {"E7"}),
    ("left.screening_pending", {"E1"}),
    ("left.screening_conflicts", {"E1"}),
    ("left.added_by_splitting", {"E2"}),
    ("left.sought", {"E2", "E3 databases"}),
    ("left.not_retrieved", {"E3 databases"}),
    ("left.retrieval_pending", {"E3 databases"}),
    ("left.full_text_pending", {"E3 databases"}),
    ("left.full_text_conflicts", {"E3 databases"}),
    ("left.assessed", {"E3 databases", "E4 databases"}),
    ("left.ongoing", {"E4 databases"}),
    ("left.awaiting", {"E4 databases"}),
    ("left.included", {"E4 databases", "E7"}),
    ("right.screening_pending", {"E6", "E6 shown"}),
    ("right.screening_conflicts", {"E6", "E6 shown"}),
    ("right.added_by_splitting", {"E6", "E6 shown"}),
    ("right.sought", {"E3 other methods", "E6", "E6 shown"}),
    ("right.not_retrieved", {"E3 other methods"}),
    ("right.assessed", {"E3 other methods", "E4 other methods"}),
    ("right.included", {"E4 other methods", "E7"}),
]


def changed(counts: Counts, name: str, by: int) -> Counts:
    arm, _, inner = name.rpartition(".")
    if arm:
        part: Arm = getattr(counts, arm)
        return replace(counts, **{arm: replace(part, **{inner: getattr(part, inner) + by})})
    return replace(counts, **{name: getattr(counts, name) + by})


def broken(counts: Counts) -> set[str]:
    return {equation.name for equation in counts.equations if not equation.holds}


def test_every_equation_of_the_worked_example_holds() -> None:
    assert broken(worked_example()) == set()


@pytest.mark.parametrize(("name", "equations"), OFF_BY_ONE)
def test_one_more_breaks_exactly_the_equations_of_that_number(
    name: str, equations: set[str]
) -> None:
    assert broken(changed(worked_example(), name, +1)) == equations


@pytest.mark.parametrize(
    ("field", "values", "equations"),
    [
        ("database_specific_results", {"PubMed": 703, "Embase": 480}, {"E5 databases"}),
        ("register_specific_results", {}, {"E5 registers"}),
        ("other_raw", {"citation": 26, "other": 6}, {"E6"}),
        ("other_net", {"citation": 11, "other": 3}, {"E6 shown"}),
    ],
)
def test_a_wrong_number_per_source_breaks_the_sum_over_sources(
    field: str, values: dict[str, int], equations: set[str]
) -> None:
    assert broken(replace(worked_example(), **{field: values})) == equations


@pytest.mark.parametrize("arm", ["left", "right"])
def test_an_exclusion_more_than_the_reasons_say_breaks_the_assessed_reports(arm: str) -> None:
    counts = worked_example()
    part: Arm = getattr(counts, arm)
    more = {**part.excluded, "Wrong dose": 1}
    name = {"left": "E4 databases", "right": "E4 other methods"}[arm]
    assert broken(replace(counts, **{arm: replace(part, excluded=more)})) == {name}


def test_more_studies_than_reports_is_impossible() -> None:
    assert broken(replace(worked_example(), new_studies=16)) == {"E8"}


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (Counts(duplicates=-2, records_screened=2), "duplicates is −2"),
        (
            Counts(left=Arm(excluded={"Not a trial": -1}, included=1)),
            "dbr excluded Not a trial is −1",
        ),
        (Counts(right=Arm(ongoing=1.5)), "other ongoing is 1.5"),  # type: ignore[arg-type]
        (Counts(other_raw={"website": -1}, other_duplicates=-1), "other_duplicates is −1"),
    ],
)
def test_a_negative_or_broken_number_is_named(counts: Counts, text: str) -> None:
    first = counts.equations[0]
    assert (first.name, first.holds) == ("E0", False)
    assert text in first.text


def test_an_equation_writes_its_numbers_out() -> None:
    texts = {equation.name: equation.text for equation in worked_example().equations}
    assert texts["E1"] == "1,204 = 95 + 10 + 2 + 1,054 + 40 + 3"
    assert texts["E2"] == "131 = 1,054 + 2 − 900 − 25"
    assert texts["E8"] == "11 ≤ 15"


def test_a_broken_equation_writes_both_sums() -> None:
    counts = changed(worked_example(), "database_results", -5)
    assert counts.equations[1].text == "1,199 ≠ 95 + 10 + 2 + 1,054 + 40 + 3 (which is 1,204)"
