"""Two texts of one record, compared field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from review.citation import Author, Citation, Notice, Section
from review.differences import FIELDS, Difference, differences
from review.notices import WORDS, linked

TEXT = Citation(
    identifier="23359310",
    title="Low-dose <i>naltrexone</i> &lt; placebo",
    abstract=(Section("METHODS", "Thirty-one women."), Section("", "It helped.")),
    authors=(Author("Younger", "Jarred", "J"), Author("Mackey", "Sean", "S")),
    mesh=("Fibromyalgia",),
    year=2013,
    revised=date(2026, 1, 1),
)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (
            {"title": "Placebo"},
            Difference("title", "Low-dose naltrexone < placebo", "Placebo"),
        ),
        (
            {"abstract": ()},
            Difference("abstract", "METHODS: Thirty-one women.\nIt helped.", ""),
        ),
        ({"authors": ()}, Difference("authors", "Younger J, Mackey S", "")),
        (
            {"mesh": ("Fibromyalgia", "Pain")},
            Difference("MeSH", "Fibromyalgia", "Fibromyalgia, Pain"),
        ),
        ({"year": None}, Difference("year", "2013", "")),
        (
            {"notices": (Notice("RetractionIn", "999", "Arthritis Rheum. 2020"),)},
            Difference("corrections and links", "", "RetractionIn Arthritis Rheum. 2020 999"),
        ),
    ],
)
def test_changed_field_is_named_with_both_readings(
    change: dict[str, Any], difference: Difference
) -> None:
    assert differences(TEXT, replace(TEXT, **change)) == [difference]


def test_pubmeds_housekeeping_is_no_difference() -> None:
    assert differences(TEXT, replace(TEXT, revised=date(2026, 11, 1))) == []


def test_every_field_that_people_read_is_compared() -> None:
    unread = {"identifier", "revised"}
    assert set(FIELDS) == {name for name in Citation.__slots__ if name not in unread}


def test_retraction_comes_before_correction_before_comment() -> None:
    notices = (
        Notice("CommentIn", "1", "A"),
        Notice("ErratumIn", "", "B"),
        Notice("Mystery", "3", "C"),
        Notice("RetractionIn", "2", "D"),
    )
    found = linked(replace(TEXT, notices=notices))
    assert [(each.words, each.citation) for each in found] == [
        ("Retracted in", "D"),
        ("Corrected in", "B"),
        ("Comment in", "A"),
        ("See also", "C"),
    ]


def test_direction_of_every_notice_is_said_in_other_words() -> None:
    """A retraction notice and the article that it retracts must not read alike."""
    assert len(set(WORDS.values())) == len(WORDS)
