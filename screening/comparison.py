"""Two or more texts side by side: in which fields they differ, and in which words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from review.citation import Citation
from review.dedupe import journals_alike
from review.dedupe.words import normal
from review.differences import FIELDS, readable

SHOWN = (
    *("title", "vernacular_title", "authors", "journal", "book", "year", "volume", "issue"),
    *("pages", "doi", "pmid", "language", "publication_types", "registrations", "abstract"),
)
BY_WORD = ("title", "vernacular_title", "authors", "abstract")  # the others are marked whole
SAME, DIFFERS, ONE_SIDED = "same", "differs", "one side"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a value; ``differs`` when the other report's text has something else there."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One field of all texts: its name, whether they agree, the parts of each value."""

    name: str
    state: str
    cells: tuple[tuple[Part, ...], ...]

    @property
    def is_prose(self) -> bool:
        """Whether it is read, not looked up."""
        return self.name in ("title", "abstract")


def compare(first: Sequence[Citation], second: Sequence[Citation]) -> list[Row]:
    """Compare the texts of two reports field by field; a field that none has is left out.

    Each value is marked against the first text of the other report. Case, accents, punctuation
    and the abbreviation of a journal make no difference.
    """
    return list(_rows([*first, *second], len(first)))


def differing(rows: Sequence[Row]) -> list[str]:
    """The names of the fields in which the texts disagree."""
    return [row.name for row in rows if row.state == DIFFERS]


def _rows(texts: Sequence[Citation], turn: int) -> Iterator[Row]:
    for name in SHOWN:
        values = [readable(text, name) for text in texts]
        if not any(values):
            continue
        others = [values[turn] if place < turn else values[0] for place in range(len(values))]
        cells = (_parts(name, one, other) for one, other in zip(values, others, strict=True))
        yield Row(FIELDS[name], _state(name, values), tuple(cells))


def _state(name: str, values: Sequence[str]) -> str:
    given = [value for value in values if value]
    if any(not _agree(name, given[0], value) for value in given[1:]):
        return DIFFERS
    return SAME if len(given) == len(values) else ONE_SIDED


def _agree(name: str, one: str, other: str) -> bool:
    if name == "doi":
        return one.casefold() == other.casefold()
    if normal(one) == normal(other):
        return True
    return name == "journal" and journals_alike(one, other) == 1.0


def _parts(name: str, one: str, other: str) -> tuple[Part, ...]:
    """One value, with what the other has not marked."""
    if not one:
        return ()
    if not other or _agree(name, one, other):
        return (Part(one),)
    return tuple(_by_word(one, other)) if name in BY_WORD else (Part(one, differs=True),)


def _by_word(one: str, other: str) -> Iterator[Part]:
    ours, theirs = one.split(), other.split()
    matcher = SequenceMatcher(None, [*map(normal, ours)], [*map(normal, theirs)], autojunk=False)
    for tag, start, end, _, _ in matcher.get_opcodes():
        if end > start:
            yield Part(" ".join(ours[start:end]), differs=tag != "equal")
