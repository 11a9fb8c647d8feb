"""Author names, however a source writes them: Younger J, Younger, Jarred, YOUNGER J."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from review.citation import Author
from review.dedupe.words import normal

_MOST = 60  # names compared of each list; longer lists agree or differ long before
_NOBODY = frozenset(["", "et al", "others", "anonymous", "anon", "no authors listed", "null"])
_PARTICLES = {"al", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el"}
_PARTICLES |= {"la", "le", "ter", "van", "von", "y"}
_INITIALS = re.compile(r"(?:[A-Z]\.?-?\s?){1,4}")


@dataclass(frozen=True, slots=True)
class Name:
    """``family`` in words without particles, ``joined`` letters, ``given`` in words or initials."""

    family: str
    joined: str
    given: str


def authors_alike(a: Sequence[Author], b: Sequence[Author]) -> float:
    """Say how much of the shorter author list is in the longer, 0 to 1; order does not matter.

    A list that is missing on either side gives 0: without authors nothing supports a merge, so
    such a pair is left to a person.
    """
    return names_alike(names(a), names(b))


def names_alike(left: Sequence[Name], right: Sequence[Name]) -> float:
    """Compare two lists of names that were read already, as ``authors_alike`` does."""
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    found = min(_found(left, right), _found(right, left))
    return found / min(len(left), len(right))


def names(authors: Sequence[Author]) -> tuple[Name, ...]:
    """Read the first names of a list; "et al." and "Anonymous" are nobody."""
    read = (name(author) for author in authors[:_MOST])
    return tuple(name for name in read if name.joined)


@lru_cache(65_536)  # people publish more than once, and are listed by several sources
def name(author: Author) -> Name:
    """Read one name. Without separate parts, "Younger, J" and "YOUNGER J." are taken apart."""
    last, given = author.last.strip(), author.fore or author.initials
    if author.group:
        given = ""
    elif "," in last:
        last, _, behind = last.partition(",")
        given = given or behind
    elif not given and (parts := last.rsplit(" ", 1))[1:] and _INITIALS.fullmatch(parts[1]):
        last, given = parts
    whole = normal(last)
    if whole in _NOBODY:
        return Name("", "", "")
    given = normal(given)
    kept = " ".join(word for word in whole.split() if word not in _PARTICLES)
    return Name(kept or whole, whole.replace(" ", ""), "" if given in _NOBODY else given)


def same(a: Name, b: Name) -> bool:
    """Whether two names can be one person: initials agree if both are known, family too.

    A compound family name agrees with a part of it (Santos-Torres, Santos), a misspelt one when
    nine letters of ten agree, and a name whose parts were swapped (Kang Si Hyun, Si Hyun Kang)
    with itself.
    """
    if a.given and b.given and a.given[0] != b.given[0]:
        return _swapped(a, b)
    if a.joined == b.joined:
        return True
    left, right = set(a.family.split()), set(b.family.split())
    if left <= right or right <= left:
        return True
    if min(len(a.joined), len(b.joined)) > 4 and fuzz.ratio(a.joined, b.joined) >= 90:
        return True
    return _swapped(a, b)


def _swapped(a: Name, b: Name) -> bool:
    """Whether the parts of one name changed places: Kang Si Hyun, Si Hyun Kang, Si H. Kang."""
    if a.given and b.given and (a.given[0] != b.family[0] or b.given[0] != a.family[0]):
        return False
    if (len(a.family) > 2 and a.family == b.given) or (len(b.family) > 2 and b.family == a.given):
        return True
    one, other = f"{a.family} {a.given}".split(), f"{b.family} {b.given}".split()
    return len(one) > 1 and sorted(one) == sorted(other)


def _found(some: Sequence[Name], others: Sequence[Name]) -> int:
    exact = set(others)
    return sum(one in exact or any(same(one, other) for other in others) for one in some)
