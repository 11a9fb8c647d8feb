"""How fast a team screens, and when it will be through at that pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

WINDOW = 14  # days; long enough for a holiday, short enough to notice that somebody joined
FARTHEST = 3650  # days; beyond ten years a date says nothing


@dataclass(frozen=True, slots=True)
class Pace:
    """Votes a day over the last ``days``, and the day on which ``left`` more will be cast."""

    per_day: float
    days: int
    through: date | None


def pace(votes: Mapping[date, int], left: int, today: date) -> Pace | None:
    """Judge by the last two weeks, today included, or by the days since the first vote.

    ``votes`` are numbers by day; None without a vote in that time. ``through`` is None when at
    this pace it takes more than ten years.
    """
    recent = {day: n for day, n in votes.items() if 0 <= (today - day).days < WINDOW}
    if not sum(recent.values()):
        return None
    days = min(WINDOW, (today - min(votes)).days + 1)
    per_day = sum(recent.values()) / days
    needed = ceil(left / per_day)
    return Pace(per_day, days, today + timedelta(needed) if needed <= FARTHEST else None)
