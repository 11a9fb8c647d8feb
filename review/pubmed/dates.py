"""Dates as PubMed prints them: "2024 Jan 12", "1998 Nov-Dec", "2012 Spring"."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from review.pubmed.nodes import at, text

_YEAR = re.compile(r"(?<!\d)(1[5-9]|20|21)\d\d(?!\d)")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def printed(node: Any) -> str:
    """Write a PubDate, ArticleDate or ContributionDate; "" for none."""
    if loose := text(node, "MedlineDate"):
        return loose
    month = text(node, "Month")
    number = _month(month)
    parts = (
        text(node, "Year"),
        MONTHS[number - 1] if number else month,
        text(node, "Season"),
        text(node, "Day").lstrip("0"),
    )
    return " ".join(part for part in parts if part)


def first_year(written: str) -> int | None:
    """Find the first year in a printed date: 1998 in "1998 Dec-1999 Jan"."""
    match = _YEAR.search(written)
    return int(match[0]) if match else None


def day(node: Any, *path: str) -> date | None:
    """Read a full date such as DateRevised; None if missing or impossible."""
    found = at(node, *path)
    try:
        return date(int(text(found, "Year")), _month(text(found, "Month")), int(text(found, "Day")))
    except ValueError:
        return None


def _month(word: str) -> int:
    """Number a month from "06", "6", "Jun" or "June"; 0 if it is none."""
    if word.isdecimal():
        return int(word) if 1 <= int(word) <= 12 else 0
    return next((n for n, name in enumerate(MONTHS, 1) if name == word[:3].title()), 0)
