"""What a reader hands on: entries, problems, and votes that another tool exported."""

from __future__ import annotations

from dataclasses import dataclass

from review.citation import Citation

INCLUDE, EXCLUDE, MAYBE = "include", "exclude", "maybe"
TITLE_ABSTRACT, FULL_TEXT = "title_abstract", "full_text"


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's decision, or with ``settled`` what the team agreed on, as another tool had it.

    ``choice`` is include, exclude or maybe; ``stage`` is "" where the file does not say it.
    """

    choice: str
    reviewer: str = ""
    stage: str = ""
    reasons: tuple[str, ...] = ()
    note: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a file and the line (of a sheet: the row) where it begins."""

    citation: Citation
    line: int
    votes: tuple[Vote, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not as it should be: what happened, and what was kept."""

    what: str
    kept: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"Line {self.line:,}: " if self.line else ""
        return f"{place}{self.what} {self.kept}".strip()


Found = Entry | Problem


class Refused(Exception):
    """A file that is not read at all; ``str()`` says why and what to do, for people."""
