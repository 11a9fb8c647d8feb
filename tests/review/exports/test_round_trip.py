"""Reading an export again gives the same citations, whatever they hold and in whatever format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.citation import Author, Citation, Extra, Notice, Section
from review.exports.writing import FORMATS
from review.imports import cells
from review.imports.entry import Entry
from review.imports.reading import guess, read

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"])
ODD = [
    "TY  - JOUR",
    "ER  - ",
    "[a] b",
    "=1+1",
    "@x",
    "}",
    "{",
    '"',
    "\\",
    "a;b",
    "a, b",
    "and",
    "%",
]
ODD += ["&amp;", "<b>", "<script>", "$x$", "PMID- 1", "10.5555/x", "METHODS: a", "na", "#", "'=1"]
WORDS = st.one_of(st.text(LETTERS, min_size=1, max_size=12), st.sampled_from(ODD))
LINE = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
OPTIONAL = st.one_of(st.just(""), LINE)
NAMES = st.builds(
    Author,
    last=LINE,
    fore=OPTIONAL,
    initials=st.sampled_from(["", "A", "JP", "J Jr"]),
    group=st.booleans(),
)
SECTIONS = st.builds(Section, st.sampled_from(["", "Methods", "AIMS"]), LINE)
CITATIONS = st.builds(
    Citation,
    identifier=LINE,
    title=LINE,
    abstract=st.lists(st.builds(Section, st.sampled_from(["", "Methods", "AIMS"]), LINE)).map(
        tuple
    ),
    authors=st.lists(NAMES, max_size=3).map(tuple),
    journal=OPTIONAL,
    year=st.one_of(st.none(), st.integers(1900, 2030)),
    published=st.sampled_from(["", "2019 Dec", "1998 Nov-Dec", "Spring", "2020"]),
    volume=OPTIONAL,
    issue=OPTIONAL,
    pages=st.one_of(OPTIONAL, st.sampled_from(["1-9", "e12", "S1-S9", "1-2, 5", "no-5"])),
    doi=st.sampled_from(["", "10.5555/a(b)c", "10.5555/x_y&z", "10.5555/{a", "10.5555/a%b#c"]),
    pmid=st.sampled_from(["", "1", "23359310"]),
    pmcid=st.sampled_from(["", "PMC1"]),
    url=st.sampled_from(["", "https://example.org/a_b?c=d&e=%20~f"]),
    language=OPTIONAL,
    vernacular_title=OPTIONAL,
    book=OPTIONAL,
    mesh=st.lists(LINE, max_size=2).map(tuple),
    keywords=st.lists(LINE, max_size=3).map(tuple),
    publication_types=st.lists(st.one_of(LINE, st.just("Book")), max_size=2).map(tuple),
    registrations=st.lists(LINE, max_size=2).map(tuple),
    notices=st.lists(st.builds(Notice, LINE, st.just("1"), LINE), max_size=1).map(tuple),
    revised=st.one_of(st.none(), st.just(date(2024, 1, 12))),
    extra=st.lists(st.builds(Extra, LINE, LINE), max_size=2).map(tuple),
)


def again(citations: list[Citation], ending: str) -> list[Citation]:
    """Write citations and read the file as an upload is read."""
    raw = "".join(FORMATS[ending].write(citations)).encode()
    found = list(read(raw, guess(raw).plan))
    return [keyless(entry.citation) for entry in found if isinstance(entry, Entry)]


def keyless(citation: Citation) -> Citation:
    """Without the key that every BibTeX entry has to have."""
    return replace(citation, extra=tuple(e for e in citation.extra if e.name != "cite key"))


@pytest.mark.parametrize("ending", FORMATS)
@given(citations=st.lists(CITATIONS, min_size=1, max_size=2))
@settings(max_examples=20, deadline=None)
def test_what_is_written_is_read_again_as_it_was(ending: str, citations: list[Citation]) -> None:
    held = [keyless(cells.normal(citation)) for citation in citations]
    assert again(held, ending) == held
