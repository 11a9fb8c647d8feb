"""Geometry of the PRISMA diagram: nothing overlaps, every word is inside its box."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.prisma import Counts
from review.prisma.boxes import boxes
from review.prisma.counts import Arm
from review.prisma.layout import PAGE, PAGE_FOUR, PRINT, Geometry, place, wrap

names = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120),
    st.integers(0, 999_999),
    max_size=12,
)
arms = st.builds(Arm, excluded=names, ongoing=st.integers(0, 2), sought=st.integers(0, 10**6))
worlds = st.builds(
    Counts,
    database_specific_results=names,
    other_specific_results=names,
    searched=st.sampled_from([frozenset(), frozenset({"other", "citation"})]),
    left=arms,
    right=arms,
)
geometries = st.sampled_from([PRINT, PAGE, PAGE_FOUR])


@given(worlds, geometries)
def test_boxes_never_overlap_and_stay_on_the_canvas(counts: Counts, geometry: Geometry) -> None:
    layout = place(boxes(counts), geometry, 50)
    for a, b in combinations(layout.boxes.values(), 2):
        beside = a.x + a.width < b.x or b.x + b.width < a.x
        above = a.y + a.height < b.y or b.y + b.height < a.y
        assert beside or above, (a.box.id, b.box.id)
    for one in layout.boxes.values():
        assert one.x > 0 and one.x + one.width < layout.width
        assert 50 + geometry.bar < one.y and one.y + one.height <= layout.height + 0.01


@given(worlds, geometries)
def test_every_row_of_text_is_inside_its_box_and_apart_from_the_next(
    counts: Counts, geometry: Geometry
) -> None:
    for one in place(boxes(counts), geometry, 0).boxes.values():
        centres = [row.y for row in one.rows]
        assert centres[0] >= geometry.font / 2
        assert centres[-1] <= one.height - geometry.font / 2
        assert all(b - a >= geometry.font for a, b in pairwise(centres))


@given(worlds, geometries)
def test_every_counted_line_shows_its_number_once(counts: Counts, geometry: Geometry) -> None:
    for one in place(boxes(counts), geometry, 0).boxes.values():
        shown = [(row.line, row.n) for row in one.rows if row.n is not None]
        assert shown == [(line, line.n) for line in one.box.lines]


def test_the_printed_geometry_is_that_of_the_r_package_at_96_pixels_an_inch() -> None:
    layout = place(boxes(Counts(searched=frozenset({"citation"}))), PRINT, 0)
    centres = [layout.boxes[name].middle[0] / 96 for name in ("box2", "box3", "box11", "box13")]
    steps = [round(b - a, 2) for a, b in pairwise(centres)]
    assert steps == [4.0, 4.0, 4.0]
    heights = {name: layout.boxes[name].height / 96 for name in ("box4", "box10", "box3")}
    assert heights == pytest.approx({"box4": 0.5, "box10": 0.5, "box3": 1.25})


@given(st.text(max_size=200), st.integers(4, 60))
def test_wrapping_loses_no_letter(words: str, limit: int) -> None:
    assert "".join(wrap(words, limit)).replace(" ", "") == words.replace(" ", "")


@pytest.mark.parametrize(
    ("words", "limit", "rows"),
    [
        ("Wrong population", 35, ["Wrong population"]),
        ("Population without chronic pain", 22, ["Population without", "chronic pain"]),
        ("a" * 30, 20, ["a" * 18, "a" * 12]),
        ("W" * 12, 10, ["W" * 5, "W" * 5, "W" * 2]),
        ("対照群のない研究", 8, ["対照群の", "ない研究"]),
        ("Not a trial (n\u00a0=\u00a01,106)", 14, ["Not a trial", "(n\u00a0=\u00a01,106)"]),
        ("", 10, [""]),
    ],
)
def test_rows_break_at_spaces_and_by_the_width_of_letters(
    words: str, limit: int, rows: list[str]
) -> None:
    assert wrap(words, limit) == rows
