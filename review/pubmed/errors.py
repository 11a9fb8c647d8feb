"""What can go wrong between us and PubMed: one tree, in words for the person who waits.

*Transient* faults pass by themselves and are tried again; *permanent* ones need somebody to act.
Where NCBI sent words, they are kept. A fault never becomes "0 results".
"""

from __future__ import annotations

from datetime import date


class PubmedError(Exception):
    """Any failure to get an answer; ``words`` may be shown as they are."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Transient(PubmedError):
    """Worth another try, not before ``retry_after`` seconds if the server named a time."""

    def __init__(self, words: str, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class RateLimited(Transient):
    """Too many requests for this address or API key (status 429)."""


class NotXml(Transient):
    """A web page, JSON, or nothing at all came with a status of success."""


class CutOff(Transient):
    """The answer ended before its end."""


class HistoryExpired(Transient):
    """NCBI misses a list that it kept. We keep our own, so asking again asks for the same."""


class Permanent(PubmedError):
    """Asking again in the same way gives the same answer."""


class BadQuery(Permanent):
    """PubMed cannot run this search."""


class BadKey(Permanent):
    """NCBI refuses the API key."""


class UnknownIds(Permanent):
    """None of the identifiers asked for exists."""


class TooMany(Permanent):
    """More records match than one search may bring in."""

    def __init__(self, count: int, most: int) -> None:
        self.count = count
        super().__init__(
            f"PubMed found {count:,} records, and one search may bring in at most {most:,}. "
            "Narrow the strategy, or split it into several searches."
        )


class TooManyOfOneDay(Permanent):
    """More than 9,999 matching records entered PubMed on one day, and it lists no more of them.

    Source: NLM's limit of ESearch for PubMed, in force since November 2022.
    """

    def __init__(self, count: int, day: date, most: int) -> None:
        self.count = count
        super().__init__(
            f"{count:,} of the records that PubMed found entered it on {day:%-d %B %Y}, and it "
            f"lists at most {most:,} of one day. Narrow the strategy, or split it into several "
            "searches by something other than a date, for example by language or journal."
        )
