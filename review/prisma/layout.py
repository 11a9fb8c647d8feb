"""Where every box stands: the geometry of the PRISMA2020 R package, and one for pages.

Rows are as high as their tallest box; a box is centred on its row. ``PRINT`` has the package's
proportions at 96 pixels an inch; ``PAGE`` and ``PAGE_FOUR`` (with other methods) are closer, with
large numbers at the right edge of each box.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import east_asian_width

from review.prisma.boxes import Box, Line


@dataclass(frozen=True, slots=True)
class Geometry:
    """Lengths in pixels; ``wrap`` limits a line's characters, 0 keeps the box's own limit."""

    width: float
    gap: float  # between columns
    margin: float  # between side bar and first column
    bar: float  # width of side bars, height of headings
    minimum: float  # height of a box of one or two lines
    padding: float
    line: float  # height of a line's first row, and of each further row of a wrapped one
    further: float
    stretch: float  # height of a box for each unit of its text's height
    near: float  # between rows of one phase
    far: float  # between phases
    font: float
    number: float  # font size of numbers
    inline: bool  # numbers as "(n = 12)" in the text, or at the right edge
    wrap: int = 0


PRINT = Geometry(336, 48, 29, 38, 48, 0, 22, 22, 24 / 22, 48, 96, 15, 15, inline=True)
PAGE = Geometry(336, 40, 16, 32, 44, 12, 28, 18, 1, 32, 48, 15, 20, inline=False, wrap=34)
PAGE_FOUR = Geometry(236, 26, 14, 30, 44, 12, 28, 18, 1, 32, 48, 14, 18, inline=False, wrap=21)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of text in a box; ``line`` is what it belongs to, ``n`` only on the row it ends."""

    words: str
    y: float  # centre, from the top of the box
    line: Line | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A box on the canvas, in pixels from its top left corner."""

    box: Box
    x: float
    y: float
    width: float
    height: float
    rows: tuple[Row, ...]

    @property
    def middle(self) -> tuple[float, float]:
        """Centre of the box."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Placed boxes by id, the span of every row (top, bottom) and the whole size."""

    boxes: dict[str, Placed]
    spans: tuple[tuple[float, float], ...]
    headings: float  # top of the headings
    width: float
    height: float


def place(boxes: Iterable[Box], geometry: Geometry, top: float) -> Layout:
    """Place boxes in columns and rows, starting ``top`` pixels down."""
    written = [(box, *_rows(box, geometry)) for box in boxes]
    y = top + geometry.bar
    spans: list[tuple[float, float]] = []
    for row in range(5):
        y += geometry.far if row in (1, 4) else geometry.near
        height = max((h for box, _, h in written if box.row == row), default=0.0)
        spans.append((y, y + height))
        y += height
    placed = {
        box.id: Placed(
            box, _x(box.column, geometry), _centred(spans[box.row], h), geometry.width, h, rows
        )
        for box, rows, h in written
    }
    right = max(one.x + one.width for one in placed.values())
    return Layout(placed, tuple(spans), top, right + 1, y)


def wrap(words: str, limit: int) -> list[str]:
    """Break ``words`` at spaces into rows of at most ``limit`` characters.

    A character is half the font size; the measured width of each letter counts, so that capitals
    and Chinese break earlier. A word longer than a row is cut. No-break spaces hold.
    """
    rows = [""]
    for word in words.split(" "):
        joined = f"{rows[-1]} {word}".lstrip(" ")
        if _width(joined) <= limit:
            rows[-1] = joined
            continue
        if rows[-1]:
            rows.append("")
        for character in word:
            if _width(rows[-1] + character) > limit:
                rows.append("")
            rows[-1] += character
    return rows


# Widths of Helvetica's letters in halves of the font size; other letters are near 1.08.
_WIDTHS = dict.fromkeys("iljtfrI.,:;'|!()[]/- \u00a0", 0.58)
_WIDTHS |= {"W": 1.9, "@": 2.0, "—": 2.0, "%": 1.8, "M": 1.7, "m": 1.7, "w": 1.45}


def _width(words: str) -> float:
    return sum(
        2.0 if east_asian_width(c) in "WF" else _WIDTHS.get(c, 1.4 if c.isupper() else 1.08)
        for c in words
    )


def _rows(box: Box, geometry: Geometry) -> tuple[tuple[Row, ...], float]:
    """Write a box's text; give its rows and its height. A title has the number's room too."""
    rows: list[Row] = []
    y = 0.0
    limit = geometry.wrap or box.wrap
    titles: list[Line | None] = [None] if box.title else []
    for line in [*titles, *box.lines]:
        room = limit - 2 if line and line.inner else limit if line else limit * 5 // 4
        number = f" (n\u00a0=\u00a0{line.n:,})" if line and geometry.inline else ""
        words = wrap((line.label if line else box.title) + number, room)
        for i, part in enumerate(words):
            counted = len(words) - 1 if geometry.inline else 0
            n = line.n if line and i == counted else None
            rows.append(Row(part, y + geometry.line / 2 + i * geometry.further, line, n))
        y += geometry.line + (len(words) - 1) * geometry.further
    height = max(geometry.minimum, y * geometry.stretch + geometry.padding)
    shift = (height - y) / 2
    return tuple(Row(row.words, row.y + shift, row.line, row.n) for row in rows), height


def _x(column: int, geometry: Geometry) -> float:
    return 1 + geometry.bar + geometry.margin + column * (geometry.width + geometry.gap)


def _centred(span: tuple[float, float], height: float) -> float:
    return (span[0] + span[1] - height) / 2
