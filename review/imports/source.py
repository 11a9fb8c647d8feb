"""A file as a stream of clean text: decoded, line ends made one, what is no text taken out.

Every repair is a problem with its line. Only one line, or one piece of a long one, is in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import TextIOWrapper
from typing import BinaryIO

from review.imports.encodings import ENCODINGS, UTF8
from review.imports.limits import LONGEST_VALUE
from review.imports.problems import Problems
from review.imports.texts import CONTROL, clean

PIECE = 1 << 16  # characters

_ESCAPED = re.compile("[\udc80-\udcff]+")
_ODD = re.compile(
    "\ufffd|[\u00c2\u00c3\u00c5][\u0080-\u00bf\u0152-\u0178\u2013-\u203a\u20ac\u2122]"
)
_NOT_TEXT = "Characters that are not text (such as NUL) stood in this line."


@dataclass(slots=True)
class Source:
    """A file that is being read. ``mark`` finds the lines that begin an entry, to count them."""

    data: BinaryIO
    encoding: str = UTF8
    problems: Problems = field(default_factory=Problems)
    mark: re.Pattern[str] | None = None
    marks: int = 0
    odd: int = 0  # lines with letters that were wrong before the file got here

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield lines with their numbers, without line ends (CR, LF, CRLF alike)."""
        with _Opened(self.data, self.encoding) as text:
            number = 0
            while line := text.readline(LONGEST_VALUE):
                number += 1
                if len(line) == LONGEST_VALUE:
                    self._pass_over(text, number)
                line = self.repaired(line, number).rstrip("\n")
                if self.mark is not None and self.mark.match(line):
                    self.marks += 1
                yield number, line
        self._note_odd_letters()

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces, for formats in which lines mean nothing."""
        with _Opened(self.data, self.encoding) as text:
            number = 1
            while piece := text.read(PIECE):
                yield self.repaired(piece, number)
                number += piece.count("\n")
        self._note_odd_letters()

    def repaired(self, text: str, number: int) -> str:
        """Clean a line; what had to be changed is noted."""
        if text.isascii() and not CONTROL.search(text):
            return text
        if _ESCAPED.search(text):
            self.problems.add(
                f"Some bytes are not {ENCODINGS.get(self.encoding, self.encoding)}.",
                "They were read as Windows Western (1252); look at this entry's letters.",
                number,
            )
            text = _ESCAPED.sub(_western, text)
        if CONTROL.search(text):
            self.problems.add(_NOT_TEXT, "They were left out, the rest was kept.", number)
        self.odd += bool(_ODD.search(text))
        return clean(text)

    def _pass_over(self, text: TextIOWrapper, number: int) -> None:
        """Read on to the end of a line of which more than one field can hold was read."""
        while (rest := text.readline(PIECE)) and not rest.endswith("\n"):
            pass
        self.problems.add(
            f"This line is longer than {LONGEST_VALUE:,} characters.",
            "Its beginning was kept, the rest was left out.",
            number,
        )

    def _note_odd_letters(self) -> None:
        if self.odd:
            self.problems.add(
                f"In {self.odd:,} lines letters look wrong, such as \u00c3\u00a9 for \u00e9 or "
                "\ufffd: the program that made the file had misread or lost them.",
                "They were kept as they are; export the file again as UTF-8 if you can.",
            )


class _Opened:
    """The data as text; closing it leaves the data open."""

    def __init__(self, data: BinaryIO, encoding: str) -> None:
        data.seek(0)
        wide = encoding.startswith("utf-16")
        name = "utf-8-sig" if encoding == UTF8 else encoding
        errors = "replace" if wide else "surrogateescape"
        self.text = TextIOWrapper(data, encoding=name, errors=errors, newline=None)

    def __enter__(self) -> TextIOWrapper:
        return self.text

    def __exit__(self, *_: object) -> None:
        with suppress(ValueError):  # whoever stopped reading has closed the data already
            self.text.detach()


def _western(found: re.Match[str]) -> str:
    raw = found[0].encode("latin-1", "surrogateescape")
    return raw.decode("cp1252", "replace")
