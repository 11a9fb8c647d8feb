"""How alike two titles, abstracts and journals are, 0 to 1, whatever their spelling."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from review.citation import Section
from review.dedupe import journals
from review.dedupe.titles import strip
from review.dedupe.words import solid

_ENOUGH = 100  # letters of abstract: less says nothing
_READ = 1600  # characters of an abstract that are compared


def titles_alike(a: str, b: str) -> float:
    """Compare two titles without case, accents, punctuation, markup and added remarks.

    A missing title is like nothing, not even another missing one.
    """
    return letters_alike(solid(strip(a)), solid(strip(b)))


def letters_alike(a: str, b: str) -> float:
    """Give the share of letters in common order; 0 when either side has none."""
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    return fuzz.ratio(a, b) / 100


def abstracts_alike(a: Sequence[Section], b: Sequence[Section]) -> float | None:
    """Compare two abstracts over the length of the shorter, as sources cut them.

    None when either has fewer than 100 letters: that is no evidence.
    """
    return texts_alike(abstract(a), abstract(b))


def texts_alike(a: str, b: str) -> float | None:
    """Compare two abstracts that were read already, as ``abstracts_alike`` does."""
    length = min(len(a), len(b))
    return letters_alike(a[:length], b[:length]) if length >= _ENOUGH else None


def journals_alike(a: str, b: str) -> float | None:
    """Compare two journal names; an abbreviation is its journal. None when either is missing."""
    return journals.alike(journals.journal(a), journals.journal(b))


def abstract(sections: Sequence[Section]) -> str:
    """Give the letters of the beginning of an abstract."""
    return solid(" ".join(f"{section.label} {section.text}" for section in sections)[:_READ])
