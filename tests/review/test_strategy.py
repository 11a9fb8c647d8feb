"""Search histories of several vendors, line by line with hits; anything else stays as typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.strategy import numbered_lines

OVID = """1     exp Naltrexone/  9,123
2     (low adj3 dose).ti,ab.  52342
3     1 and 2  120"""
EMBASE = """#1 'naltrexone'/exp\t12 345
#2 'pain'/exp\t1,802,345
#3 #1 AND #2\t812"""
BRACKETS = """S1. MH naltrexone (9123)
S2. TI pain (80,234)
S3. S1 AND S2 (120)"""
YEARS = """1 exp Naltrexone/
2 limit 1 to yr=(2020)"""


@pytest.mark.parametrize(
    ("history", "lines"),
    [
        (OVID, [("1", 9123), ("2", 52342), ("3", 120)]),
        (EMBASE, [("#1", 12345), ("#2", 1802345), ("#3", 812)]),
        (BRACKETS, [("S1", 9123), ("S2", 80234), ("S3", 120)]),
        (YEARS, []),
        ("naltrexone[tiab] AND pain[tiab]", []),
        ("1  exp Naltrexone/  9,123", []),
        ("naltrexone  120\npain  140", []),
        ("", []),
    ],
)
def test_lines_have_hits_only_where_every_line_has(
    history: str, lines: list[tuple[str, int]]
) -> None:
    assert [(line.number, line.hits) for line in numbered_lines(history)] == lines


def test_the_query_of_a_line_is_word_for_word() -> None:
    assert [line.text for line in numbered_lines(OVID)] == [
        "exp Naltrexone/",
        "(low adj3 dose).ti,ab.",
        "1 and 2",
    ]


@given(st.text(max_size=300))
def test_whatever_was_typed_is_read_without_an_error(history: str) -> None:
    for line in numbered_lines(history):
        assert line.hits >= 0
        assert line.text in history
