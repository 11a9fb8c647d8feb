"""Which pairs a person should look at, and how likely each is one report."""

from __future__ import annotations

from collections.abc import Callable

from review.dedupe.pairs import Pair
from review.dedupe.vetoes import NONE, Veto


def doubtful(pair: Pair) -> str:
    """Say what speaks for one report in a pair that no rule merged; empty if not enough."""
    return next((why for why, holds in DOUBTS if holds(pair)), "")


def likelihood(pair: Pair, against: Veto) -> float:
    """Give how likely a pair is one report, 0 to 1, to rank the queue; not a probability.

    The mean of what both sides state, titles and authors counting most. A veto lowers it: hard
    ones below .5, since such pairs are mostly two reports that should be linked.
    """
    told = [(4.0, pair.titles), (0.0 if pair.unsigned else 3.0, pair.authors)]
    told += [(2.0, pair.abstract)] if pair.abstract is not None else []
    told += [(1.0, pair.journal)] if pair.journal is not None else []
    for agrees, differs in (
        (pair.same_doi, bool(pair.a.doi and pair.b.doi)),
        (pair.same_volume, pair.other_volume),
        (pair.same_page, pair.other_page),
        (pair.years == 0, pair.years is not None),
    ):
        told += [(1.0, float(agrees))] if agrees or differs else []
    mean = sum(weight * share for weight, share in told) / sum(weight for weight, _ in told)
    if against is NONE:
        return round(mean, 3)
    return round(mean * (0.5 if against.hard else 0.85), 3)


def _title_and_authors(pair: Pair) -> bool:
    return pair.titles >= 0.90 and pair.authors >= 0.6 and (pair.years or 0) <= 2


def _doi(pair: Pair) -> bool:
    readable = not pair.unsigned and not pair.translated
    return pair.same_doi and (pair.authors >= 0.6 or (pair.pinned and not readable))


def _place(pair: Pair) -> bool:
    return pair.same_volume and pair.same_page and pair.authors >= 0.8 and (pair.years or 0) <= 1


def _abstract(pair: Pair) -> bool:
    return pair.same_beginning and (pair.abstract or 0) >= 0.95


def _title(pair: Pair) -> bool:
    return pair.titles >= 0.85 and (pair.unsigned or pair.authors >= 0.5)


DOUBTS: tuple[tuple[str, Callable[[Pair], bool]], ...] = (
    ("Title and authors are alike", _title_and_authors),
    ("They share a DOI and authors", _doi),
    ("Authors, volume and page agree", _place),
    ("Their abstracts are alike", _abstract),
    ("Their titles are alike", _title),
)
