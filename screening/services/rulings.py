"""For which copies a settlement or an agreement speaks, once reports were merged or split.

It speaks for the reports that were one when it was made. While they are one again, or still, it
counts; with more copies beside them it speaks for its own only. After a split it does not count:
the conflict that it ended was one of votes on both copies, and each has its own back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from review.models import Merge, Move, Report
from screening.models import Decision, Kind

Spoken = tuple[Decision, frozenset[int] | None]


def in_force(
    report: Report, heads: Sequence[Decision], returned: Mapping[int, int]
) -> Iterator[Spoken]:
    """The rulings on a report that count, the oldest first, each with the copies it speaks for.

    None: it speaks for all copies that there are. ``heads`` are the head decisions that count,
    ``returned`` the last return of each copy: nothing from before it counts again.
    """
    rulings = [head for head in heads if head.kind in (Kind.SETTLE, Kind.AGREE)]
    merges = (
        list(_merges({report.pk, *(ruling.report_id for ruling in rulings)})) if rulings else []
    )
    if not merges:
        yield from ((ruling, None) for ruling in rulings)
        return
    moves = _moves_of(merges)
    family = _together(report.pk, [merge for merge in merges if merge.split_at is None])
    for head in rulings:
        ruling: Decision | None = head
        while ruling is not None:
            spoke_for = _together(ruling.report_id, _at(merges, moves, ruling))
            if spoke_for <= family:
                yield ruling, None if spoke_for == family else spoke_for
                break
            former = ruling.supersedes
            kept = former is not None and former.pk > returned.get(former.report_id, 0)
            ruling = former if kept else None


def _merges(reports: Iterable[int]) -> Iterator[Merge]:
    """Every merge into one of these reports, also through another, and also if it was split."""
    known: set[int] = set()
    while new := set(reports) - known:
        known |= new
        found = list(Merge.objects.filter(survivor__in=new).order_by("pk"))
        yield from found
        reports = {merge.absorbed_id for merge in found}


def _moves_of(merges: Iterable[Merge]) -> dict[str, int]:
    """The key of the move by which each merge, and each split, took effect, by its cause."""
    causes = [f"{verb} {merge.pk}" for merge in merges for verb in ("merge", "split")]
    absorbed = {merge.absorbed_id for merge in merges}
    moves = Move.objects.filter(report__in=absorbed, cause__in=causes).order_by("-pk")
    return dict(moves.values_list("cause", "pk"))  # of several the first stays


def _at(merges: Iterable[Merge], moves: Mapping[str, int], ruling: Decision) -> list[Merge]:
    """The merges that were in force when a ruling was made, by the order of the database.

    Clocks may jump or differ between servers. Rulings of a former version know only the time.
    """
    then = ruling.after_move
    if then is None:
        earlier = [merge for merge in merges if merge.made_at < ruling.at]
        return [merge for merge in earlier if merge.split_at is None or merge.split_at > ruling.at]
    earlier = [merge for merge in merges if moves.get(f"merge {merge.pk}", 0) <= then]
    return [merge for merge in earlier if moves.get(f"split {merge.pk}", then + 1) > then]


def _together(report: int, merges: Iterable[Merge]) -> frozenset[int]:
    """A report and all that it absorbed by these merges."""
    absorbed = [(merge.survivor_id, merge.absorbed_id) for merge in merges]
    found, new = {report}, {report}
    while new:
        new = {copy for survivor, copy in absorbed if survivor in new} - found
        found |= new
    return frozenset(found)
