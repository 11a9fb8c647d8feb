"""How much one file may hold. What is larger is refused with a sentence, before it is unpacked."""

from __future__ import annotations

LARGEST_FILE = 200 * 1024**2  # bytes: 100,000 records with abstracts are about 150 MB of RIS
MOST_ENTRIES = 200_000
LONGEST_VALUE = 10_000_000  # characters of one field; what is longer is cut and listed
MOST_COLUMNS = 500
MOST_PROBLEMS_OF_A_KIND = 50  # listed one by one; the others are counted

LARGEST_UNPACKED = 400 * 1024**2  # bytes of an .xlsx file when unpacked
MOST_PARTS = 200  # files inside an .xlsx file
MOST_TIMES_SMALLER = 200  # a part that unpacks to more than this many times its size is a bomb
MOST_CELLS = 10_000_000  # of a sheet, the empty ones too
MOST_ROWS_IN_A_SHEET = 1_048_576


def megabytes(size: int) -> str:
    """Write a number of bytes for people."""
    return f"{size / 1024**2:,.0f} MB"
