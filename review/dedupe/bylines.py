"""Lists of authors in one cell, also those that lost their separators on the way."""

from __future__ import annotations

import re
from functools import lru_cache

from review.citation import Author
from review.dedupe.words import mend

_PARTICLE = r"(?:(?:de|da|di|do|del|van|von|der|den|la|le|ten|ter) ?)?"
_NAME = r"[A-ZÀ-ÞŠŽ]['’]?[^\W\d_A-Z.]|[OdD]['’][A-Z]"
# "Younger J.Noor N." and "SilvaM.I.de CarvalhoA.M.": a stop with a name right behind it.
_GLUED = re.compile(rf"(?<=[A-Z]\.)(?={_PARTICLE}(?:{_NAME}))")
_LETTERS = r"[A-ZÀ-Þ](?:\.?[ -]?[A-ZÀ-Þ]){0,3}\.?"
_INITIALS = re.compile(_LETTERS)
# "YoungerJ.W." and "Younger J. W.": initials right behind a name, or parted.
_BEHIND = re.compile(rf"(.*[^\W\d_A-Z]),? *({_LETTERS})")
_BEFORE = re.compile(rf"({_LETTERS}) +([^.]+)")
_PARTED = re.compile(r"\s*(?:;|\||\n)\s*|\s+and\s+|\s+&\s+")


def authors(text: str) -> tuple[Author, ...]:
    """Read authors: "Younger J; Noor N", "Younger, J. and Noor, N.", "Younger J.Noor N."."""
    if not text.strip():
        return ()
    parts = [part for part in _PARTED.split(mend(text)) if part.strip(" ,")]
    listed = parts if len(parts) > 1 else _by_commas(text.strip().rstrip(","))
    pieces = (piece.strip(" ,") for part in listed for piece in _GLUED.split(part))
    return tuple(_author(piece) for piece in pieces if piece)


def _by_commas(text: str) -> list[str]:
    """Tell "Smith, J., Jones, K." from "Smith J, Jones K" and from "Smith, John"."""
    parts = [part.strip() for part in mend(text).split(",") if part.strip()]
    if len(parts) % 2 == 0 and all(map(_INITIALS.fullmatch, parts[1::2])):
        return [f"{last}, {given}" for last, given in zip(parts[::2], parts[1::2], strict=True)]
    return [", ".join(parts)] if len(parts) == 2 and " " not in parts[0] else parts


@lru_cache(65_536)
def _author(name: str) -> Author:
    if (found := _BEHIND.fullmatch(name)) and "," not in found[1]:
        return Author(found[1].strip(), initials=re.sub("[^A-ZÀ-Þ]", "", found[2]))
    last, comma, given = (part.strip() for part in name.partition(","))
    if comma:
        return Author(last, given, given[:1])
    if found := _BEFORE.fullmatch(name):
        return Author(found[2], initials=re.sub("[^A-ZÀ-Þ]", "", found[1]))
    words = name.split()
    if len(words) in (2, 3) and all(word[:1].isupper() for word in words):
        return Author(words[-1], " ".join(words[:-1]), words[0][:1])
    return Author(name)
