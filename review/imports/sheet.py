"""XLSX: the first sheet, or the one named, values only; looked at before it is unpacked.

A workbook is a ZIP of XML. Its size, its number of parts and how small they were pressed are
checked first, then every part is unpacked once without keeping it: sizes in a ZIP can lie, and no
workbook's XML has a document type.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from review.imports import table
from review.imports.columns import Column
from review.imports.entry import Entry, Refused
from review.imports.limits import (
    LARGEST_UNPACKED,
    LONGEST_VALUE,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS_IN_A_SHEET,
    MOST_TIMES_SMALLER,
    megabytes,
)
from review.imports.source import Source
from review.imports.texts import clean

_PIECE = 1 << 20
_HOSTILE = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D\0O\0C|E\0N\0T)", re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ENOUGH = 10 * 1024**2  # bytes below which the ratio does not matter

# What a damaged workbook makes zipfile and openpyxl raise. Not Exception: a time limit is one.
_BREAKS: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
    OSError,
    SyntaxError,
)
_BREAKS += (EOFError, zlib.error, zipfile.BadZipFile, InvalidFileException)

TOO_MANY = (
    f"This sheet has more than {MOST_CELLS:,} cells. Delete the empty rows and columns, or save it "
    "as CSV."
)
BROKEN = "This .xlsx file is damaged. Open it in a spreadsheet program and save it again."


def read(source: Source, sheet: str, chosen: Sequence[Column]) -> Iterator[Entry]:
    """Yield the entries of a sheet. Raises Refused for a file that would be unsafe to unpack."""
    yield from table.entries(cut(source, sheet), chosen, source)


def cut(source: Source, sheet: str) -> Iterator[table.Row]:
    """Yield rows of text with their numbers."""
    _note_macros(source)
    book = _opened(source.data)
    try:
        page = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
        page.reset_dimensions()  # what the file declares may be a lie, and a million rows
        rows = page.iter_rows(max_row=MOST_ROWS_IN_A_SHEET, values_only=True)
        cells = 0
        for number, row in enumerate(rows, start=1):
            cells += 1 + len(row)  # also the empty ones, which cost a file next to nothing
            if len(row) > MOST_COLUMNS:
                raise Refused(table.TOO_WIDE)
            if cells > MOST_CELLS:
                raise Refused(TOO_MANY)
            if any(cell is not None for cell in row):
                yield number, [_text(cell) for cell in row]
    except _BREAKS as error:
        raise Refused(BROKEN) from error
    finally:
        book.close()


def sheets(data: BinaryIO) -> list[str]:
    """Names of the sheets of a file that ``check`` has passed."""
    book = _opened(data)
    names = [str(name) for name in book.sheetnames]
    book.close()
    return names


def _opened(data: BinaryIO) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and features that values do not need
            return load_workbook(data, read_only=True, data_only=True, keep_links=False)
    except _BREAKS as error:
        raise Refused(BROKEN) from error


def check(data: BinaryIO) -> None:
    """Raise Refused when a file must not be unpacked, or is no workbook."""
    data.seek(0)
    try:
        with zipfile.ZipFile(data) as pack:
            _check_promises(pack.infolist())
            _check_parts(pack)
    except _BREAKS as error:
        raise Refused(BROKEN) from error
    finally:
        data.seek(0)


def _check_promises(parts: list[zipfile.ZipInfo]) -> None:
    """Check what the ZIP says about itself."""
    if len(parts) > MOST_PARTS:
        raise Refused(f"This .xlsx file has {len(parts):,} parts; {MOST_PARTS} is the most.")
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise Refused(
            "This is a ZIP archive, not an .xlsx file. Unpack it and upload what is in it."
        )
    for part in parts:
        if part.filename.startswith(("/", "\\")) or ".." in part.filename.split("/"):
            raise Refused("This .xlsx file has parts that lead out of it. Nothing was read.")
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _too_large()


def _check_parts(pack: zipfile.ZipFile) -> None:
    """Unpack every part into nothing, and stop where it is more than a workbook holds."""
    total = 0
    for part in pack.infolist():
        size, end = 0, b""
        with pack.open(part) as file:
            while piece := file.read(_PIECE):
                size, total = size + len(piece), total + len(piece)
                small = size < max(_ENOUGH, MOST_TIMES_SMALLER * part.compress_size)
                if total > LARGEST_UNPACKED or not small:
                    raise _too_large()
                if part.filename.endswith((".xml", ".rels")) and _HOSTILE.search(end + piece):
                    raise Refused(
                        "This .xlsx file defines XML entities, which no spreadsheet program does. "
                        "Nothing was read."
                    )
                end = piece[-20:]


def _note_macros(source: Source) -> None:
    """Say that a workbook has programs in it; they are neither run nor kept."""
    with zipfile.ZipFile(source.data) as pack:
        names = [name.lower() for name in pack.namelist()]
    if any(name.endswith("vbaproject.bin") for name in names):
        source.problems.add("The workbook has macros.", "Only its values were read.")
    if any("externallink" in name for name in names):
        source.problems.add(
            "The workbook refers to other files.", "They were not opened; stored values were read."
        )
    source.data.seek(0)


def _too_large() -> Refused:
    return Refused(
        f"Unpacked, this .xlsx file is larger than {megabytes(LARGEST_UNPACKED)}. "
        "Save the sheet as CSV, or in several files."
    )


def _text(cell: Any) -> str:
    """Write a value as a person would have typed it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        cell = cell.date() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(cell))
    return clean(text)[:LONGEST_VALUE]
