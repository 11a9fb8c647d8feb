"""The way in: guess how a file is read, show what that gives, read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from review.imports import (
    bibtex,
    columns,
    csljson,
    encodings,
    endnote,
    formats,
    medline,
    pasted,
    pubmed_xml,
    ris,
    sheet,
    table,
    wos,
)
from review.imports.columns import Column
from review.imports.entry import Entry, Found, Problem, Refused
from review.imports.limits import LARGEST_FILE, MOST_ENTRIES, megabytes
from review.imports.source import Source

HEAD = 1 << 18  # bytes, or characters, that are looked at to guess
SHOWN = 10

_TAGGED: dict[str, Callable[[Source], Iterator[Entry]]] = {
    formats.RIS: ris.read,
    formats.NBIB: medline.read,
    formats.PUBMED_XML: pubmed_xml.read,
    formats.BIBTEX: bibtex.read,
    formats.ENDNOTE: endnote.read,
    formats.WOS: wos.read,
    formats.CSL_JSON: csljson.read,
    formats.PASTED: pasted.read,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is read. ``columns`` is for tables, ``delimiter`` for CSV, ``sheet`` for XLSX."""

    format: str
    encoding: str = encodings.UTF8
    delimiter: str = ","
    sheet: str = ""
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """A plan, why it was made, and what a person could choose instead."""

    plan: Plan
    encoding: encodings.Encoding
    sheets: tuple[str, ...] = ()


@dataclass(slots=True)
class Preview:
    """What a file gives: ``found`` marks of entries in it, ``readable`` of them were read.

    ``decided`` of these carry decisions of another tool; ``complete`` is false when only the
    beginning was read.
    """

    plan: Plan
    first: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    found: int = 0
    readable: int = 0
    decided: int = 0
    complete: bool = True


class Reading:
    """The entries of a file and its problems as a stream, each problem before the entry behind it.

    ``marks`` counts the beginnings of entries that were seen so far, ``decided`` the entries with
    decisions of another tool.
    """

    def __init__(self, data: BinaryIO | bytes, plan: Plan) -> None:
        self._data, self._plan = data, plan
        self._source: Source | None = None
        self.decided = 0

    def __iter__(self) -> Iterator[Found]:
        self._source = Source(opened(self._data), self._plan.encoding or encodings.UTF8)
        self.decided = 0
        for found in _read(self._source, self._plan):
            self.decided += isinstance(found, Entry) and bool(found.votes)
            yield found

    @property
    def marks(self) -> int:
        """How many beginnings of entries were seen."""
        return self._source.marks if self._source else 0


def guess(data: BinaryIO | bytes, chosen: str = "") -> Guess:
    """Look at a file and say how to read it; ``chosen`` is an encoding that a person knows.

    Raises Refused when it is not to be read.
    """
    data = opened(data)
    head = data.read(HEAD)
    if formats.of_bytes(head) == formats.SHEET:
        return _guess_sheet(data)
    encoding = encodings.Encoding(chosen, "You chose it.") if chosen else encodings.guess(data)
    if not encoding.name:
        return Guess(Plan(formats.TABLE, ""), encoding)
    text = _head(data, encoding.name)
    kind = formats.of_text(text)
    if kind != formats.TABLE:
        return Guess(Plan(kind, encoding.name), encoding)
    plan = Plan(kind, encoding.name, table.delimiter_of(text))
    return Guess(with_columns(data, plan), encoding)


def with_columns(data: BinaryIO | bytes, plan: Plan) -> Plan:
    """Guess the columns of a table anew, after its format, encoding or sheet was changed."""
    data = opened(data)
    source = Source(data, plan.encoding)
    if plan.format == formats.SHEET:
        sheet.check(data)
        rows = sheet.cut(source, plan.sheet)
    else:
        rows = table.cut(source, plan.delimiter)
    _, _, headers = table.headers_of(rows)
    return replace(plan, columns=columns.guess(headers))


def read(data: BinaryIO | bytes, plan: Plan) -> Reading:
    """Stream the entries of a file and its problems.

    The count of entries in the file and the count read are compared at the end. Raises Refused
    for a file that is not to be read, at the latest where that shows.
    """
    return Reading(data, plan)


def preview(data: BinaryIO | bytes, plan: Plan, most: int = MOST_ENTRIES) -> Preview:
    """Read a file, or its first ``most`` entries, and keep ten of them and the problems."""
    shown, reading = Preview(plan), Reading(data, plan)
    for found in reading:
        if isinstance(found, Problem):
            shown.problems.append(found)
            continue
        if shown.readable == most:
            shown.complete = False
            break
        shown.readable += 1
        if len(shown.first) < SHOWN:
            shown.first.append(found)
    shown.found, shown.decided = reading.marks, reading.decided
    return shown


def opened(data: BinaryIO | bytes) -> BinaryIO:
    """Give a file at its beginning. Raises Refused when it is larger than any that is read."""
    data = BytesIO(data) if isinstance(data, bytes) else data
    size = data.seek(0, 2)
    data.seek(0)
    if size > LARGEST_FILE:
        raise Refused(
            f"This file has {megabytes(size)}; {megabytes(LARGEST_FILE)} is the most. "
            "Export the search in parts."
        )
    return data


def _read(source: Source, plan: Plan) -> Iterator[Found]:
    count = 0
    for entry in _entries(source, plan):
        yield from source.problems.drain()
        count += 1
        if count > MOST_ENTRIES:
            raise Refused(
                f"This file has more than {MOST_ENTRIES:,} entries. Export the search in parts."
            )
        yield entry
    if source.marks != count:
        source.problems.add(
            f"The file has {source.marks:,} marks of an entry, but {count:,} entries were read.",
            "Each entry that was left out is listed here, if its beginning was found.",
        )
    yield from source.problems.close()


def _entries(source: Source, plan: Plan) -> Iterator[Entry]:
    if plan.format == formats.SHEET:
        sheet.check(source.data)
        return sheet.read(source, plan.sheet, plan.columns)
    if plan.format == formats.TABLE:
        return table.read(source, plan.delimiter, plan.columns)
    return _TAGGED[plan.format](source)


def _guess_sheet(data: BinaryIO) -> Guess:
    sheet.check(data)
    names = sheet.sheets(data)
    plan = with_columns(data, Plan(formats.SHEET, sheet=names[0] if names else ""))
    return Guess(plan, encodings.Encoding(encodings.UTF8, "A workbook says so."), tuple(names))


def _head(data: BinaryIO, encoding: str) -> str:
    """Read the first characters without the marks of a file that only begins there."""
    return "".join(islice(Source(data, encoding).pieces(), HEAD // (1 << 16)))
