"""CSL-JSON of Zotero and others."""

from __future__ import annotations

import json

import pytest

from review.citation import Author
from review.imports.entry import Refused
from tests.review.imports.files import citations, entries, extra, one, people, sentences

ITEM = {
    "id": "http://zotero.org/users/1/items/ABCD",
    "type": "article-journal",
    "title": "Effects of CO<sub>2</sub>: P < 0.05",
    "container-title": "Journal of Made-Up Trials",
    "author": [
        {"family": "Okafor", "given": "Adaeze I."},
        {"non-dropping-particle": "van der", "family": "Berg", "given": "Jan", "suffix": "Jr"},
        {"literal": "Fibromyalgia Study Group"},
    ],
    "issued": {"date-parts": [["2024", 1, 12]]},
    "volume": 7,
    "page": "9–20",
    "DOI": "10.5555/MADE.UP.1",
    "PMID": "80000001",
    "keyword": "pain, low dose",
    "abstract": "BACKGROUND: Pain lasts.\nMETHODS: None.",
    "accessed": {"date-parts": [[2024, 2, 1]]},
}


def test_fields_of_csl_json() -> None:
    found = one(json.dumps([ITEM]).encode())
    assert found.title == "Effects of CO<sub>2</sub>: P &lt; 0.05"
    assert people(found) == ["Okafor AI", "van der Berg J Jr", "Fibromyalgia Study Group"]
    assert found.authors[1] == Author("van der Berg", "Jan", "J Jr")
    assert (found.published, found.volume, found.pages) == ("2024 Jan 12", "7", "9-20")
    assert (found.doi, found.pmid) == ("10.5555/made.up.1", "80000001")
    assert found.keywords == ("pain", "low dose")
    assert [part.label for part in found.abstract] == ["BACKGROUND", "METHODS"]
    assert extra(found)["accessed"] == ['{"date-parts": [[2024, 2, 1]]}']


def test_items_larger_than_what_is_read_at_once_are_whole() -> None:
    items = [{"title": f"Title {n}", "abstract": "word " * 40_000} for n in range(6)]
    found = citations(json.dumps(items).encode())
    assert [each.title for each in found] == [f"Title {n}" for n in range(6)]


def test_what_is_no_reference_is_listed() -> None:
    found, problems = entries(json.dumps([{"title": "A"}, "B", {}, {"title": "C"}]).encode())
    assert [entry.citation.title for entry in found] == ["A", "C"]
    assert sentences(problems).count("This is no reference. It was left out.") == 2


def test_list_that_ends_in_the_middle_gives_what_came_before() -> None:
    found, problems = entries(b'[{"title": "A"}, {"title": "B", "abs')
    assert [entry.citation.title for entry in found] == ["A"]
    assert "The file ends in the middle, or is no valid JSON." in sentences(problems)


def test_lone_surrogates_of_json_are_left_out() -> None:
    assert one(b'[{"title": "A \\ud800 trial"}]').title == "A trial"


def test_other_json_is_refused() -> None:
    with pytest.raises(Refused, match="not a list of references"):
        entries(b'{"title": "A"}', format="csl_json")


def test_json_nested_without_end_is_refused() -> None:
    with pytest.raises(Refused, match="nested too deeply"):
        entries(b'[{"title": ' + b"[" * 200_000)
