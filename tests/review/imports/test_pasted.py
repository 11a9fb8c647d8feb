"""Lists of PMIDs and DOIs, as people paste them."""

from __future__ import annotations

import pytest

from tests.review.imports.files import citations, entries, looked_at, sentences


@pytest.mark.parametrize(
    "text",
    [
        "23359310\n17222320\n",
        "23359310, 17222320",
        "PMID: 23359310; PMID:17222320",
        "PMIDs\n23359310\n17222320",
        "https://pubmed.ncbi.nlm.nih.gov/23359310/\nhttps://pubmed.ncbi.nlm.nih.gov/17222320/",
    ],
)
def test_pmids_are_read_however_they_are_parted(text: str) -> None:
    assert [found.pmid for found in citations(text)] == ["23359310", "17222320"]


@pytest.mark.parametrize("text", ["10.1002/art.37734", "https://doi.org/10.1002/ART.37734"])
def test_dois_are_read_with_and_without_a_resolver(text: str) -> None:
    assert [found.doi for found in citations(text)] == ["10.1002/art.37734"]


def test_what_is_named_twice_is_taken_once_and_listed() -> None:
    found, problems = entries("23359310 23359310\n17222320\n23359310\n")
    assert [entry.citation.pmid for entry in found] == ["23359310", "17222320"]
    assert "Line 1: 23359310 stands in line 1 already." in sentences(problems)
    assert "Line 3: 23359310 stands in line 1 already." in sentences(problems)


def test_what_is_neither_is_listed_with_its_line() -> None:
    found, problems = entries("23359310\n17222320\nnaltrexone\n10.1002/art.37734\n")
    assert len(found) == 3
    assert "Line 3: “naltrexone” is neither a PMID nor a DOI." in sentences(problems)


def test_short_pmids_each_on_its_line_are_a_list() -> None:
    assert [found.pmid for found in citations("1\n23\n456\n")] == ["1", "23", "456"]


@pytest.mark.parametrize(
    "text",
    [
        "id,year\n1,2019\n2,2020\n",
        "1,2019\n2,2020\n3,2021\n",
        "pmid,year\n23359310,2013\n17222320,2007\n",
        "record,arm,n\n12345678,1,30\n12345679,2,31\n",
    ],
)
def test_a_table_of_numbers_is_no_list(text: str) -> None:
    assert looked_at(text).plan.format == "table"
