"""Reports under their lock while duplicates are joined: what may be merged, what is to be asked.

The rules of a merge that nobody watches: at most one of the reports was ever handled by a person,
nobody told any of their copies apart, and no two of their records are certain to be two documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from review.dedupe.pairs import Pair as Compared
from review.dedupe.sides import Side
from review.dedupe.verdicts import Match, refused
from review.dedupe.vetoes import conflict
from review.models import Pair, Record
from review.services.block_keys import Read, read
from review.services.flow import lock_reports
from review.services.matching import Join
from review.services.pairs import Question


class Held:
    """The live reports of some records, locked until the transaction ends, and plans for them."""

    def __init__(self, records: Iterable[int], known: Mapping[int, Read]) -> None:
        rows = Record.objects.filter(pk__in=list(records), withdrawn_at=None)
        self._reports = {r.pk: r for r in lock_reports(rows.values_list("report", flat=True))}
        self._reports = {pk: r for pk, r in self._reports.items() if r.position is not None}
        own = read(Record.objects.of_reports(self._reports).values_list("pk", flat=True), known)
        self._report_of = {each.record: each.report for each in own.values()}
        self._sides: dict[int, list[Side]] = {pk: [] for pk in self._reports}
        for each in own.values():
            self._sides[each.report].append(each.side)
        self._root = {pk: pk for pk in self._reports}
        self._absorbed: dict[int, list[int]] = {}
        self._apart = Pair.objects.told_apart(self._reports)
        self._why: dict[int, Match] = {}
        self._questions: dict[frozenset[int], Question] = {}

    def join(self, one: int, other: int, found: Match) -> None:
        """Plan the merge of the reports of two records, or a question when it is forbidden."""
        roots = self._roots(one, other)
        if roots is None or self._were_told_apart(*roots):
            return
        first, second = (self._reports[pk] for pk in roots)
        if first.handled_at and second.handled_at:
            self._note(roots, replace(found, same=False, ask=True))
        elif why := self._conflict(*roots):
            self._note(roots, refused(found, why))
        else:
            kept, gone = (second, first) if second.handled_at else (first, second)
            self._why[gone.pk] = found
            moved = self._members(gone.pk)
            self._root |= dict.fromkeys(moved, kept.pk)
            self._absorbed[kept.pk] = [*self._absorbed.get(kept.pk, ()), *moved]
            self._absorbed.pop(gone.pk, None)

    def ask(self, one: int, other: int, found: Match) -> None:
        """Plan a question about the reports of two records, unless it was answered."""
        roots = self._roots(one, other)
        if roots and not self._were_told_apart(*roots) and not self._other_pmids(*roots):
            self._note(roots, found)

    def joins(self) -> list[Join]:
        """The merges planned: each report goes straight into the one that stays."""
        return [
            Join(
                self._reports[self._root[pk]],
                self._reports[pk],
                found.rule,
                found.why,
                dict(found.similarities),
            )
            for pk, found in self._why.items()
        ]

    def questions(self) -> list[Question]:
        """The questions planned, one for every two reports: the likeliest."""
        return [
            each
            for each in self._questions.values()
            if self._root[each.first] != self._root[each.second]
        ]

    def _roots(self, one: int, other: int) -> tuple[int, int] | None:
        reports = [self._report_of.get(record) for record in (one, other)]
        roots = sorted({self._root[pk] for pk in reports if pk is not None})
        return (roots[0], roots[1]) if len(roots) == 2 else None

    def _members(self, root: int) -> list[int]:
        return [root, *self._absorbed.get(root, ())]

    def _were_told_apart(self, one: int, other: int) -> bool:
        return any(
            frozenset((x, y)) in self._apart
            for x in self._members(one)
            for y in self._members(other)
        )

    def _all_sides(self, root: int) -> list[Side]:
        return [side for pk in self._members(root) for side in self._sides[pk]]

    def _conflict(self, one: int, other: int) -> str:
        """Say why two records of the two cannot be one document; empty if none.

        A record that cannot be one document with its own report either was put there by a
        person, who knew better.
        """
        ones, others = self._all_sides(one), self._all_sides(other)
        found = [(why, x, y) for x in ones for y in others if (why := _apart(x, y))]
        whys = {why for why, x, y in found if not (_stranger(x, ones) or _stranger(y, others))}
        return min(whys, default="")

    def _other_pmids(self, one: int, other: int) -> bool:
        """Whether both have PMIDs, and none in common: a person need not be asked."""
        ones, others = ({s.pmid for s in self._all_sides(pk)} - {""} for pk in (one, other))
        return bool(ones and others) and ones.isdisjoint(others)

    def _note(self, roots: tuple[int, int], found: Match) -> None:
        key = frozenset(roots)
        known = self._questions.get(key)
        if known is None or known.match.score < found.score:
            review = self._reports[roots[0]].review_id
            self._questions[key] = Question(review, *roots, found)


def _stranger(one: Side, among: list[Side]) -> bool:
    return any(_apart(one, other) for other in among if other is not one)


def _apart(one: Side, other: Side) -> str:
    return conflict(Compared(one, other)).why
