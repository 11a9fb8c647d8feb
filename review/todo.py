"""What a person can do next: one line of "For you"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Todo:
    """``n`` things of a kind ("to screen") and the address where they are done."""

    n: int
    what: str
    url: str
