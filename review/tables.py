"""Tables for spreadsheets: CSV and XLSX, row by row, with text that no program will run.

A spreadsheet reads a text cell that begins with ``= + - @`` or a control character as a formula
(CWE-1236), some their full-width forms too, and some begin a cell after ``;``. Such text gets a
leading apostrophe; ``unguard`` takes it off again. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import TextIO

from openpyxl import Workbook

Cell = str | int | float | None

DANGEROUS = ("=", "+", "-", "@", ";", *"＝＋－＠", *map(chr, range(32)))
_GUARDED = tuple(f"'{sign}" for sign in (*DANGEROUS, "'"))
FORMATS = ("csv", "xlsx")
LONGEST = 32_767  # characters that one XLSX cell can hold
CUT = " […] (cut: the CSV file has the whole text)"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def guard(cell: Cell) -> Cell:
    """Make a cell harmless; also text that begins with an apostrophe, so that it can be undone."""
    if isinstance(cell, str) and cell.startswith((*DANGEROUS, "'")):
        return f"'{cell}"
    return cell


def unguard(text: str) -> str:
    """Undo ``guard`` on a text cell that was read back; any other apostrophe stays."""
    return text[1:] if text.startswith(_GUARDED) else text


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A small table as CSV, to be sent at once; encode it as "utf-8-sig"."""
    text = StringIO(newline="")
    _fill(text, headers, rows)
    return text.getvalue()


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write UTF-8 with the byte order mark that spreadsheets look for; count rows."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        return _fill(file, headers, rows)


def _fill(file: TextIO, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    writer = csv.writer(file)
    writer.writerow([guard(header) for header in headers])
    count = 0
    for row in rows:
        writer.writerow([guard(cell) for cell in row])
        count += 1
    return count


def write_xlsx(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write one sheet, streaming; count rows. Characters that XML forbids are left out."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Winnow")
    sheet.append([_fitting(header) for header in headers])
    count = 0
    for row in rows:
        sheet.append([_fitting(cell) for cell in row])
        count += 1
    book.save(path)
    return count


def _fitting(cell: Cell) -> Cell:
    """What one XLSX cell can hold of a text; a longer one says that it was cut.

    What XML forbids goes first: it may stand before the sign that makes a formula.
    """
    if not isinstance(cell, str):
        return cell
    text = str(guard(_ILLEGAL.sub("", cell)))
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write the table in the format of the path's ending; give the number of rows."""
    return (write_xlsx if path.suffix == ".xlsx" else write_csv)(path, headers, rows)
