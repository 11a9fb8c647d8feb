"""What all writers share: cells of a citation, by name, and the notes that carry the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from review.citation import Citation
from review.imports import cells as reading

MESH = " [MeSH]"
_TAKEN_APART = ("[", "Accession Number:")  # beginnings of notes that readers look into


class Cells:
    """The cells of one citation; what is taken is written, what is left is carried in notes."""

    def __init__(self, citation: Citation) -> None:
        self._held: dict[str, list[str]] = {}
        for name, text in reading.cells(citation):
            self._held.setdefault(name, []).append(text)

    def one(self, name: str) -> str:
        """Take the value of a field that has one, "" for none."""
        return (self._held.pop(name, None) or [""])[0]

    def all(self, name: str) -> list[str]:
        """Take all values of a field."""
        return self._held.pop(name, [])

    def has(self, name: str) -> bool:
        """Whether a field has a value that nobody took."""
        return name in self._held

    def give_back(self, name: str, *values: str) -> None:
        """Leave values to the notes, because this format could not hold them as they are."""
        self._held.setdefault(name, []).extend(values)

    def keywords(self) -> list[str]:
        """Take keywords, and MeSH headings marked as such."""
        return [*(f"{term}{MESH}" for term in self.all("mesh")), *self.all("keyword")]

    def notes(self) -> Iterator[str]:
        """Take all that is left as lines, each of which says what it is."""
        plain = self.all("note")
        for name, values in self._held.items():
            yield from (f"[{name}] {text}" for text in values)
        yield from (f"[note] {text}" if text.startswith(_TAKEN_APART) else text for text in plain)
        self._held = {}


def kind_of(types: Collection[str], kinds: dict[str, str], default: str) -> str:
    """The format's word for the first type of publication that it has one for."""
    words = {said: word for word, said in kinds.items()}
    return next((words[said] for said in types if said in words), default)
