"""Merging and splitting reports that people have handled."""

from __future__ import annotations

from django.db import transaction

from review.models import Merge, Pair, Position, Report, User
from review.models.flow import FROM_SOUGHT_ON
from review.models.matching import Answer
from review.services.flow import lock_reports, move
from review.services.matching import join_reports, part_reports
from review.services.pairs import answer_pair
from screening.models import Decision, Standing
from screening.services.seats import reseat
from screening.services.standing import restand


@transaction.atomic
def merge_reports(
    *,
    survivor: Report,
    absorbed: Report,
    why: str,
    actor: User,
    similarities: dict[str, float] | None = None,
) -> Merge:
    """Merge a duplicate into a report; votes stay where they were cast and are judged together.

    If the copies' decisions agree the furthest position stands, else it is a conflict
    (prisma.md section 4 rule 6).
    """
    rows = {row.pk: row for row in lock_reports([survivor.pk, absorbed.pk])}
    survivor, absorbed = rows[survivor.pk], rows[absorbed.pk]
    further = _distance(absorbed.position) > _distance(survivor.position)
    position, reason = absorbed.position, absorbed.reason
    merge = join_reports(
        survivor=survivor,
        absorbed=absorbed,
        rule="by a person",
        why=why,
        similarities=similarities or {},
        actor=actor,
    )
    if further and survivor.position != Position.EXCLUDED:
        cause = f"merge {merge.pk}"
        move(report=survivor, target=position, cause=cause, actor=actor, reason=reason)
    _restand(survivor, actor, f"merge {merge.pk}")
    return merge


def _distance(position: str | None) -> int:
    """How far on the way to its full text a report is; judged full texts are all as far."""
    way = (Position.SOUGHT, Position.NOT_RETRIEVED, Position.ASSESSING)
    if position in way:
        return 1 + way.index(Position(position))
    return 1 + len(way) if position in FROM_SOUGHT_ON else 0


def survivor_first(one: Report, other: Report) -> tuple[Report, Report]:
    """Order two reports: the one people have handled survives, else the one that came first."""
    first, second = sorted((one, other), key=lambda r: (r.handled_at is None, r.place))
    return first, second


@transaction.atomic
def split_reports(*, merge: Merge, actor: User) -> None:
    """Undo a merge: each report has its records, votes and position again.

    One whose records were all withdrawn since leaves the flow instead.
    """
    for report in part_reports(merge=merge, actor=actor):
        if report.position is not None:
            _restand(report, actor, f"split {merge.pk}")


def _restand(report: Report, actor: User, cause: str) -> None:
    """Judge a report again at every stage at which it or one of its copies was judged."""
    for stage in report.review.stages.order_by("-name"):
        decided = Decision.objects.on(report, stage).exists()
        if decided or Standing.objects.filter(report=report, stage=stage).exists():
            reseat(report=report, stage=stage)
            restand(report=report, stage=stage, actor=actor, cause=cause)


@transaction.atomic
def settle_pair(*, pair: Pair, answer: str, actor: User, link: str = "") -> None:
    """Answer a queued pair; ``same`` merges the two reports, ``linked`` needs to say how."""
    answer_pair(pair=pair, answer=answer, actor=actor, link=link)
    if answer == Answer.SAME:
        survivor, absorbed = survivor_first(pair.first, pair.second)
        merge_reports(
            survivor=survivor,
            absorbed=absorbed,
            why=pair.why,
            actor=actor,
            similarities=pair.similarities,
        )
