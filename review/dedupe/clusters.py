"""Clusters: records joined by certain pairs, never through two that cannot be one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence


class Clusters:
    """Disjoint sets of records, numbered from 0, that grow by joining two of them."""

    def __init__(self, number: int) -> None:
        self._root = list(range(number))
        self._members: dict[int, list[int]] = {}

    def of(self, record: int) -> int:
        """The number that stands for a record's cluster: its smallest record."""
        while self._root[record] != record:
            self._root[record] = record = self._root[self._root[record]]
        return record

    def members(self, record: int) -> Sequence[int]:
        """All records of a record's cluster."""
        root = self.of(record)
        return self._members.get(root, (root,))

    def join(self, a: int, b: int) -> None:
        """Make two clusters one."""
        one, other = sorted((self.of(a), self.of(b)))
        if one != other:
            self._members[one] = [*self.members(one), *self.members(other)]
            self._members.pop(other, None)
            self._root[other] = one


def join_all(
    clusters: Clusters,
    pairs: Iterable[tuple[int, int]],
    conflict: Callable[[int, int], str],
) -> list[tuple[int, int, str]]:
    """Join clusters by certain pairs, the strongest first; give those that must not be joined.

    A pair is refused when any record of one cluster and any of the other have a ``conflict``,
    a sentence that is given with it.
    """
    refused = []
    for a, b in pairs:
        if clusters.of(a) == clusters.of(b):
            continue
        crossing = ((x, y) for x in clusters.members(a) for y in clusters.members(b))
        if whys := sorted({conflict(x, y) for x, y in crossing} - {""}):
            refused.append((a, b, whys[0]))
        else:
            clusters.join(a, b)
    return refused
