"""Names of authors, read as vendors write them and written so that they are read back the same.

A person is "Younger, Jarred", with a suffix "King, Martin Luther, Jr"; a group's name ends with a
comma, as reference managers do it: "Fibromyalgia Study Group,".
"""

from __future__ import annotations

import re

from review.citation import Author
from review.imports.lists import parted
from review.imports.texts import one_line, outgoing_line, plain_line

_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|2nd|3rd|4th|5th)\.?", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[.\-\s\u2010]")
_PIECES = re.compile(r"[\s\-\u2010]+")
_BODIES = frozenset(
    [
        "agency",
        "alliance",
        "anonymous",
        "association",
        "authority",
        "board",
        "centers",
        "centre",
        "center",
        "collaboration",
        "collaborative",
        "collaborators",
        "college",
        "committee",
        "company",
        "consortium",
        "corporation",
        "council",
        "department",
        "foundation",
        "group",
        "groups",
        "hospital",
        "inc",
        "institut",
        "institute",
        "institution",
        "initiative",
        "investigators",
        "laboratory",
        "ministry",
        "network",
        "office",
        "organisation",
        "organization",
        "panel",
        "party",
        "programme",
        "program",
        "project",
        "registry",
        "society",
        "study",
        "subcommittee",
        "team",
        "trial",
        "trialists",
        "union",
        "university",
    ]
)


def person(text: str, *, bare_is_group: bool = False) -> Author:
    """Read one author: "Younger, Jarred", "Younger J", "Jarred Younger", or a body's name.

    ``bare_is_group``: several words without comma or initials name a group, whatever they are.
    """
    name = " ".join(plain_line(text).split())
    if name.endswith(","):
        name = name.rstrip(", ")
        return Author(name, group=" " in name or not bare_is_group)
    last, comma, given = (part.strip() for part in name.partition(","))
    if comma and last:
        return _author(last, given)
    words, suffix = _without_suffix(name.strip(", ").split(" "))
    if len(words) < 2 or not _BODIES.isdisjoint(word.lower() for word in words):
        return Author(name.strip(", "), group=len(words) > 1)
    if initials_in(words[-1]):
        return Author(" ".join(words[:-1]), "", f"{initials_in(words[-1])} {suffix}".strip())
    if bare_is_group:
        return Author(name, group=True)
    return _author(words[-1], f"{' '.join(words[:-1])}, {suffix}")


def written(author: Author) -> str:
    """Write a name so that ``person`` reads it again."""
    last, fore, initials = map(_without_commas, (author.last, author.fore, author.initials))
    if author.group:
        return outgoing_line(f"{last},")
    letters, suffix = _without_suffix(initials.split(" "))
    given = fore or " ".join(letters)
    return outgoing_line(", ".join(part for part in (last, given, suffix) if part))


def several(text: str) -> list[str]:
    """Part a cell with a list of names: lines, else ``;``, else "and", else commas."""
    if ";" in text or "||" in text or "\n" in text:
        return [name.removeprefix("and ") for name in parted(text)]
    names = one_line(text).split(" and ")
    if len(names) > 1:
        return [name.strip() for name in names if name.strip()]
    return _by_commas([part.strip() for part in names[0].rstrip(".").split(",") if part.strip()])


def initials_in(text: str) -> str:
    """The letters of "J", "J.-P." or "AB"; empty when this is a word."""
    letters = _NOT_LETTERS.sub("", text)
    return letters if letters.isalpha() and letters.isupper() and len(letters) <= 4 else ""


def _author(last: str, given: str) -> Author:
    fore, _, suffix = (part.strip() for part in given.partition(","))
    words, behind = _without_suffix(fore.split(" "))
    fore, suffix = " ".join(words), suffix or behind
    initials = initials_in(fore) or "".join(part[0] for part in _PIECES.split(fore) if part)
    return Author(last, "" if initials_in(fore) else fore, f"{initials} {suffix}".strip())


def _without_commas(text: str) -> str:
    return " ".join(one_line(text).replace(",", " ").split())


def _without_suffix(words: list[str]) -> tuple[list[str], str]:
    if len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        return words[:-1], words[-1]
    return words, ""


def _by_commas(parts: list[str]) -> list[str]:
    """Tell "Smith, J., Jones, K." from "Smith J, Jones K" and from "Smith, John"."""
    pairs = len(parts) % 2 == 0 and all(initials_in(part) for part in parts[1::2])
    if pairs:
        return [f"{last}, {given}" for last, given in zip(parts[::2], parts[1::2], strict=True)]
    if len(parts) == 2 and " " not in parts[0]:
        return [", ".join(parts)]
    return parts
