"""Reading what a test wrote: a text or bytes in, entries and problems out."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

from review.citation import Citation
from review.imports.entry import Entry, Problem
from review.imports.reading import Guess, guess, read
from review.markup import plain


def data(text: str | bytes) -> bytes:
    """Take the indentation of a test out of a file's text."""
    return text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode()


def looked_at(text: str | bytes) -> Guess:
    """What is guessed of a file."""
    return guess(data(text))


def entries(text: str | bytes, **plan: object) -> tuple[list[Entry], list[Problem]]:
    """Read a file as guessed, or with some of the plan told."""
    raw = data(text)
    found = list(read(raw, replace(guess(raw).plan, **plan)))
    return (
        [each for each in found if isinstance(each, Entry)],
        [each for each in found if isinstance(each, Problem)],
    )


def citations(text: str | bytes, **plan: object) -> list[Citation]:
    """Citations of a file in which nothing is wrong."""
    found, problems = entries(text, **plan)
    assert problems == []
    return [entry.citation for entry in found]


def one(text: str | bytes, **plan: object) -> Citation:
    """The only citation of a file in which nothing is wrong."""
    (found,) = citations(text, **plan)
    return found


def extra(citation: Citation) -> dict[str, list[str]]:
    """What a citation keeps beyond its fields, by name."""
    found: dict[str, list[str]] = {}
    for each in citation.extra:
        found.setdefault(each.name, []).append(each.value)
    return found


def abstract(citation: Citation) -> str:
    """The abstract as a person reads it."""
    return "\n".join(
        f"{part.label}: {plain(part.text)}".removeprefix(": ") for part in citation.abstract
    )


def people(citation: Citation) -> list[str]:
    """The authors as citations print them."""
    return [author.short for author in citation.authors]


def sentences(problems: list[Problem]) -> str:
    """The problems as the page lists them."""
    return "\n".join(map(str, problems))
