"""A whole set of citations: clusters of one report each, with the reason of every merge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from review.citation import Citation
from review.dedupe.clusters import Clusters, join_all
from review.dedupe.index import Index
from review.dedupe.keys import keys_of
from review.dedupe.pairs import Pair
from review.dedupe.rules import RANK
from review.dedupe.sides import Side, side
from review.dedupe.verdicts import Match, judge, refused
from review.dedupe.vetoes import conflict


@dataclass(frozen=True, slots=True)
class Judged:
    """Two records by identifier, the smaller first, and the verdict on them."""

    a: str
    b: str
    match: Match


@dataclass(frozen=True, slots=True)
class Groups:
    """The outcome: identifiers of each report's records, pairs merged by rule, pairs to ask about.

    ``queue`` has one pair for every two clusters, the likeliest first.
    """

    clusters: tuple[tuple[str, ...], ...]
    merged: tuple[Judged, ...]
    queue: tuple[Judged, ...]


class Matcher:
    """Records and what is known of their pairs. New records are compared with all earlier ones.

    Identifiers must be unique. The outcome depends on neither the order nor the portions in which
    records came, as long as no key is shared by more records than the index compares.
    """

    def __init__(self) -> None:
        self._identifiers: list[str] = []
        self._sides: list[Side] = []
        self._index = Index()
        self._judged: dict[tuple[int, int], Match] = {}

    def add(self, citations: Iterable[Citation]) -> None:
        """Take in records and judge each against those it may duplicate."""
        for a, b in self._index.add(self._taken_in(citations)):
            found = judge(self._sides[a], self._sides[b])
            if found.same or found.ask:
                self._judged[a, b] = found

    def groups(self) -> Groups:
        """Cluster everything taken in so far, and rank the questions that are left."""
        clusters = Clusters(len(self._sides))
        certain = sorted(
            (pair for pair, found in self._judged.items() if found.same), key=self._strength
        )
        kept_apart = join_all(clusters, certain, self._conflict)
        asked = {pair: found for pair, found in self._judged.items() if found.ask}
        asked |= {(a, b): refused(self._judged[a, b], why) for a, b, why in kept_apart}
        return Groups(
            self._named(clusters),
            tuple(self._pair(pair, self._judged[pair]) for pair in certain if pair not in asked),
            self._queue(clusters, asked),
        )

    def _taken_in(self, citations: Iterable[Citation]) -> Iterator[tuple[int, frozenset[str]]]:
        for citation in citations:
            read = side(citation)
            self._identifiers.append(citation.identifier)
            self._sides.append(read)
            yield len(self._sides) - 1, keys_of(read)

    def _strength(self, pair: tuple[int, int]) -> tuple[int, float, list[str]]:
        found = self._judged[pair]
        return RANK[found.rule], -found.score, self._names(pair)

    def _names(self, pair: tuple[int, int]) -> list[str]:
        return sorted(self._identifiers[record] for record in pair)

    def _conflict(self, a: int, b: int) -> str:
        return conflict(Pair(self._sides[a], self._sides[b])).why

    def _queue(self, clusters: Clusters, asked: dict[tuple[int, int], Match]) -> tuple[Judged, ...]:
        """One question for every two clusters: its likeliest pair."""
        ranked = sorted((-found.score, self._names(pair), pair) for pair, found in asked.items())
        best: dict[frozenset[int], Judged] = {}
        for _, _, pair in ranked:
            between = frozenset(map(clusters.of, pair))
            if len(between) > 1 and between not in best and not self._final(clusters, pair):
                best[between] = self._pair(pair, asked[pair])
        return tuple(best.values())

    def _final(self, clusters: Clusters, pair: tuple[int, int]) -> bool:
        """Whether both clusters have PMIDs, and other ones: a person need not be asked."""
        one, other = (
            {self._sides[n].pmid for n in clusters.members(record)} - {""} for record in pair
        )
        return bool(one and other) and one.isdisjoint(other)

    def _pair(self, pair: tuple[int, int], found: Match) -> Judged:
        a, b = self._names(pair)
        return Judged(a, b, found)

    def _named(self, clusters: Clusters) -> tuple[tuple[str, ...], ...]:
        found: dict[int, list[str]] = {}
        for record, identifier in enumerate(self._identifiers):
            found.setdefault(clusters.of(record), []).append(identifier)
        return tuple(sorted(tuple(sorted(names)) for names in found.values()))


def group(citations: Iterable[Citation]) -> Groups:
    """Find the duplicates in a set of citations with unique identifiers."""
    matcher = Matcher()
    matcher.add(citations)
    return matcher.groups()
