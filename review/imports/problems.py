"""The problems of one file while it is read: a thousand of one kind become fifty and a count."""

from __future__ import annotations

from collections import Counter

from review.imports.entry import Problem
from review.imports.limits import MOST_PROBLEMS_OF_A_KIND


class Problems:
    """Collects problems; ``drain`` hands on those that came since the last time."""

    def __init__(self) -> None:
        self._waiting: list[Problem] = []
        self._kinds: Counter[str] = Counter()

    def add(self, what: str, kept: str = "", line: int | None = None, kind: str = "") -> None:
        """Note a problem; ``kind`` groups those whose words differ in detail only."""
        kind = kind or what
        self._kinds[kind] += 1
        if self._kinds[kind] <= MOST_PROBLEMS_OF_A_KIND:
            self._waiting.append(Problem(what, kept, line))

    def drain(self) -> list[Problem]:
        """Give what came since the last call."""
        found, self._waiting = self._waiting, []
        return found

    def close(self) -> list[Problem]:
        """Give the rest, with a count for every kind of which more came than are listed."""
        for kind, count in self._kinds.items():
            if (more := count - MOST_PROBLEMS_OF_A_KIND) > 0:
                self._waiting.append(Problem(f"{more:,} more like this: {kind}"))
        return self.drain()
