"""Keys by which possible duplicates of a record are found through an index."""

from __future__ import annotations

from collections.abc import Iterator

from review.citation import Citation
from review.dedupe.sides import Side, side
from review.dedupe.titles import Title

ENDS = 32  # letters of a title's beginning and end
_COMMON = (
    "among analysis and associated association associations between clinical comparative "
    "comparison controlled development effectiveness efficacy evaluation following from "
    "investigation patients prevalence randomised randomized relationship results review study "
    "systematic treatment trial using with"
)
STOP = frozenset(_COMMON.split())


def keys(citation: Citation) -> frozenset[str]:
    """Give the keys of a record: "pmid:24526250", "doi:10.1002/art.37937", "head:lowdosenal…".

    Records that share no key are never compared. A key depends on its record alone, so an index
    kept for years and one made today hold the same.
    """
    return keys_of(side(citation))


def keys_of(one: Side) -> frozenset[str]:
    """Give the keys of a record that was read already."""
    return frozenset(f"{kind}:{value}" for kind, value in _named(one))


def _named(one: Side) -> Iterator[tuple[str, str]]:
    if one.pmid:
        yield "pmid", one.pmid
    if one.doi:
        yield "doi", one.doi
    first = one.names[0].joined if one.names else ""
    for title in one.titles:
        yield from _of_title(title, first, one)
    where = one.place
    if where.volume and where.first:
        yield "place", f"{where.volume}/{where.first}/{one.year or ''}"
    if first and where.first:
        yield "page", f"{first[:6]}/{where.first}"
    if len(one.abstract) >= 100:
        yield "abstract", one.abstract[:60]


def _of_title(title: Title, first: str, one: Side) -> Iterator[tuple[str, str]]:
    letters = title.letters
    if not letters:
        return
    if title.generic:  # shared by many: only within a year
        yield "title", f"{letters[:ENDS]}/{one.year or ''}/{first[:5]}"
        return
    yield "head", letters[:ENDS]
    yield "tail", letters[-ENDS:]
    long = _long(title.words)
    if first:
        for word in long[:3]:
            yield "word", f"{first[:5]}/{word}"
    if len(long) > 2:
        yield "words", "/".join(sorted(long[:3]))


def _long(words: str) -> list[str]:
    """The longest words first: length is how rare a word is, and it does not change with time."""
    return sorted(set(words.split()) - STOP, key=lambda word: (-len(word), word))
