"""A row of a table as an entry, by the fields of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from review.imports import dates, names, votes
from review.imports.cells import Cell, citation
from review.imports.columns import Column
from review.imports.entry import EXCLUDE, FULL_TEXT, TITLE_ABSTRACT, Entry, Vote
from review.imports.lists import parted
from review.imports.texts import one_line
from review.tables import unguard

DECISIONS = ("vote", "vote of", "settled", "reviewer", "reason", "label", "remark")
_DATE_PARTS = ("month", "day")
_LISTS = ("keyword", "mesh", "type", "registration")

# "Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014", as Embase has it.
_SOURCE = re.compile(
    r"(?P<journal>.{1,300}?) \((?P<year>\d{4})\)"
    r"(?: (?P<volume>[\w-]{1,20}))?(?::(?P<issue>[\w /-]{1,30}?))?"
    r"(?: \((?P<pages>[\w ,-]{1,40})\))?(?:\.| |$)"
)


def entry(columns: Sequence[Column], row: Sequence[str], line: int) -> Entry | None:
    """Read a row; None when it is empty. Cells beyond the last column are kept as extras."""
    held = [
        (column, unguard(text))
        for column, text in zip(columns, row, strict=False)
        if text and not text.isspace()
    ]
    beyond = [("beyond the last column", text) for text in row[len(columns) :] if text.strip()]
    if not held and not beyond:
        return None
    cells = [cell for column, text in held for cell in _cells(column, text)]
    if not any(name == "published" for name, _ in cells):
        cells += _date(held)
    notes = [text for column, text in held if column.field == "note"]
    cast, labels = votes.in_notes(notes)
    labels += tuple(label for text in _of(held, "label") for label in votes.listed(text))
    return Entry(
        citation([*cells, *beyond]),
        line,
        (*cast, *_votes(held)),
        tuple(dict.fromkeys(labels)),
    )


def same_record(one: Entry, other: Entry) -> bool:
    """Whether two rows are one record with a line for each reviewer."""
    a, b = one.citation, other.citation
    named = bool(a.identifier or a.title)
    return named and (a.identifier, a.title, a.doi) == (b.identifier, b.title, b.doi)


def _cells(column: Column, text: str) -> Iterator[Cell]:
    field = column.field
    if field in DECISIONS or field in _DATE_PARTS:
        return
    if field == "author":
        yield from (("author", name) for name in names.several(text))
    elif field == "source":
        yield from _source(text)
    elif field in _LISTS:
        yield from ((field, part) for part in parted(text))
    else:
        yield field or one_line(column.header) or "column without a header", text


def _source(text: str) -> Iterator[Cell]:
    match = _SOURCE.match(one_line(text))
    if match is None:
        yield "journal", text
        return
    yield from ((name, value) for name, value in match.groupdict().items() if value)
    if rest := one_line(text)[match.end() :].strip():
        yield "source", rest


def _date(held: Iterable[tuple[Column, str]]) -> list[Cell]:
    """The date whose parts stand in columns of their own."""
    part = {column.field: one_line(text) for column, text in held}
    if "month" not in part:
        return []
    year = part.get("year", "").removesuffix(".0")
    return [("published", dates.of_parts(year, part["month"], part.get("day", "")))]


def _of(held: Iterable[tuple[Column, str]], field: str) -> list[str]:
    return [text for column, text in held if column.field == field]


def _votes(held: Sequence[tuple[Column, str]]) -> Iterator[Vote]:
    """The decisions in a row: of the row's reviewer, of those in headers, of the team."""
    person = one_line(" ".join(_of(held, "reviewer")))
    reasons = tuple(reason for text in _of(held, "reason") for reason in votes.listed(text))
    note = one_line(" ".join(_of(held, "remark")))
    for column, text in held:
        if column.field not in ("vote", "vote of", "settled"):
            continue
        choice = votes.choice_in(text, asreview=column.asreview)
        if not choice:
            continue
        name = column.reviewer if column.field == "vote of" else person
        team = column.field == "settled" or votes.is_team(name)
        given = reasons if choice == EXCLUDE else ()
        yield Vote(choice, "" if team else name, _stage(column.header), given, note, team)


def _stage(header: str) -> str:
    words = header.lower().replace("_", " ")
    if "full" in words and "text" in words:
        return FULL_TEXT
    return TITLE_ABSTRACT if "abstract" in words else ""
