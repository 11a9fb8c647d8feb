"""The pace of a team and the day on which it will be through."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from screening.pace import pace

TODAY = date(2026, 3, 28)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def test_two_weeks_of_work_give_the_pace() -> None:
    found = pace({ago(20): 900, ago(13): 70, ago(0): 70}, left=100, today=TODAY)
    assert found is not None
    assert (found.per_day, found.days, found.through) == (10, 14, date(2026, 4, 7))


def test_a_team_that_began_three_days_ago_is_judged_by_three_days() -> None:
    found = pace({ago(2): 30, ago(1): 30, ago(0): 30}, left=31, today=TODAY)
    assert found is not None
    assert (found.per_day, found.days, found.through) == (30, 3, date(2026, 3, 30))


def test_nothing_left_is_through_today() -> None:
    found = pace({TODAY: 5}, left=0, today=TODAY)
    assert found is not None
    assert found.through == TODAY


def test_without_a_vote_in_two_weeks_there_is_no_pace() -> None:
    assert pace({}, left=10, today=TODAY) is None
    assert pace({ago(14): 500}, left=10, today=TODAY) is None


def test_a_day_beyond_ten_years_is_not_named() -> None:
    found = pace({ago(13): 1}, left=100_000, today=TODAY)
    assert found is not None
    assert found.through is None


@given(
    votes=st.dictionaries(st.integers(0, 40), st.integers(1, 500), max_size=20),
    left=st.integers(0, 50_000),
)
def test_at_the_pace_the_votes_left_are_cast_by_that_day_and_not_before(
    votes: dict[int, int], left: int
) -> None:
    found = pace({ago(day): n for day, n in votes.items()}, left, TODAY)
    if found is None or found.through is None:
        return
    days = (found.through - TODAY).days
    assert found.per_day * days >= left - 1e-6
    assert not left or found.per_day * (days - 1) < left
