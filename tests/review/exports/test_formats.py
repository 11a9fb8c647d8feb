"""What each format looks like, to the programs that people open it with."""

from __future__ import annotations

import csv
import io
import json

import pytest

from review.citation import Author, Citation, Extra, Section
from review.exports.writing import FORMATS
from review.imports.reading import guess, read
from tests.review.imports.files import entries

YOUNGER = Citation(
    identifier="23359310",
    title="Low-dose naltrexone in fibromyalgia: <i>P</i> &lt; 0.05",
    abstract=(Section("Objective", "To see."), Section("Results", "It was.")),
    authors=(Author("Younger", "Jarred", "J"), Author("Fibromyalgia Study Group", group=True)),
    journal="Arthritis Rheum",
    year=2013,
    published="2013 Feb",
    volume="65",
    issue="2",
    pages="529-38",
    doi="10.1002/art.37734",
    pmid="23359310",
    mesh=("Fibromyalgia/drug therapy",),
    keywords=("low dose",),
    publication_types=("Journal Article",),
)


def written(ending: str, *citations: Citation) -> str:
    return "".join(FORMATS[ending].write(citations or (YOUNGER,)))


def test_ris_has_the_tags_that_reference_managers_expect() -> None:
    lines = written("ris").replace("\r\n", "\n").split("\n")
    for line in (
        "TY  - JOUR",
        "AU  - Younger, Jarred",
        "AU  - Fibromyalgia Study Group,",
        "TI  - Low-dose naltrexone in fibromyalgia: <i>P</i> < 0.05",
        "T2  - Arthritis Rheum",
        "PY  - 2013",
        "VL  - 65",
        "SP  - 529",
        "EP  - 38",
        "DO  - 10.1002/art.37734",
        "AN  - 23359310",
        "DB  - PubMed",
        "KW  - low dose",
        "KW  - Fibromyalgia/drug therapy [MeSH]",
        "ER  - ",
    ):
        assert line in lines
    assert lines[0] == "TY  - JOUR"


def test_nbib_has_pubmeds_tags() -> None:
    lines = written("nbib").split("\r\n")
    for line in (
        "PMID- 23359310",
        "DP  - 2013 Feb",
        "FAU - Younger, Jarred",
        "CN  - Fibromyalgia Study Group",
        "LID - 10.1002/art.37734 [doi]",
        "MH  - Fibromyalgia/drug therapy",
    ):
        assert line in lines


def test_bibtex_has_a_key_for_every_entry_and_latex_in_its_values() -> None:
    text = written("bib", YOUNGER, YOUNGER)
    assert "@article{younger2013," in text
    assert "@article{younger2013-2," in text
    assert "title = {Low-dose naltrexone in fibromyalgia: \\textit{P} < 0.05}" in text
    assert "author = {Younger, Jarred and {Fibromyalgia Study Group}}" in text


def test_bibtex_keeps_the_key_that_a_citation_came_with() -> None:
    kept = Citation("1", "A", extra=(Extra("cite key", "Younger:2013"),))
    assert "@article{Younger:2013," in written("bib", kept)


def test_csl_json_is_json_with_names_in_parts() -> None:
    (item,) = json.loads(written("json"))
    assert item["author"] == [
        {"family": "Younger", "given": "Jarred"},
        {"literal": "Fibromyalgia Study Group"},
    ]
    assert (item["type"], item["issued"]["date-parts"]) == ("article-journal", [[2013]])
    assert item["container-title"] == "Arthritis Rheum"


def test_no_citations_at_all_are_a_valid_file() -> None:
    assert json.loads("".join(FORMATS["json"].write([]))) == []


def test_no_cell_of_a_csv_file_is_a_formula() -> None:
    danger = Citation("1", title="=HYPERLINK(1)", journal="@SUM", volume="-1", keywords=("+1",))
    rows = list(csv.reader(io.StringIO(written("csv", danger).removeprefix("\ufeff"))))
    assert not [cell for cell in rows[1] if cell.startswith(("=", "@", "-", "+", "\t"))]
    assert "'=HYPERLINK(1)" in rows[1]


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(
    "title",
    [
        "A\nER  - \n\nTY  - JOUR\nTI  - Injected",
        "A}\n\n@article{injected, title={Injected}}",
        'A"},{"title":"Injected',
        "A\n\nPMID- 99\nTI  - Injected",
        'A"\nInjected,2020\n',
    ],
)
def test_no_value_can_bring_in_a_record_of_its_own(ending: str, title: str) -> None:
    found, _ = entries(written(ending, Citation("1", title=title)).encode())
    assert len(found) == 1


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_that_was_written_is_known_by_its_beginning(ending: str) -> None:
    names = {"bib": "bibtex", "json": "csl_json", "csv": "table"}
    raw = written(ending).encode()
    assert guess(raw).plan.format == names.get(ending, ending)
    assert len(list(read(raw, guess(raw).plan))) == 1
