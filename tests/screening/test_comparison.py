"""Texts side by side: which fields differ, and in which words."""

from __future__ import annotations

import pytest

from review.citation import Author, Citation
from screening.comparison import Row, compare, differing
from tests.factories import citation

ONE = citation("1", "Low-dose naltrexone in chronic pain", year=2020, journal="Pain", pages="1-9")


def other(**values: object) -> Citation:
    return citation("1", "Low-dose naltrexone in chronic pain", **{"pages": "1-9"} | values)


def row(name: str, *texts: Citation) -> Row:
    rows = compare(texts[:1], texts[1:])
    return next(each for each in rows if each.name == name)


@pytest.mark.parametrize(
    ("field", "values", "name"),
    [
        ("title", {"title": "LOW DOSE NALTREXONE in chronic pain."}, "title"),
        ("journal", {"journal": "Pain."}, "journal"),
        ("doi", {}, "pages"),
    ],
)
def test_spelling_makes_no_difference(field: str, values: dict[str, object], name: str) -> None:
    text = citation("1", **{"title": ONE.title, "pages": "1-9"} | values)  # type: ignore[arg-type]
    assert row(name, ONE, text).state == "same"


def test_an_abbreviated_journal_is_its_journal() -> None:
    long, short = other(journal="Journal of Clinical Medicine"), other(journal="J Clin Med")
    assert row("journal", long, short).state == "same"
    assert row("journal", long, other(journal="Lancet")).state == "differs"


def test_what_one_source_lacks_is_no_difference() -> None:
    found = row("DOI", ONE, other(doi="10.1000/x"))
    assert found.state == "one side" and found.cells[0] == ()
    assert differing([found]) == []


def test_differing_words_are_marked_on_both_sides_and_no_others() -> None:
    text = citation("1", "Low-dose naltrexone in acute pain", pages="1-9")
    left, right = row("title", ONE, text).cells
    assert [(part.text, part.differs) for part in left] == [
        ("Low-dose naltrexone in", False),
        ("chronic", True),
        ("pain", False),
    ]
    assert [part.text for part in right if part.differs] == ["acute"]


def test_a_number_that_differs_is_marked_whole() -> None:
    left, right = row("year", ONE, other(year=2021)).cells
    assert (left[0].text, left[0].differs) == ("2020", True)
    assert (right[0].text, right[0].differs) == ("2021", True)


def test_every_text_of_two_clusters_has_its_column() -> None:
    rows = compare([ONE, other(year=2019)], [other(year=2020), other(year=2021)])
    year = next(each for each in rows if each.name == "year")
    assert [cell[0].text for cell in year.cells] == ["2020", "2019", "2020", "2021"]
    assert [cell[0].differs for cell in year.cells] == [False, True, False, True]
    assert differing(rows) == ["year"]


def test_authors_and_journal_that_are_hidden_are_not_compared() -> None:
    hidden = [text.anonymous() for text in (ONE, other(authors=(Author("Other", "B"),)))]
    names = [each.name for each in compare(hidden[:1], hidden[1:])]
    assert "authors" not in names and "journal" not in names and "title" in names


def test_a_report_without_text_is_compared_as_empty() -> None:
    found = compare([ONE], [Citation(identifier="")])
    assert {each.state for each in found} == {"one side"}
