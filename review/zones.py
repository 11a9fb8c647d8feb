"""Time zones: which there are, and by which clock a person reads times.

Instants are stored in UTC. Each person sees them by their own clock, with its zone named, so that
a lead in Auckland and a reviewer in Los Angeles mean the same instant when they speak of one.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones


@cache
def zones() -> list[tuple[str, str]]:
    """Time zones by the name of a city, and UTC: value and label."""
    cities = (z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in ("UTC", *sorted(cities))]


def zone_of(user: Any) -> ZoneInfo | None:
    """The zone that a person chose; None for the site's, also when theirs is not known here."""
    name = getattr(user, "zone", "")
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError):  # this server's table of zones is older than the choice
        return None
