"""Searches that find more than PubMed lists at once: cut by entrez date until each part fits.

The entrez date is the day on which a record entered PubMed. Every record has one and it hardly
ever changes; dates of publication lack months or lie in the future (pubmed.md section 3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from review.pubmed.errors import TooManyOfOneDay
from review.pubmed.searching import Listed

MOST = 9_999  # identifiers that ESearch lists for one PubMed query (NLM, November 2022)
BEGINNING = date(1700, 1, 1)  # before anything that PubMed holds
END = date(3000, 12, 31)  # as PubMed's own search page writes "until now"

Ask = Callable[[date, date], Listed]


@dataclass(frozen=True, slots=True)
class Slice:
    """What matches and entered PubMed from ``first`` to ``last``, both days included."""

    first: date
    last: date
    count: int
    pmids: tuple[str, ...]

    def to_json(self) -> dict[str, str | int]:
        """Days as YYYY-MM-DD, PubMed's ``count``, and how many identifiers it ``listed``."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "count": self.count,
            "listed": len(self.pmids),
        }


def halves(ask: Ask, first: date = BEGINNING, last: date = END) -> Iterator[Slice]:
    """Cut days that hold too much in two and list both halves, the newest records first.

    ``ask(first, last)`` lists what entered PubMed then; together the slices cover every day once.
    Raises TooManyOfOneDay when a single day holds more than 9,999, and what ``ask`` raises.
    """
    middle = first + (last - first) // 2
    yield from _fitting(ask, middle + timedelta(days=1), last)
    yield from _fitting(ask, first, middle)


def _fitting(ask: Ask, first: date, last: date) -> Iterator[Slice]:
    answer = ask(first, last)
    if answer.count <= MOST:
        yield Slice(first, last, answer.count, answer.pmids)
    elif first == last:
        raise TooManyOfOneDay(answer.count, first, MOST)
    else:
        yield from halves(ask, first, last)
