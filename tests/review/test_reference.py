"""A citation as it stands in a reference list."""

from __future__ import annotations

import pytest

from review.citation import Author, Citation
from review.reference import reference

YOUNGER = Citation(
    "23359310",
    title="Low-dose naltrexone for the treatment of fibromyalgia: <i>findings</i> of a trial.",
    authors=(Author("Younger", "Jarred", "J"), Author("Noor", "Noorulain", "N")),
    journal="Arthritis Rheum",
    year=2013,
    volume="65",
    issue="2",
    pages="529-38",
    doi="10.1002/art.37734",
    pmid="23359310",
)


def test_a_whole_citation_is_one_line() -> None:
    assert reference(YOUNGER) == (
        "Younger J, Noor N. Low-dose naltrexone for the treatment of fibromyalgia: findings of a "
        "trial. Arthritis Rheum. 2013;65(2):529-38. doi:10.1002/art.37734. PMID: 23359310."
    )


@pytest.mark.parametrize(
    ("citation", "line"),
    [
        (Citation("1"), ""),
        (Citation("1", title="Does it help?"), "Does it help?"),
        (Citation("1", title="Pain", year=2020), "Pain. 2020."),
        (Citation("1", title="Pain", journal="BMJ"), "Pain. BMJ."),
        (Citation("1", title="Pain", journal="BMJ", year=2020), "Pain. BMJ. 2020."),
        (Citation("1", title="Pain", journal="BMJ", year=2020, pages="e1"), "Pain. BMJ. 2020:e1."),
        (
            Citation("1", title="Pain", book="Drugs &amp; doses", year=2020),
            "Pain. Drugs & doses. 2020.",
        ),
        (Citation("1", authors=(Author("POINT Group", group=True),)), "POINT Group."),
    ],
)
def test_what_is_missing_is_left_out(citation: Citation, line: str) -> None:
    assert reference(citation) == line


def test_of_more_than_six_authors_six_are_named() -> None:
    many = tuple(Author(f"Name{n}", initials="A") for n in range(1, 8))
    assert reference(Citation("1", authors=many)) == (
        "Name1 A, Name2 A, Name3 A, Name4 A, Name5 A, Name6 A, et al."
    )
