"""The PRISMA 2020 flow diagram of a new review as SVG, and the table that says the same.

``diagram`` draws left column only, or both columns when the review has a source of another kind.
Links come from a mapping; everything that a person typed is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.prisma import draw, svg
from review.prisma.boxes import Key, boxes
from review.prisma.counts import Counts
from review.prisma.layout import PAGE, PAGE_FOUR, PRINT, Geometry, place, wrap
from review.prisma.notes import broken_line, draft_line, footnotes, pending_lines

Links = Mapping[Key, str]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One number in words: ``box`` and ``data`` say what it is, ``href`` where its rows are."""

    box: str
    data: str
    label: str
    n: int
    key: Key
    href: str


def table(counts: Counts, links: Links | None = None) -> tuple[TableRow, ...]:
    """Give every number of the diagram in reading order, for a table or stacked boxes."""
    links = links or {}
    return tuple(
        TableRow(
            box.id,
            line.data,
            f"{box.title.rstrip(':*†')}: {line.label}" if box.title else line.label.rstrip("*‡"),
            line.n,
            line.key,
            links.get(line.key, ""),
        )
        for box in boxes(counts)
        for line in box.lines
    )


def diagram(
    counts: Counts,
    links: Links | None = None,
    *,
    label: str = "",
    page: bool = False,
    banner: bool = True,
    pairs: int = 0,
) -> svg.Svg:
    """Draw the flow.

    ``links`` maps a box id ("box4"), a data name ("records_screened") or a pair of data name and
    reason or source ("dbr_excluded", "Not a trial") to an address; what has none is no link.
    ``label`` is printed on top ("demo example, not a judgement"). ``page`` gives the compact
    geometry for screens, otherwise the guideline's own proportions are used. ``banner`` False
    leaves out what is undecided, broken and labelled, for a page that says so itself. ``pairs`` is
    the number of possible duplicates that nobody has answered: while there is one it is a draft.
    """
    geometry = (PAGE_FOUR if counts.other_methods else PAGE) if page else PRINT
    drawn = boxes(counts)
    across = place(drawn, geometry, 0).width
    top = _banner_rows(counts, pairs, label, geometry, across) if banner else []
    layout = place(drawn, geometry, sum(height for _, _, height in top))
    notes = [row for note in footnotes(counts) for row in wrap(note, _fit(draw.FOOTNOTE, across))]
    below = layout.height + geometry.near / 2 + 16
    height = below + 18 * len(notes)
    kind = "prisma prisma-page" if page else "prisma prisma-print"
    root = svg.root(across, height, "PRISMA 2020 flow diagram", kind)
    if (counts.draft or pairs) and not page:
        draw.watermark(root, across, height)
    draw.banner(root, top, geometry)
    draw.frame(root, layout, geometry, counts.other_methods)
    draw.arrows(root, layout, counts.other_methods)
    for one in layout.boxes.values():
        draw.box(root, one, geometry, links or {})
    draw.footnotes(root, notes, below)
    return svg.render(root)


def _banner_rows(
    counts: Counts, pairs: int, label: str, geometry: Geometry, across: float
) -> list[tuple[str, str, float]]:
    """Give rows of (words, class, height) to print over the diagram."""
    said = [(draft_line(counts, pairs), "prisma-draft", 28.0)]
    said += [(line, "prisma-pending", 22.0) for line in pending_lines(counts)]
    said.append((broken_line(counts), "prisma-broken", 22.0))
    said.append((label, "prisma-note", 22.0))
    rows = [
        (row, css, height)
        for words, css, height in said
        if words
        for row in wrap(words, _fit(geometry.font, across))
    ]
    return [*rows, ("", "", 12.0)] if rows else []


def _fit(font: float, across: float) -> int:
    """Count the characters of ``font`` pixels that fit across."""
    return int(across / (font * 0.51))
