"""Tables for spreadsheets: what is read back is what was written, and nothing in it runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from review.tables import CUT, LONGEST, guard, unguard, write

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NOT_EMPTY = TEXT.map(lambda text: f"{text}.")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x","y")']
FORMULAS += ["＝1+1", "＋1", "－1", "＠SUM(A1)", ";=1+1"]
EXECUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\x01", ";", "＝", "＋", "－", "＠")


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_xlsx(path: Path) -> list[list[object]]:
    (sheet,) = load_workbook(path, read_only=True).worksheets
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("text", [*FORMULAS, "'quoted", "''", "'=1"])
def test_a_text_that_could_run_is_written_as_text_and_can_be_had_back(text: str) -> None:
    guarded = guard(text)
    assert isinstance(guarded, str)
    assert not guarded.startswith(EXECUTED)
    assert unguard(guarded) == text


@given(TEXT)
def test_every_text_survives_guarding(text: str) -> None:
    guarded = guard(text)
    assert isinstance(guarded, str)
    assert not guarded.startswith(EXECUTED)
    assert unguard(guarded) == text


@pytest.mark.parametrize("value", [-5, 0, -0.5, 3.25, None])
def test_numbers_stay_numbers(value: float | None) -> None:
    assert guard(value) == value


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@settings(max_examples=60)
@given(
    rows=st.lists(st.lists(TEXT.map(lambda text: f"{text}."), min_size=2, max_size=2), max_size=4)
)
def test_what_was_written_is_read_back(
    ending: str, rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tables") / f"table.{ending}"
    assert write(path, ["a", "b"], rows) == len(rows)
    if ending == "xlsx":
        rows = [[legal(cell) for cell in row] for row in rows]
    read = read_csv(path) if ending == "csv" else read_xlsx(path)
    assert read[0] == ["a", "b"]
    assert [[unguard(str(cell)) for cell in row] for row in read[1:]] == rows


def legal(text: str) -> str:
    """The text without the characters that no XML file can hold."""
    kept = {"\t", "\n", "\r"}
    return "".join(c for c in text if (c >= " " or c in kept) and c not in "\ufffe\uffff")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_and_no_header_is_a_formula(ending: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / f"table.{ending}"
    write(path, [text], [[text], ["fine"]])
    if ending == "csv":
        assert [unguard(cell) for (cell,) in read_csv(path)] == [text, text, "fine"]
        assert not [cell for (cell,) in read_csv(path) if cell.startswith(EXECUTED)]
        return
    (sheet,) = load_workbook(path).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]
    assert [unguard(str(cell.value)) for cell in cells] == [text, text, "fine"]


@pytest.mark.parametrize("hidden", ["\x01", "\x0b", "\ufffe"])
def test_what_no_file_can_hold_hides_no_formula(hidden: str, tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write(path, ["text"], [[f"{hidden}=1+1"]])
    (sheet,) = load_workbook(path).worksheets
    cell = sheet["A2"]
    assert (cell.data_type, cell.value) == ("s", "'=1+1")


def test_numbers_are_numbers_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write(path, ["n", "m"], [[-5, 1], [2.5, 1], [None, 1]])
    assert read_xlsx(path)[1:] == [[-5, 1], [2.5, 1], [None, 1]]


def test_a_text_too_long_for_a_spreadsheet_says_that_it_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write(path, ["text"], [["a" * LONGEST], ["b" * (LONGEST + 1)]])
    whole, cut = (str(row[0]) for row in read_xlsx(path)[1:])
    assert whole == "a" * LONGEST
    assert (len(cut), cut.endswith(CUT)) == (LONGEST, True)


def test_a_file_for_spreadsheets_says_that_it_is_unicode(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write(path, ["naïve"], [["β-blocker ≥ 5 µg"]])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_csv(path) == [["naïve"], ["β-blocker ≥ 5 µg"]]
