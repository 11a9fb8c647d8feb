"""Lists in one value: "a; b", and where that would be ambiguous, each on a line with its sign."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Parted = Callable[[str], list[str]]


def parted(text: str, *, commas: bool = False) -> list[str]:
    """Take a list apart: its lines, else at semicolons, else (if wanted) at commas."""
    if (lines := marked_lines(text)) is not None:
        return lines
    if ";" in text:
        return _words(re.split(r";|\|\|", text))
    if "||" in text or "\n" in text:
        return _words(re.split(r"\|\||\n", text))
    return _words(text.split(",") if commas else [text])


def marked_lines(text: str) -> list[str] | None:
    """The values that ``joined`` put on lines of their own; None when it did not."""
    lines = text.split("\n")
    if len(lines) < 2 or lines.pop() or not all(line.endswith(";") for line in lines):
        return None
    return _words([line[:-1] for line in lines])


def joined(values: Sequence[str], apart: Parted = parted) -> str:
    """Write a list so that ``apart``, its reader, gives the same values."""
    text = "; ".join(values)
    return text if apart(text) == list(values) else "".join(f"{value};\n" for value in values)


def _words(parts: Sequence[str]) -> list[str]:
    words = (" ".join(part.split("\n")).strip() for part in parts)
    return [word for word in words if word]
