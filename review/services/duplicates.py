"""Looking for duplicates of new texts: certain ones are merged, doubtful ones wait for a person."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from review.dedupe.rules import RANK
from review.dedupe.verdicts import Match, judge
from review.services.block_keys import Read, candidates, index, read
from review.services.clusters import Held
from review.services.matching import join_many
from review.services.pairs import ask

Judged = tuple[int, int, Match]


def match_records(records: Iterable[int]) -> int:
    """Compare these records with all of their review; merge what is certain, count the merges.

    Two reports that people have both handled are never merged here, nor two that somebody told
    apart: such a pair, and every doubtful one, is queued once. All records are of one review.
    """
    new = read(records)
    index(new.values())
    pairs = candidates(new.values())
    known = new | read({record for pair in pairs for record in pair} - new.keys())
    judged = _judge(pairs, known)
    return _act(judged, known) if judged else 0


def _judge(pairs: set[tuple[int, int]], known: dict[int, Read]) -> list[Judged]:
    """Judge each pair of records that belong to two reports; keep what says anything."""
    judged = (
        (one, other, judge(known[one].side, known[other].side))
        for one, other in sorted(pairs)
        if one in known and other in known and known[one].report != known[other].report
    )
    return [each for each in judged if each[2].same or each[2].ask]


@transaction.atomic
def _act(judged: list[Judged], known: dict[int, Read]) -> int:
    """Merge and queue under the lock of all reports concerned, which are read again there."""
    held = Held({record for one, other, _ in judged for record in (one, other)}, known)
    for one, other, found in sorted((each for each in judged if each[2].same), key=_strength):
        held.join(one, other, found)
    merges = join_many(joins=held.joins(), actor=None)
    for one, other, found in judged:
        if found.ask:
            held.ask(one, other, found)
    ask(held.questions())
    return len(merges)


def _strength(judged: Judged) -> tuple[int, float, int, int]:
    one, other, found = judged
    return RANK[found.rule], -found.score, one, other
