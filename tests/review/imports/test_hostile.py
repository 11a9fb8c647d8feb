"""Hostile files are refused with a sentence or read without harm, in time that grows with size.

Each file here once took minutes, or would with a careless reader. Time is not measured: each is so
large that work which grows with the square of its size would not end before the suite is stopped.
"""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from review.imports.entry import Problem, Refused
from review.imports.reading import Preview, guess, preview
from tests.review.imports.files import citations, entries, sentences

LARGE = 400_000  # characters


def look(raw: str | bytes) -> Preview:
    """Look at a file as the upload does."""
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    return preview(data, guess(data).plan, most=500)


def ris(line: str) -> str:
    return f"TY  - JOUR\nTI  - A trial\n{line}\nER  -\n"


def fill(text: str, size: int = LARGE) -> str:
    return (text * (size // len(text) + 1))[:size]


@pytest.mark.parametrize(
    "raw",
    [
        ris("AB  - " + " " * LARGE + "x"),
        ris("\n" * LARGE),
        ris("N1  - doi" + " " * LARGE + "x"),
        ris("UR  - doi.org/" + " " * LARGE + "x"),
        ris("N1  - PMID" + " " * LARGE + "x"),
        ris("AB  - <p" + " " * LARGE + "x"),
        ris("AB  - " + fill(". Aa Aa")),
        ris("TI  - " + fill("&amp;")),
        ris("N1  - " + fill("RAYYAN-LABELS:{", 90_000)),
        ris("AU  - A, " + fill("B-")),
        ris("SP  - " + fill(" -")),
        ris("DO  - " + fill("doi:")),
        ris("N1  - " + fill("[")),
        "PMID- 1\nTI  - A trial\n" + "\n" * LARGE,
        "PMID- 1\nTI  - A trial\nRIN - " + fill(". PMID: 1"),
        "@article{a, title={A trial}, author={" + fill("and  ") + "}}",
        "@article{a, title={" + "{" * LARGE,
        "@article{a, title={" + fill("\\'") + "}}",
        "\n" * LARGE + "@article{a, title={A trial}}",
        '[{"title": "A trial"}' + " " * LARGE + "]",
        "<xml><records><record>" + "<a>" * 50_000 + "</record></records></xml>",
        "<xml><records>" + "<record>" * 20_000 + "</records></xml>",
        'title,year\n"' + fill("A trial,2019\n"),
        "title,year\n" + fill('"A "stray" quote",2019\n', 50_000),
        "title,year\n" + fill('"a,', 200_000) + "\n",
        "title,reviewer,vote\n" + fill("One trial,Ann,include\n"),
        "23359310\n17222320\n" + fill("10.1000/("),
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_work_grows_with_the_size_of_a_file_and_not_with_its_square(raw: str) -> None:
    try:
        shown = look(raw)
    except Refused as refused:
        assert str(refused)
    else:
        assert shown.readable or shown.problems


def test_a_head_of_blanks_does_not_hide_what_a_file_is() -> None:
    assert [found.title for found in citations(" \n" * 100_000 + "@misc{a, title={B}}")] == ["B"]


def test_abbreviations_that_double_at_each_step_are_refused() -> None:
    steps = "".join(f"@string{{a{n + 1} = a{n} # a{n}}}\n" for n in range(60))
    with pytest.raises(Refused, match="abbreviations"):
        look(f'@string{{a0 = "ten letters"}}\n{steps}@article{{k, title = a60}}')


def test_entities_that_grow_without_end_are_refused() -> None:
    laughs = "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))
    head = f"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a0 'ha'>{laughs}]>"
    with pytest.raises(Refused, match="entities of its own"):
        look(f"{head}<xml><records><record><title>&a9;</title></record></records></xml>")


@pytest.mark.parametrize(
    "entity", ["SYSTEM 'file:///etc/passwd'", "SYSTEM 'http://127.0.0.1:9/canary'", "'x'"]
)
def test_entities_that_lead_elsewhere_are_refused(entity: str) -> None:
    with pytest.raises(Refused, match="entities of its own"):
        look(f"<!DOCTYPE l [<!ENTITY a {entity}>]><xml><records><record/></records></xml>")


def test_an_include_of_another_file_is_not_followed() -> None:
    include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>"
    shown = look(
        "<xml><records><record><titles><title>A trial"
        f"{include}</title></titles></record></records></xml>"
    )
    assert shown.first[0].citation.title == "A trial"


def test_a_file_of_damaged_pubmed_records_is_refused_after_some() -> None:
    record = "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Odd/></MedlineCitation>"
    with pytest.raises(Refused, match="not what PubMed writes"):
        look(
            "<PubmedArticleSet>"
            + "".join(record.format(n) + "</PubmedArticle>" for n in range(1, 200))
            + "</PubmedArticleSet>"
        )


def test_xml_that_is_not_well_formed_is_listed_record_by_record() -> None:
    shown = look("<PubmedArticleSet>" + "<PubmedArticle><a></PubmedArticle>" * 5_000)
    assert (shown.readable, shown.found) == (0, 5_000)
    assert "4,950 more like this" in sentences(shown.problems)


def test_json_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(Refused, match="nested too deeply"):
        look('[{"title": "x", "a": ' + "[" * 100_000 + "]" * 100_000 + "}]")


def test_a_number_of_a_hundred_thousand_digits_is_refused() -> None:
    with pytest.raises(Refused, match="numbers that no reference has"):
        look('[{"title": "x", "volume": ' + "1" * 60_000 + "}]")


def packed(parts: dict[str, bytes], **more: bytes) -> bytes:
    """A ZIP with these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in {**parts, **more}.items():
            pack.writestr(name, content)
    return written.getvalue()


TYPES = {"[Content_Types].xml": b"<Types/>"}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl/worksheets/sheet1.xml": b" " * 60_000_000}, "larger than"),
        ({f"xl/part{n}.xml": b"" for n in range(500)}, "parts"),
        ({"../../etc/cron.d/x": b"x"}, "lead out of it"),
        ({"/etc/passwd": b"x"}, "lead out of it"),
        ({"xl/a.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "defines XML entities"),
        ({"xl/a.xml": "<!DOCTYPE a><a/>".encode("utf-16-le")}, "defines XML entities"),
        ({}, "damaged"),
    ],
)
def test_a_workbook_that_is_a_trap_is_refused_before_it_is_read(
    parts: dict[str, bytes], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        look(packed(TYPES | parts))


def test_an_archive_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refused, match="Unpack it"):
        look(packed({"embase.ris": b"TY  - JOUR\n"}))


def workbook(*rows: list[str], **cells: str) -> bytes:
    book, written = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    book.save(written)
    return written.getvalue()


def test_a_sheet_with_a_million_empty_rows_is_bounded() -> None:
    raw = workbook(["title", "year"], A1048576="the last row")
    try:
        shown = look(raw)
    except Refused as refused:
        assert "cells" in str(refused)
    else:
        assert shown.readable == 1


def test_a_sheet_with_too_many_columns_is_refused() -> None:
    with pytest.raises(Refused, match="more than 500 columns"):
        look(workbook(["title", "year"], XFD2="far out"))


def test_two_rows_with_one_stray_quote_each_stay_two_rows() -> None:
    found, problems = entries('title,year\n"Sore arms,2019\n"Tired legs,2020\n')
    assert [entry.citation.year for entry in found] == [2019, 2020]
    assert [problem.line for problem in problems] == [2, 3]


def test_stray_quotes_inside_a_cell_do_not_move_the_cells_behind_it() -> None:
    found, problems = entries('title,year\n"The "so-called, so-named" cure",2019\n')
    assert found[0].citation.title == 'The "so-called, so-named" cure'
    assert found[0].citation.year == 2019
    assert [problem.line for problem in problems] == [2]


def test_doubled_quotes_and_line_ends_in_a_cell_are_no_problem() -> None:
    (found,) = citations('title,abstract\n"The ""so-called"" cure","One.\nTwo, three."\n')
    assert found.title == 'The "so-called" cure'


def test_bytes_of_any_kind_are_refused_or_listed() -> None:
    for raw in (b"a" + b"\0" * LARGE, b"\xff" * LARGE, b"\xff\xfe" + b"\x00\xd8" * LARGE):
        try:
            shown = look(raw)
        except Refused as refused:
            assert str(refused)
        else:
            assert all(isinstance(problem, Problem) for problem in shown.problems)
