"""The lines of one entry in a tagged format, gathered under their tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from review.imports.limits import LONGEST_VALUE


@dataclass(slots=True)
class Block:
    """An entry under way: where it began, how its tags are set, and its values line by line."""

    line: int
    kind: str = ""
    indent: str = ""
    gap: str = ""
    lower: bool = False
    ended: bool = False
    after_blank: bool = False
    _values: list[tuple[str, list[str]]] = field(default_factory=list)

    def begin(self, tag: str, value: str) -> None:
        """Begin a value under a tag."""
        self.after_blank = False
        self._values.append((tag, [value]))

    def go_on(self, line: str) -> None:
        """Add a line without a tag to the value before it."""
        self.after_blank = not line.strip()
        if self._values:
            self._values[-1][1].append(line)
        elif not self.after_blank:
            self._values.append(("text", [line]))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Give tags and values, the lines of a value parted by line feeds."""
        for tag, lines in self._values:
            yield tag, "\n".join(lines).strip()[:LONGEST_VALUE]
