"""From what a person typed to what is stored, or a sentence saying why not.

Numbers are stored as text with the digits that were given ("12.50" stays "12.50"). A point is
the decimal sign. Thousands may be set apart by commas or spaces in groups of three ("1,234",
"1 234.5"); any other comma ("1,5", "0,123", "1.234,5") could mean two numbers and is refused.
Exponents, units, bounds ("<0.05") and ranges are refused: a value is one number.

Dates are ISO 8601, of which the day, or the month and the day, may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from extraction.schema.field import YES_NO_UNCLEAR, BadValue, Data, Field, Kind

LONGEST_TEXT = 20_000
LONGEST_NUMBER = 40
YEARS = range(1800, 2101)

_SPACES = re.compile("[ \u00a0\u2007\u2009\u202f]")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?:(?P<mark>[, ])[0-9]{3})"
    r"(?:(?P=mark)[0-9]{3})*)(?:\.(?P<part>[0-9]+))?|\.(?P<only>[0-9]+))"
)
_COMMA_NUMBER = re.compile(r"[+-]?[0-9. ,]*,[0-9. ,]*")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
# Controls except tab and line feed, and halves of characters: PostgreSQL refuses NUL, XLSX all.
CANNOT_BE_STORED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def clean_value(field: Field, raw: Any) -> Data | None:
    """The value to store, or None when nothing was entered. Raises BadValue.

    ``raw`` is text, for several choices a list of texts; whole numbers and Decimal are read too.
    """
    if isinstance(raw, list | tuple):
        if field.kind is not Kind.MULTIPLE:
            raise BadValue(f"{field.label} takes one value; you entered {len(raw)}.")
        return _multiple(field, [str(each).strip() for each in raw if str(each).strip()])
    text = "" if raw is None else str(raw).strip()
    if not text:
        return None
    return _READERS[field.kind](field, text)


def read_number(text: str) -> str | None:
    """The number as plain digits ("-1234.50"), or None if it is not one number for certain."""
    text = _SPACES.sub(" ", text.strip()).replace("\u2212", "-")
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > LONGEST_NUMBER:
        return None
    whole = re.sub("[, ]", "", match["whole"] or "0").lstrip("0") or "0"
    part = match["part"] or match["only"]
    digits = f"{whole}.{part}" if part else whole
    return f"-{digits}" if match["sign"] == "-" and Decimal(digits) else digits


def _number(field: Field, text: str) -> str:
    digits = read_number(text)
    if digits is None:
        raise BadValue(f"{field.label} must be one number{_advice(field, text)}")
    value = Decimal(digits)
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise BadValue(f"{field.label} must be {_range(field)}; you entered {_short(text)}.")
    return digits


def _advice(field: Field, text: str) -> str:
    entered = f"; you entered “{_short(text)}”."
    if _COMMA_NUMBER.fullmatch(text):
        return (
            f"{entered} Write the decimal sign as a point, and use commas for thousands only: "
            "1.5 or 1,500."
        )
    if field.unit and text.casefold().endswith(field.unit.casefold()):
        return f"{entered} Leave out the unit, it is always {field.unit}."
    return f" such as 12 or 0.5{entered} Put words, limits and ranges into the quote."


def _range(field: Field) -> str:
    unit = f" {field.unit}" if field.unit else ""
    if field.minimum is None:
        return f"at most {field.maximum:,}{unit}"
    if field.maximum is None:
        return f"at least {field.minimum:,}{unit}"
    return f"between {field.minimum:,} and {field.maximum:,}{unit}"


def _text(field: Field, text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST_TEXT:
        raise BadValue(f"{field.label} has {len(text):,} characters; it can hold {LONGEST_TEXT:,}.")
    if found := CANNOT_BE_STORED.search(text):
        near = text[max(0, found.start() - 20) : found.start()]
        where = f"after “{near}”" if near else "at the start"
        raise BadValue(
            f"{field.label} has an invisible character {where} that cannot be stored. "
            "Delete it and type the text there again."
        )
    return text


def _choice(field: Field, text: str) -> str:
    if text not in field.options:
        raise BadValue(
            f"{field.label} must be one of: {'; '.join(field.options)}. "
            f"You entered “{_short(text)}”."
        )
    return text


def _multiple(field: Field, chosen: list[str]) -> list[str] | None:
    for text in chosen:
        _choice(field, text)
    return [option for option in field.options if option in chosen] or None


def _date(field: Field, text: str) -> str:
    match = _DATE.fullmatch(text)
    if match is None:
        raise BadValue(
            f"{field.label} must be a date such as 2024, 2024-03 or 2024-03-15; "
            f"you entered “{_short(text)}”."
        )
    year, month, day = (int(group) if group else 1 for group in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        raise BadValue(f"{field.label}: there is no date {text}.") from None
    if year not in YEARS:
        raise BadValue(
            f"{field.label} must have a year from {YEARS[0]} to {YEARS[-1]}; you entered {text}."
        )
    return text


def _yes_no_unclear(field: Field, text: str) -> str:
    answer = text.casefold()
    if answer not in YES_NO_UNCLEAR:
        raise BadValue(f"{field.label} must be yes, no or unclear; you entered “{_short(text)}”.")
    return answer


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


_READERS: dict[Kind, Callable[[Field, str], Data | None]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.CHOICE: _choice,
    Kind.MULTIPLE: lambda field, text: _multiple(field, [text]),
    Kind.DATE: _date,
    Kind.YES_NO_UNCLEAR: _yes_no_unclear,
}
