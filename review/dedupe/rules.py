"""The rules that merge two records without asking, each with its reason in words.

Thresholds were measured on public labelled sets: each rule holds for pairs that people called
duplicates and for no two documents that they told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from review.dedupe.pairs import Pair


@dataclass(frozen=True, slots=True)
class Rule:
    """``facts`` are the fields that a pair agrees in when the rule ``holds``."""

    name: str
    facts: tuple[str, ...]
    holds: Callable[[Pair], bool]


NONE = Rule("", (), lambda pair: False)


def rule(pair: Pair) -> Rule:
    """Give the first rule that holds, or one without a name."""
    return next((rule for rule in RULES if rule.holds(pair)), NONE)


def _pmid(pair: Pair) -> bool:
    return pair.same_pmid and pair.titles >= 0.80


def _doi(pair: Pair) -> bool:
    return pair.same_doi and pair.titles >= 0.90 and pair.authors >= 0.7


def _doi_and_place(pair: Pair) -> bool:
    if not pair.pinned or (pair.titles < 0.75 and not pair.contained):
        return False
    return pair.authors >= 0.5 or pair.unsigned or pair.titles >= 0.97


def _place(pair: Pair) -> bool:
    located = pair.same_volume and pair.same_page and (pair.years or 0) <= 1
    return located and pair.titles >= 0.93 and pair.authors >= 0.7


def _place_and_journal(pair: Pair) -> bool:
    if not (pair.same_volume and pair.same_page) or pair.authors < 0.8:
        return False
    return (pair.titles >= 0.80 or pair.shortened) and _journal(pair, 0.5)


def _journal_and_year(pair: Pair) -> bool:
    if pair.titles < 0.95 or pair.authors < 0.8 or pair.years != 0:
        return False
    further = pair.same_volume or pair.same_page or pair.same_doi or (pair.abstract or 0) >= 0.8
    return further and pair.no_conflict and _settled(pair) and _journal(pair, 0.7)


def _page(pair: Pair) -> bool:
    if pair.titles < 0.97 or pair.authors < 0.8 or not pair.same_page or pair.other_volume:
        return False
    return (pair.years or 0) <= 1 and (pair.journal is None or pair.journal >= 0.5)


def _volume(pair: Pair) -> bool:
    if pair.titles < 0.97 or pair.authors < 0.8 or not pair.same_volume:
        return False
    return pair.no_conflict and _settled(pair) and _journal(pair, 0.7)


def _abstract(pair: Pair) -> bool:
    if pair.titles < 0.95 or pair.authors < 0.8 or not pair.no_conflict or not _settled(pair):
        return False
    return (pair.abstract or 0) >= 0.9 and (pair.journal is None or pair.journal >= 0.7)


def _abstract_and_place(pair: Pair) -> bool:
    if not (pair.same_volume and pair.same_page) or (pair.abstract or 0) < 0.95:
        return False
    return pair.authors >= 0.8 or (pair.authors >= 0.3 and pair.titles >= 0.97)


def _translation(pair: Pair) -> bool:
    """One side has the title in another language, so it cannot be compared."""
    located = pair.pinned and not pair.years and not pair.in_supplement
    return located and pair.translated and pair.authors >= 0.9


def _unsigned_place(pair: Pair) -> bool:
    """One source lists no authors, but everything else agrees."""
    if not pair.unsigned or pair.generic or pair.titles < 0.97:
        return False
    located = pair.same_volume and pair.same_page and pair.years == 0 and pair.no_conflict
    return located and _journal(pair, 0.7)


def _settled(pair: Pair) -> bool:
    """An abstract may be in two supplements of a year, so there the page must agree."""
    return not pair.in_supplement or pair.same_page


def _journal(pair: Pair, least: float) -> bool:
    return pair.journal is not None and pair.journal >= least


_LOCATED = ("volume", "page")
RULES = (
    Rule("pmid", ("pmid", "title"), _pmid),
    Rule("doi", ("doi", "title", "authors"), _doi),
    Rule("doi and place", ("doi", *_LOCATED, "title"), _doi_and_place),
    Rule("place", (*_LOCATED, "title", "authors"), _place),
    Rule("place and journal", ("journal", *_LOCATED, "title", "authors"), _place_and_journal),
    Rule("journal and year", ("journal", "year", "title", "authors"), _journal_and_year),
    Rule("page", ("page", "title", "authors"), _page),
    Rule("journal and volume", ("journal", "volume", "title", "authors"), _volume),
    Rule("abstract", ("title", "authors", "abstract"), _abstract),
    Rule("abstract and place", (*_LOCATED, "authors", "abstract"), _abstract_and_place),
    Rule("translated title", ("doi", *_LOCATED, "authors"), _translation),
    Rule("no authors", ("journal", "year", *_LOCATED, "title"), _unsigned_place),
)
RANK = {rule.name: rank for rank, rule in enumerate(RULES)}  # the strongest evidence first
