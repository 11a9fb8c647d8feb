"""Drawing the parts of the diagram: frame, arrows, boxes with their links, words around."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from review.prisma import svg
from review.prisma.boxes import Key
from review.prisma.layout import Geometry, Layout, Placed, Row

INK = "#000000"
GOLD, GREY, BLUE, WHITE = "#FFC125", "#DCDCDC", "#BCD2EE", "#FFFFFF"
RED = "#A3301D"

FOOTNOTE = 13.0
Point = tuple[float, float]


def frame(root: svg.Element, layout: Layout, geometry: Geometry, two: bool) -> None:
    """Draw the headings over the columns and the side bars of the three phases."""
    across = 2 * geometry.width + geometry.gap
    names = [("newstud", "Identification of studies via databases and registers", "box2", GOLD)]
    if two:
        names.append(("othstud", "Identification of studies via other methods", "box11", GREY))
    for name, words, first, fill in names:
        x = layout.boxes[first].x
        at = (x, layout.headings, across, geometry.bar)
        _plate(root, name, "prisma-heading", at, fill, words, geometry.font)
    spans, more = layout.spans, geometry.near / 2
    phases = (
        ("identification", "Identification", spans[0][0] - more, spans[0][1] + more),
        ("screening", "Screening", spans[1][0], spans[3][1]),
        ("included", "Included", spans[4][0] - more, spans[4][1] + more),
    )
    for name, words, top, bottom in phases:
        bar = (1.0, top, geometry.bar, bottom - top)
        _plate(root, name, "prisma-bar", bar, BLUE, words, geometry.font - 1, turned=True)


def _plate(
    root: svg.Element,
    name: str,
    css: str,
    at: tuple[float, float, float, float],
    fill: str,
    words: str,
    font: float,
    turned: bool = False,
) -> None:
    x, y, width, height = at
    group = svg.add(root, "g", id=name)
    svg.add(group, "rect", css, x=x, y=y, width=width, height=height, rx=8, fill=fill, stroke=INK)
    across, down = x + width / 2, y + height / 2
    turn = {"transform": f"rotate(-90 {across:.1f} {down:.1f})"} if turned else {}
    svg.text(
        group,
        words,
        f"{css}-text",
        x=across,
        y=down + font * 0.35,
        font_size=font,
        font_weight="bold",
        text_anchor="middle",
        fill=INK,
        **turn,
    )


def arrows(root: svg.Element, layout: Layout, two: bool) -> None:
    """Draw the arrows of templates T1 and T2."""
    boxes = layout.boxes
    across = [("box2", "box3"), ("box4", "box5"), ("box6", "box7"), ("box8", "box9")]
    down = [("box2", "box4"), ("box4", "box6"), ("box6", "box8"), ("box8", "box10")]
    if two:
        across += [("box12", "box13"), ("box14", "box15")]
        down += [("box11", "box12"), ("box12", "box14")]
    for start, end in across:
        a, b = boxes[start], boxes[end]
        _arrow(root, [(a.x + a.width, a.middle[1]), (b.x, b.middle[1])])
    for start, end in down:
        a, b = boxes[start], boxes[end]
        _arrow(root, [(a.middle[0], a.y + a.height), (b.middle[0], b.y)])
    if two:
        a, b = boxes["box14"], boxes["box10"]
        corner = (a.middle[0], b.middle[1])
        _arrow(root, [(a.middle[0], a.y + a.height), corner, (b.x + b.width, b.middle[1])])


def _arrow(root: svg.Element, points: list[Point]) -> None:
    """Draw an orthogonal line with its head at the last point."""
    (fx, fy), (x, y) = points[-2:]
    dx, dy = (x > fx) - (x < fx), (y > fy) - (y < fy)
    back = (x - 8 * dx, y - 8 * dy)
    line = " L".join(f"{px:.1f} {py:.1f}" for px, py in [*points[:-1], back])
    svg.add(root, "path", "prisma-arrow", d=f"M{line}", fill="none", stroke=INK)
    wings = [(x, y), (back[0] - 4 * dy, back[1] + 4 * dx), (back[0] + 4 * dy, back[1] - 4 * dx)]
    corners = " ".join(f"{px:.1f},{py:.1f}" for px, py in wings)
    svg.add(root, "polygon", "prisma-arrow-head", points=corners, fill=INK)


def box(root: svg.Element, one: Placed, geometry: Geometry, links: Mapping[Key, str]) -> None:
    """Draw a box: one link when it counts one thing, else a link for each line that has one.

    A box with links inside is a group for assistive technology, since a picture hides what it
    contains; any other box is one picture with its words as label.
    """
    lines = one.box.lines
    apart = len(lines) > 1 and any(line.key in links for line in lines)
    whole = links.get(one.box.id) or (links.get(lines[0].key) if len(lines) == 1 else None)
    parent = svg.add(root, "a", "prisma-link", href=whole) if whole and not apart else root
    role = "group" if apart else "img"
    group = svg.add(parent, "g", id=one.box.id, role=role, aria_label=one.box.label)
    svg.add(group, "title").text = one.box.tooltip
    fill = GREY if one.box.column > 1 else WHITE
    size = {"x": one.x, "y": one.y, "width": one.width, "height": one.height}
    css = "prisma-box prisma-box-other" if one.box.column > 1 else "prisma-box"
    svg.add(group, "rect", css, fill=fill, stroke=INK, **size)
    for rows in _by_line(one.rows):
        line = rows[0].line
        href = links.get(line.key) if apart and line else None
        target = group
        if href:
            target = svg.add(group, "a", "prisma-link", href=href)
            _target(target, one, rows, geometry)
        for row in rows:
            _row(target, one, row, geometry)


def _by_line(rows: Iterable[Row]) -> list[list[Row]]:
    grouped: list[list[Row]] = []
    for row in rows:
        if grouped and grouped[-1][0].line is row.line:
            grouped[-1].append(row)
        else:
            grouped.append([row])
    return grouped


def _target(parent: svg.Element, one: Placed, rows: list[Row], geometry: Geometry) -> None:
    """Lay an unseen rectangle under a line, so that the whole line can be hit."""
    top = one.y + rows[0].y - geometry.line / 2
    height = geometry.line + geometry.further * (len(rows) - 1)
    size = {"x": one.x + 1, "y": top, "width": one.width - 2, "height": height}
    svg.add(parent, "rect", "prisma-target", fill="none", pointer_events="all", **size)


def _row(parent: svg.Element, one: Placed, row: Row, geometry: Geometry) -> None:
    indent = 16.0 if row.line and row.line.inner else 0.0
    y = one.y + row.y + geometry.font * 0.35
    words, number = row.words, ""
    if row.n is not None and geometry.inline:
        words, _, number = words.rpartition("(")
        number = f"({number}"
    text = svg.text(
        parent,
        words,
        "prisma-label" if row.line else "prisma-label prisma-title",
        x=one.x + 12 + indent,
        y=y,
        font_size=geometry.font,
        fill=INK,
    )
    if row.n is not None and not geometry.inline:
        number = f"{row.n:,}"
        edge: dict[str, str | float] = {"x": one.x + one.width - 12, "text_anchor": "end"}
        edge |= {"font_size": geometry.number, "font_weight": "600"}
        text.text = f"{text.text} "
        svg.add(text, "tspan", "prisma-number", **edge).text = number
    elif number:
        svg.add(text, "tspan", "prisma-number").text = number


def banner(root: svg.Element, rows: list[tuple[str, str, float]], geometry: Geometry) -> None:
    """Print what is undecided or broken, and the label, over the diagram."""
    y = 0.0
    for words, css, height in rows:
        y += height
        if not words:
            continue
        loud = css in ("prisma-draft", "prisma-broken")
        size = geometry.font + (3 if css == "prisma-draft" else 0)
        weight = "bold" if loud else "normal"
        fill = RED if loud else INK
        svg.text(root, words, css, x=1, y=y - 7, font_size=size, font_weight=weight, fill=fill)


def footnotes(root: svg.Element, rows: list[str], top: float) -> None:
    """Print the notes under the diagram."""
    for i, row in enumerate(rows):
        y = top + 18 * i + 12
        svg.text(root, row, "prisma-footnote", x=1, y=y, font_size=FOOTNOTE, fill=INK)


def watermark(root: svg.Element, width: float, height: float) -> None:
    """Print DRAFT across the paper, under everything else."""
    x, y = width / 2, height / 2
    svg.text(
        root,
        "DRAFT",
        "prisma-watermark",
        x=x,
        y=y,
        font_size=width / 5,
        font_weight="bold",
        text_anchor="middle",
        fill="#F3F3F3",
        transform=f"rotate(-30 {x:.1f} {y:.1f})",
        aria_hidden="true",
        pointer_events="none",
    )
