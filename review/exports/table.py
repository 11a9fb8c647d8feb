"""CSV: one row for each citation, under headers that an import knows again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from review.citation import Citation
from review.exports.cells import Cells
from review.imports import names
from review.imports.columns import FIELDS
from review.imports.lists import joined
from review.tables import guard

_ONE: tuple[str, ...] = (
    "title",
    "original title",
    "abstract",
    "journal",
    "book",
    "year",
    "published",
    "volume",
)
_ONE += ("issue", "pages", "doi", "pmid", "pmcid", "identifier", "url", "language")
_SEVERAL = ("keyword", "mesh", "type", "registration")
BOM = "\ufeff"  # by which spreadsheet programs know that this is UTF-8


def write(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield the text of a CSV file, one row at a time; no cell is a formula to a spreadsheet."""
    yield BOM + _line([FIELDS[name] for name in ("author", *_ONE, *_SEVERAL, "note")])
    for citation in citations:
        cells = Cells(citation)
        authors = joined(cells.all("author"), names.several)
        row = [authors, *(cells.one(name) for name in _ONE)]
        row += [joined(cells.all(name)) for name in _SEVERAL]
        yield _line([*row, "\n".join(cells.notes())])


def _line(row: Sequence[str]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerow([guard(cell) for cell in row])
    return text.getvalue()
