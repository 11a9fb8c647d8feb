"""The limiter: however many workers ask, their requests to NCBI start one spacing apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from review.models import PubmedSlot
from review.services import limiter
from tests.pubmed_runs import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    fake = Clock()
    monkeypatch.setattr(limiter, "time", fake)
    yield fake


def test_requests_start_one_spacing_apart(clock: Clock) -> None:
    starts = []
    for _ in range(4):
        limiter.wait_for_slot("ip", 0.4)
        starts.append(round(clock.now, 3))
    assert starts == [1000.0, 1000.4, 1000.8, 1001.2]


def test_time_spent_elsewhere_is_not_waited_for_again(clock: Clock) -> None:
    limiter.wait_for_slot("ip", 0.4)
    clock.now += 10
    assert limiter.wait_for_slot("ip", 0.4) == 0.0


def test_each_key_has_a_limit_of_its_own(clock: Clock) -> None:
    limiter.wait_for_slot("ip", 0.4)
    assert limiter.wait_for_slot("another key", 0.11) == 0.0


def test_too_many_requests_hold_up_every_worker(clock: Clock) -> None:
    limiter.wait_for_slot("ip", 0.4)
    limiter.push_back("ip", 5.0)
    assert limiter.wait_for_slot("ip", 0.4) == pytest.approx(5.0)


def test_shorter_pause_does_not_cut_a_longer_one(clock: Clock) -> None:
    limiter.wait_for_slot("ip", 0.4)
    limiter.push_back("ip", 5.0)
    limiter.push_back("ip", 1.0)
    assert PubmedSlot.objects.get().next_free_at == pytest.approx(1005.0)


def test_slot_that_another_worker_took_first_is_asked_for_again(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers read the same free slot; the guarded UPDATE lets one of them have it."""
    real = PubmedSlot.objects.get_or_create
    raced: list[bool] = []

    def race(**values: str) -> tuple[PubmedSlot, bool]:
        found = real(**values)
        if not raced:
            raced.append(True)
            PubmedSlot.objects.update(next_free_at=clock.now + 0.4)
        return found

    monkeypatch.setattr(PubmedSlot.objects, "get_or_create", race)
    assert limiter.wait_for_slot("ip", 0.4) == pytest.approx(0.4)


def test_spacings_stay_below_what_ncbi_allows() -> None:
    """Three requests a second per address, ten with a key (NCBI, usage guidelines)."""
    assert 1 / limiter.SPACING < 3
    assert 1 / limiter.SPACING_WITH_KEY < 10


def test_who_waits_already_obeys_a_pause_that_another_was_asked_for(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter.wait_for_slot("ip", 0.4)
    asleep: list[float] = []

    def sleep(seconds: float) -> None:
        clock.now += seconds
        if not asleep:
            limiter.push_back("ip", 5.0)
        asleep.append(seconds)

    monkeypatch.setattr(clock, "sleep", sleep)
    assert limiter.wait_for_slot("ip", 0.4) == pytest.approx(5.4)


def test_long_pauses_are_shown_in_slices_and_may_be_given_up(clock: Clock) -> None:
    limiter.wait_for_slot("ip", 0.4)
    limiter.push_back("ip", 12.0)
    shown: list[float] = []

    def show(seconds: float) -> None:
        shown.append(round(seconds))
        if len(shown) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        limiter.wait_for_slot("ip", 0.4, show)
    assert shown == [12, 7, 2]


def test_turns_of_less_than_a_second_are_not_shown(clock: Clock) -> None:
    shown: list[float] = []
    for _ in range(3):
        limiter.wait_for_slot("ip", 0.4, shown.append)
    assert shown == []


def test_no_pause_is_longer_than_our_patience(clock: Clock) -> None:
    limiter.wait_for_slot("ip", 0.4)
    limiter.push_back("ip", 86_400)
    assert limiter.wait_for_slot("ip", 0.4) == pytest.approx(limiter.PATIENCE)


def test_clock_that_was_set_back_blocks_nobody(clock: Clock) -> None:
    limiter.wait_for_slot("ip", 0.4)
    clock.now -= 3_600
    assert limiter.wait_for_slot("ip", 0.4) == 0.0
    limiter.push_back("ip", 5.0)
    assert limiter.wait_for_slot("ip", 0.4) == pytest.approx(5.0)


def test_turn_that_was_taken_too_slowly_is_given_up_for_a_later_one(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written late, a turn would begin close to the next one."""
    real = PubmedSlot.objects.filter
    delays = iter([0.3, 0, 0, 0.3, 0])

    def slow(**values: object) -> object:
        clock.now += next(delays, 0)
        return real(**values)

    monkeypatch.setattr(PubmedSlot.objects, "filter", slow)
    starts = []
    for _ in range(5):
        limiter.wait_for_slot("ip", 0.4)
        starts.append(clock.now)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert all(gap >= 0.4 * (1 - limiter.LATE) for gap in gaps)


def test_database_that_is_always_slow_stops_nobody(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = PubmedSlot.objects.filter

    def slow(**values: object) -> object:
        clock.now += 0.3
        return real(**values)

    monkeypatch.setattr(PubmedSlot.objects, "filter", slow)
    began = clock.now
    for _ in range(10):
        limiter.wait_for_slot("ip", 0.4)
    assert 4 <= clock.now - began < 14
