"""The order of chance: complete, fixed, another one for each person, and really mixed."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.shuffle import GROUPS, WITHIN, rank, stretches

SEEDS = st.text(min_size=1, max_size=20)


def order(seed: str, last: int, start: int = 0) -> list[int]:
    return list(itertools.chain.from_iterable(stretches(seed, last, start)))


@given(seed=SEEDS, last=st.integers(0, 3000))
def test_every_place_comes_exactly_once(seed: str, last: int) -> None:
    assert sorted(order(seed, last)) == list(range(1, last + 1))


@given(seed=SEEDS, last=st.integers(1, 3000))
def test_places_come_by_rank(seed: str, last: int) -> None:
    found = order(seed, last)
    assert found == sorted(found, key=lambda place: (rank(seed, place), place))


@given(seed=SEEDS, last=st.integers(1, 2000), more=st.integers(1, 500))
def test_what_arrives_later_changes_nothing_in_the_order_of_the_others(
    seed: str, last: int, more: int
) -> None:
    longer = [place for place in order(seed, last + more) if place <= last]
    assert longer == order(seed, last)


@given(seed=SEEDS, last=st.integers(1, 2000), at=st.integers(1, 2000))
def test_who_has_come_far_goes_on_from_there_and_then_round(seed: str, last: int, at: int) -> None:
    start = rank(seed, at)
    whole, found = order(seed, last), order(seed, last, start)
    assert sorted(found) == sorted(whole)
    ahead = [place for place in whole if rank(seed, place) // WITHIN >= start // WITHIN]
    assert found[: len(ahead)] == ahead


@given(seed=SEEDS, place=st.integers(1, 10_000_000))
def test_a_rank_fits_its_column(seed: str, place: int) -> None:
    assert 0 <= rank(seed, place) < GROUPS * WITHIN < 2**31


def test_the_order_of_a_seed_is_the_same_for_ever() -> None:
    """A review goes on for years: a new version must not shuffle anybody's queue again."""
    assert order("4711 7", 12) == [9, 4, 8, 5, 11, 10, 3, 12, 6, 7, 1, 2]
    assert rank("4711 7", 5) == 238397412


@pytest.mark.parametrize("last", [50, 3117, 20_000])
def test_neighbours_by_arrival_are_far_apart(last: int) -> None:
    """Of 50 reports in a row about as many come from each fifth of the arrivals as by chance."""
    found = order("4711 7", last)
    for start in range(0, last - 49, max(50, last // 20)):
        fifths = [0] * 5
        for place in found[start : start + 50]:
            fifths[(place - 1) * 5 // last] += 1
        assert min(fifths) >= 2, (start, fifths)


def test_two_people_have_two_orders() -> None:
    anns, bos = order("4711 7", 1000), order("4711 8", 1000)
    assert anns != bos
    same = sum(one == other for one, other in zip(anns, bos, strict=True))
    followed = set(itertools.pairwise(anns)) & set(itertools.pairwise(bos))
    assert same < 20 and len(followed) < 20
