"""When a schedule is due: the same wall-clock time, once on every day that it falls on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django_celery_beat.tzcrontab import TzAwareCrontab
from hypothesis import given
from hypothesis import strategies as st

from review.site.celery import app
from review.timetable import Timetable, in_words

BERLIN = ZoneInfo("Europe/Berlin")
CHANGES = {  # clocks go from 02:00 to 03:00, and from 03:00 back to 02:00
    "forward": datetime(2026, 3, 29, tzinfo=BERLIN),
    "back": datetime(2026, 10, 25, tzinfo=BERLIN),
}


def daily(hour: int = 2, minute: int = 30, zone: ZoneInfo = BERLIN) -> Timetable:
    return Timetable(zone, frozenset({minute}), frozenset({hour}))


def local(moments: list[datetime], zone: ZoneInfo = BERLIN) -> list[str]:
    return [f"{moment.astimezone(zone):%d %H:%M%z}" for moment in moments]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("forward", ["28 02:30+0100", "29 03:30+0200", "30 02:30+0200"]),
        ("back", ["24 02:30+0200", "25 02:30+0200", "26 02:30+0100"]),
    ],
)
def test_daily_half_past_two_comes_once_on_the_days_of_the_change(
    change: str, expected: list[str]
) -> None:
    start = CHANGES[change] - timedelta(days=1)
    assert local(daily().following(start, 3)) == expected


@pytest.mark.parametrize("change", CHANGES)
def test_beat_sends_at_the_same_moments(change: str) -> None:
    """Its own reckoning of a crontab, asked every twenty seconds over the days of the change."""
    start, now = CHANGES[change] - timedelta(days=1), CHANGES[change]

    class Crontab(TzAwareCrontab):  # type: ignore[misc]
        def nowfunc(self) -> datetime:
            return now.astimezone(self.tz)

    cron = Crontab("30", "2", tz=BERLIN, app=app)
    cron.nowfun = cron.nowfunc
    last, sent = start.astimezone(UTC), []
    for step in range(3 * 24 * 180):
        now = start.astimezone(UTC) + timedelta(seconds=20 * step)
        if cron.is_due(last)[0]:
            sent.append(now)
            last = now
    assert local(sent) == local(daily().following(start, 3))


def test_weekly_and_monthly_fall_on_their_days() -> None:
    after = datetime(2026, 11, 22, tzinfo=UTC)
    mondays = Timetable(BERLIN, frozenset({0}), frozenset({6}), weekdays=frozenset({1}))
    assert local(mondays.following(after, 2)) == ["23 06:00+0100", "30 06:00+0100"]
    firsts = Timetable(BERLIN, frozenset({0}), frozenset({6}), monthdays=frozenset({1}))
    assert [f"{m:%b %d}" for m in firsts.following(after, 3)] == ["Dec 01", "Jan 01", "Feb 01"]


def test_what_never_comes_gives_no_time() -> None:
    never = Timetable(
        BERLIN,
        frozenset({0}),
        frozenset({6}),
        monthdays=frozenset({31}),
        months=frozenset({2}),
    )
    assert never.following(datetime(2026, 1, 1, tzinfo=UTC), 3) == []


@given(
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati"]
    ),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_every_local_day_has_exactly_one_moment_of_a_daily_schedule(
    zone: str, hour: int, minute: int, start: datetime
) -> None:
    city = ZoneInfo(zone)
    found = daily(hour, minute, city).following(start, 9)
    days = [moment.astimezone(city).date() for moment in found]
    assert days == [days[0] + timedelta(days=place) for place in range(9)]
    assert found == sorted(found)
    assert found[0] > start


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    cuts=st.lists(st.integers(0, 60 * 24 * 20), min_size=1, max_size=6),
)
def test_however_a_time_is_cut_each_moment_is_due_once(start: datetime, cuts: list[int]) -> None:
    """Whoever asks now and then what came due since gets what one who asks at the end gets."""
    ends = sorted(start + timedelta(minutes=cut) for cut in cuts)
    pieces: list[datetime] = []
    after = start
    for until in ends:
        pieces += daily().due(after, until)
        after = until
    assert pieces == list(daily().due(start, ends[-1]))


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        (("30", "2", "*", "*", "*"), "every day at 02:30"),
        (("0", "6", "1", "*", "*"), "every Monday at 06:00"),
        (("0", "6", "7", "*", "*"), "every Sunday at 06:00"),
        (("5", "18", "*", "15", "*"), "on day 15 of every month at 18:05"),
        (("0", "6", "1-5", "*", "*"), "crontab 0 6 * * 1-5"),
        (("*/5", "6", "*", "*", "*"), "crontab */5 6 * * *"),
        (("0", "6", "*", "1", "1"), "crontab 0 6 1 1 *"),
    ],
)
def test_a_crontab_reads_in_ordinary_words(cron: tuple[str, ...], words: str) -> None:
    assert in_words(*cron) == words
