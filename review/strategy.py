"""A search history as databases print it: numbered lines, each with its hits (PRISMA-S item 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass

# "1  exp Naltrexone/  9,123", "#2. 'pain'/exp	80234", "3 1 and 2 (120)"
_LINE = re.compile(
    r"^\s*(?P<number>#?\d{1,3}|S\d{1,3})[.)]?\s+(?P<text>\S.*?)"
    r"(?:\s*\t\s*|\s{2,}|\s*\((?=[\d,. ]+\)\s*$))(?P<hits>\d[\d,. ]*)\)?\s*$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a strategy with the number of records that it found."""

    number: str
    text: str
    hits: int


def numbered_lines(strategy: str) -> list[Line]:
    """The lines of a history in which every line is numbered and ends with its hits, else none.

    All or nothing: a year in brackets at the end of one line must not be read as its hits.
    """
    written = [line for line in strategy.splitlines() if line.strip()]
    found = [_LINE.match(line) for line in written]
    if len(written) < 2 or not all(found):
        return []
    return [
        Line(match["number"], match["text"], int(re.sub(r"\D", "", match["hits"])))
        for match in found
        if match
    ]
