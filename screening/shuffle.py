"""An order of chance for each person, that never changes and needs no stored list.

A report's rank follows from a seed (the stage's number and the person) and its place of arrival.
Places are dealt into groups by their remainder; the groups follow each other in an order drawn
from the seed, and so do the places within a group. Every stretch of the order thus comes from the
whole range of arrivals, the next places are found without sorting the pool, and what arrives later
changes nothing in the order of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

GROUPS = 1009  # a prime, so that no pattern of arrivals falls into one group
WITHIN = 2_000_000  # ranks in a group; all ranks together fit a column of 31 bits


def rank(seed: str, place: int) -> int:
    """Where a place (1, 2, …) stands in the order of a seed: from 0 to GROUPS x WITHIN - 1.

    Two places rarely have the same rank; the smaller one then comes first.
    """
    return _turns(seed)[place % GROUPS] * WITHIN + _draw(seed, f"place {place}") % WITHIN


def stretches(seed: str, last: int, start: int = 0) -> Iterator[list[int]]:
    """Give the places 1 to ``last`` once each, in order, group by group.

    It begins with the group of the rank ``start`` and goes round, so that a person who has come
    far need not pass everything that they have done.
    """
    turns = _turns(seed)
    members = sorted(range(GROUPS), key=turns.__getitem__)
    first = start // WITHIN
    for turn in [*range(first, GROUPS), *range(first)]:
        places = range(members[turn] or GROUPS, last + 1, GROUPS)
        if places:
            yield sorted(places, key=lambda place: (rank(seed, place), place))


@lru_cache(maxsize=256)
def _turns(seed: str) -> tuple[int, ...]:
    """The turn of each group: a permutation of 0 to GROUPS - 1."""
    drawn = sorted(range(GROUPS), key=lambda group: (_draw(seed, f"group {group}"), group))
    turns = [0] * GROUPS
    for turn, group in enumerate(drawn):
        turns[group] = turn
    return tuple(turns)


def _draw(seed: str, what: str) -> int:
    """A number of 64 bits; a digest, because it must be the same in every version of Python."""
    digest = hashlib.blake2b(f"{seed} {what}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")
