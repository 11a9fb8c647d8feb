"""CSV and TSV: comma, semicolon, tab or bar; quotes that never close do not eat the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from review.imports import columns, rows
from review.imports.columns import Column
from review.imports.entry import Entry, Refused, Vote
from review.imports.limits import LONGEST_VALUE, MOST_COLUMNS
from review.imports.source import Source

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
Row = tuple[int, list[str]]  # the line where it begins, and its cells

TOO_WIDE = f"The table has more than {MOST_COLUMNS} columns. Keep those that matter."

_LONGEST_RECORD = 2000  # lines that one row may span: more is a quote that never closes
_MOST_REPAIRS = 20
_HEAD = 20  # rows among which the headers are looked for

_DATA = re.compile(r"\b(?:1[5-9]|20)\d\d\b|10\.\d{4}/|^\d+$")

csv.field_size_limit(LONGEST_VALUE)


def read(source: Source, delimiter: str, chosen: Sequence[Column]) -> Iterator[Entry]:
    """Yield the entries of a CSV or TSV file; ``chosen`` are its columns if somebody chose them."""
    yield from entries(cut(source, delimiter), chosen, source)


def cut(source: Source, delimiter: str) -> Iterator[Row]:
    """Cut a file into rows. A quote that is no cell's beginning or end is text, and noted."""
    lines = _Lines(source.lines())
    repairs = 0
    while True:
        number = lines.number + 1
        lines.begin()
        try:
            row = next(csv.reader(lines, delimiter=delimiter, strict=True), None)
            stray = lines.cut_off
        except csv.Error:
            row, stray = [], True
        if row is None:
            return
        if stray:
            what = "A quotation mark in this row is not where one may stand."
            source.problems.add(what, "It was read as text; look at the row.", number)
            repairs += lines.gave_back()
            if repairs > _MOST_REPAIRS:
                raise Refused(
                    "Too many rows have quotation marks that never close, so nobody can tell "
                    "where a row ends. Export the file again, or save it as .xlsx."
                )
            row = _loosely(lines.first, delimiter)
        yield number, row


def _loosely(line: str, delimiter: str) -> list[str]:
    """Cut one line: a quote closes a cell only where the cell ends, any other is text."""
    cells: list[str] = []
    at, sign = 0, re.escape(delimiter)
    closing, bare = re.compile(rf'"(?={sign}|$)'), re.compile(rf"[^{sign}]*")
    closes = True
    while at <= len(line):
        quoted = line.startswith('"', at)
        end = closing.search(line, at + 1) if quoted and closes else None
        if end is None:
            closes = closes and not quoted  # nor will one be found from any later place
            end = bare.match(line, at)
            text = end[0] if end else ""
        else:
            text = line[at + 1 : end.start()]
        cells.append(text.replace('""', '"'))
        at = (end.end() if end else len(line)) + 1
    return cells


class _Lines:
    """Lines for the csv module, which can be given back when a quote swallowed them."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._lines = iter(lines)
        self._again: list[str] = []
        self._taken: list[str] = []
        self.number = 0
        self.cut_off = False  # the row ended because its quotes go on for too long, or for ever

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= _LONGEST_RECORD:
            self.cut_off = True
            raise StopIteration
        line = self._again.pop() if self._again else self._next()
        self.number += 1
        self._taken.append(line)
        return line

    def _next(self) -> str:
        try:
            return next(self._lines)[1] + "\n"
        except StopIteration:
            self.cut_off = bool(self._taken)
            raise

    @property
    def first(self) -> str:
        """The first line of the row, without its end."""
        return self._taken[0].rstrip("\n")

    def begin(self) -> None:
        """Begin a row."""
        self._taken, self.cut_off = [], False

    def gave_back(self) -> bool:
        """Give back all lines but the row's first; whether there were any."""
        others = self._taken[1:]
        self._again.extend(reversed(others))
        self.number -= len(others)
        return bool(others)


def delimiter_of(head: str) -> str:
    """Guess what parts the columns, from the first lines of a file."""
    lines = [line for line in head.split("\n")[:_HEAD] if line.strip()]
    named = {
        sign: max((columns.recognised(_split(line, sign)) for line in lines), default=0)
        for sign in DELIMITERS
    }
    best = max(named, key=lambda sign: named[sign])
    if named[best] >= 2:
        return best
    return max(DELIMITERS, key=lambda sign: sum(line.count(sign) for line in lines))


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def headers_of(found: Iterator[Row]) -> tuple[list[Row], int, list[str]]:
    """Find the row of headers among the first: those rows, its place, its cells.

    It is the row that names most fields, else the first unless it looks like data; then the place
    is -1 and the columns have numbers.
    """
    head = list(islice(found, _HEAD))
    counts = [columns.recognised(row) for _, row in head]
    if any(counts):
        place = counts.index(max(counts))
        return head, place, head[place][1]
    if head and not any(_DATA.search(cell) or len(cell) > 60 for cell in head[0][1]):
        return head, 0, head[0][1]
    width = max((len(row) for _, row in head), default=0)
    return head, -1, [f"Column {number}" for number in range(1, width + 1)]


def entries(found: Iterator[Row], chosen: Sequence[Column], source: Source) -> Iterator[Entry]:
    """Yield the entries of rows; rows of one record, one for each reviewer, become one entry."""
    head, place, headers = headers_of(found)
    if len(headers) > MOST_COLUMNS:
        raise Refused(TOO_WIDE)
    cols = tuple(chosen) if len(chosen) == len(headers) else columns.guess(headers)
    by_reviewer = any(column.field == "reviewer" for column in cols)
    for line, row in head[: max(place, 0)]:
        if any(cell.strip() for cell in row):
            what = "This row stands above the headers."
            source.problems.add(what, "It was left out.", line)
    yield from _together(_of_rows(cols, chain(head[place + 1 :], found)), by_reviewer, source)


def _of_rows(cols: Sequence[Column], found: Iterable[Row]) -> Iterator[Entry]:
    for line, row in found:
        if (new := rows.entry(cols, row, line)) is not None:
            yield new


def _together(found: Iterable[Entry], by_reviewer: bool, source: Source) -> Iterator[Entry]:
    """Put the votes of rows that follow each other and are of one record together."""
    last: Entry | None = None
    cast: list[Vote] = []
    for new in found:
        if last is not None and by_reviewer and rows.same_record(last, new):
            cast += new.votes
            continue
        source.marks += 1
        if last is not None:
            yield replace(last, votes=tuple(cast))
        last, cast = new, [*new.votes]
    if last is not None:
        yield replace(last, votes=tuple(cast))
