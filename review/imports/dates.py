"""Dates of publication as vendors write them, turned into what PubMed prints: "2016 Sep 4"."""

from __future__ import annotations

import re

from review.imports.texts import one_line
from review.pubmed.dates import MONTHS, first_year

_NUMBERS = re.compile(r"(\d{4})[/-](\d{1,2})(?:[/-](\d{1,2})?)?(?:$|[/T ].*)")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9}) (?:(\d{1,2}),? )?(\d{4})")
_HYPHENED = re.compile(r"(\d{4})-([A-Z][a-z]{2,8})(?:-(\d{1,2}))?")
_ONLY_YEAR = re.compile(r"(\d{4})(?:\.0)?[/-]*")
_SHOUTED = re.compile(r"[A-Z]{3,9}")


def printed(text: str, year: str = "") -> str:
    """Write a date: "2016/09//" as "2016 Sep", "Jun" of 2011 as "2011 Jun", others as they are."""
    text = one_line(text)
    if only := _ONLY_YEAR.fullmatch(text):
        return only[1]
    numbers = _NUMBERS.fullmatch(text)
    if numbers and 1 <= int(numbers[2]) <= 12:
        day = (numbers[3] or "").lstrip("0")
        return f"{numbers[1]} {MONTHS[int(numbers[2]) - 1]} {day}".strip()
    text = _SHOUTED.sub(lambda found: found[0].title(), text)
    if last := _MONTH_FIRST.fullmatch(text):
        return " ".join(part for part in (last[3], last[1], last[2]) if part)
    if hyphened := _HYPHENED.fullmatch(text):
        return " ".join(part for part in hyphened.groups() if part)
    if year and text and first_year(text) is None:
        return f"{year} {text}"
    return text


def of_parts(year: str, month: str, day: str) -> str:
    """Write a date that stood in columns of its own."""
    if month.isdecimal() and 1 <= int(month) <= 12:
        month = MONTHS[int(month) - 1]
    return " ".join(part for part in (year, month, day.lstrip("0")) if part)
