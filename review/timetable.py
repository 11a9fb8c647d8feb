"""When a scheduled search is due: wall-clock times in a zone, each day's at most once.

A clock that is put forward has no 02:30 on that day; it is due when 02:30 would have been, an hour
later by the new time. A clock that is put back has two; the first counts. So "daily 02:30" comes
once a day all year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
HORIZON = 8 * 366  # days; a 29 February comes at least every eight years


def in_words(minute: str, hour: str, weekday: str, monthday: str, month: str) -> str:
    """A crontab in words; one that has none, set by hand, as it is written."""
    written = f"{minute} {hour} {monthday} {month} {weekday}"
    if not (minute.isdecimal() and hour.isdecimal() and month == "*"):
        return f"crontab {written}"
    at = f"at {int(hour):02d}:{int(minute):02d}"
    if weekday == monthday == "*":
        return f"every day {at}"
    if monthday == "*" and weekday.isdecimal():
        return f"every {WEEKDAYS[int(weekday) % 7]} {at}"
    if weekday == "*" and monthday.isdecimal():
        return f"on day {monthday} of every month {at}"
    return f"crontab {written}"


@dataclass(frozen=True, slots=True)
class Timetable:
    """Wall-clock times as a crontab says them; ``weekdays`` count from Sunday, 0."""

    zone: ZoneInfo
    minutes: frozenset[int]
    hours: frozenset[int]
    weekdays: frozenset[int] = frozenset(range(7))
    monthdays: frozenset[int] = frozenset(range(1, 32))
    months: frozenset[int] = frozenset(range(1, 13))

    def due(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Moments in UTC later than ``after``, up to and including ``until``."""
        day, last = after.astimezone(self.zone).date() - DAY, until.astimezone(self.zone).date()
        while day <= last:
            for moment in self._of_day(day):
                if after < moment <= until:
                    yield moment
            day += DAY

    def following(self, after: datetime, n: int) -> list[datetime]:
        """The next ``n`` moments in UTC; fewer when there are none."""
        return list(islice(self.due(after, after + HORIZON * DAY), n))

    def _of_day(self, day: date) -> list[datetime]:
        if not self._falls_on(day):
            return []
        times = ((hour, minute) for hour in self.hours for minute in self.minutes)
        walls = [datetime(day.year, day.month, day.day, h, m, tzinfo=self.zone) for h, m in times]
        return sorted({wall.astimezone(UTC) for wall in walls})

    def _falls_on(self, day: date) -> bool:
        weekday = day.isoweekday() % 7
        return weekday in self.weekdays and day.day in self.monthdays and day.month in self.months
