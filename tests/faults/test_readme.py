"""The table of this folder names every case, and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
README = (TESTS / "faults/README.md").read_text()
ROWS = re.findall(r"^\| ([A-D]\d+) \| [^|]+ \| (?:`\w+` ?)+\|$", README, re.MULTILINE)
LAST = {"A": 12, "B": 13, "C": 18, "D": 15}
NOT_HERE = {"C12", "D10", "D11", "D12"}


def test_every_case_has_one_row() -> None:
    cases = {f"{part}{number}" for part, last in LAST.items() for number in range(1, last + 1)}
    assert sorted(ROWS) == sorted(cases - NOT_HERE)


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", README))
    source = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    assert named - set(re.findall(r"def (test_\w+)", source)) == set()
