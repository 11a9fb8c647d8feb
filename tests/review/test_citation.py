"""A citation survives the way to the database and back, and names its authors as people do."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.citation import Author, Citation, Extra, Notice, Section

words = st.text(max_size=10)
citations = st.builds(
    Citation,
    identifier=words,
    title=words,
    abstract=st.lists(st.builds(Section, words, words), max_size=3).map(tuple),
    authors=st.lists(st.builds(Author, words, words, words, st.booleans()), max_size=3).map(tuple),
    year=st.none() | st.integers(1500, 2100),
    mesh=st.lists(words, max_size=2).map(tuple),
    registrations=st.lists(words, max_size=2).map(tuple),
    notices=st.lists(st.builds(Notice, words, words, words), max_size=2).map(tuple),
    revised=st.none() | st.dates(),
    extra=st.lists(st.builds(Extra, words, words), max_size=2).map(tuple),
)


@given(citations)
def test_a_citation_stored_as_json_is_read_back_the_same(citation):
    assert Citation.from_json(json.loads(json.dumps(citation.to_json()))) == citation


@given(citations)
def test_what_goes_into_json_is_what_json_gives_back(citation):
    assert json.loads(json.dumps(citation.to_json())) == citation.to_json()


def test_fields_of_a_later_version_are_passed_over():
    stored = Citation(
        "7", title="Kept", authors=(Author("Okafor", "Adaeze", "A"),), revised=date(2024, 1, 2)
    ).to_json()
    stored["colour"] = "blue"
    stored["authors"][0]["orcid"] = "0000-0000"
    again = Citation.from_json(stored)
    assert (again.title, again.authors[0].short, again.revised) == (
        "Kept",
        "Okafor A",
        date(2024, 1, 2),
    )


def test_fields_that_an_earlier_version_did_not_store_are_empty():
    assert Citation.from_json({"identifier": "7"}) == Citation("7")


def test_a_text_without_extra_fields_is_stored_as_it_was_before_there_were_any():
    assert "extra" not in Citation("7").to_json()
    assert Citation("7", extra=(Extra("issn", "0028-4793"),)).to_json()["extra"] == [
        {"name": "issn", "value": "0028-4793"}
    ]


@pytest.mark.parametrize(
    ("authors", "shown"),
    [
        ((), ""),
        ((Author("Younger", "Jarred", "J"),), "Younger J"),
        ((Author("Younger", initials="J"), Author("Mackey", initials="S")), "Younger J, Mackey S"),
        ((Author("A", initials="A"), Author("B"), Author("C")), "A A et al."),
        ((Author("SLEEPWELL Study Group", group=True),), "SLEEPWELL Study Group"),
    ],
)
def test_authors_fit_on_one_line(authors, shown):
    assert Citation("1", authors=authors).short_authors == shown
