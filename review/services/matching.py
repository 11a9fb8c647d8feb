"""Two reports become one, and two again: every merge can be split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from review.errors import WrongPosition
from review.models import Merge, Move, Reason, Record, Report, User
from review.models.flow import REMOVED, Position
from review.models.matching import Answer
from review.services.bulk import update_rows
from review.services.flow import lock_reports, mark_handled, move, project_all
from review.services.pairs import carry_over, remember
from review.services.withdrawing import leave_without_records


@dataclass(frozen=True, slots=True)
class Join:
    """One locked live report that another is to absorb, by what rule and why."""

    survivor: Report
    absorbed: Report
    rule: str
    why: str
    similarities: dict[str, float]


def join_reports(
    *,
    survivor: Report,
    absorbed: Report,
    rule: str,
    why: str,
    similarities: dict[str, float],
    actor: User | None,
) -> Merge:
    """Let one locked live report absorb another: its records go over, it leaves the flow.

    Votes stay where they were cast; what people handled is handled from now on, so that no rule
    merges it away. A survivor without a study joins that of the absorbed report, so that nothing
    appraised or extracted there is lost from sight. Raises WrongPosition when one of them is not
    live, or both are the same.
    """
    join = Join(survivor, absorbed, rule, why, similarities)
    return join_many(joins=[join], actor=actor)[0]


@transaction.atomic
def join_many(*, joins: Sequence[Join], actor: User | None) -> list[Merge]:
    """The same for many reports in a few statements. No report both absorbs and is absorbed."""
    for join in joins:
        one, other = join.survivor, join.absorbed
        if one.pk == other.pk or None in (one.position, other.position):
            raise WrongPosition("These reports were merged or withdrawn already. Reload the page.")
    into = {join.absorbed.pk: join.survivor for join in joins}
    before = {report.pk: report.handled_at is not None for report in into.values()}
    records = list(Record.objects.filter(report__in=into).only("pk", "report").order_by("pk"))
    merges = Merge.objects.bulk_create(
        _merge(join, [r.pk for r in records if r.report_id == join.absorbed.pk], actor)
        for join in joins
    )
    copies = list(Report.objects.filter(survivor__in=into).only("pk", "survivor"))
    for record in records:
        record.report = into[record.report_id]
    for copy in copies:
        copy.survivor = into[copy.survivor_id or 0]
    update_rows(records, ["report"])
    update_rows(copies, ["survivor"])
    for join, merge in zip(joins, merges, strict=True):
        _settle_removed(join, before[join.survivor.pk], f"merge {merge.pk}", actor)
    _take_out(joins, merges, actor)
    project_all({survivor.pk: survivor for survivor in into.values()}.values())
    carry_over({absorbed: survivor.pk for absorbed, survivor in into.items()})
    return merges


def _merge(join: Join, records: list[int], actor: User | None) -> Merge:
    """The row of a join; a study that goes over with the absorbed report is noted in it."""
    survivor, absorbed = join.survivor, join.absorbed
    moved = absorbed.study_id if survivor.study_id is None else None
    if moved is not None:
        survivor.study_id = moved
        survivor.save(update_fields=["study"])
    if absorbed.handled_at is not None:
        mark_handled(survivor)
    return Merge(
        review_id=survivor.review_id,
        survivor=survivor,
        absorbed=absorbed,
        records=records,
        rule=join.rule,
        why=join.why[:400],
        similarities=join.similarities,
        study_id=moved,
        made_by=actor,
    )


def _settle_removed(join: Join, was_handled: bool, cause: str, actor: User | None) -> None:
    """Where one copy was removed before screening, say which of the two positions stands.

    A removal acts on the whole cluster (prisma.md section 4 rule 5), unless people have handled
    the other copy: then that one's position does. Which copy stays does not matter.
    """
    survivor, absorbed = join.survivor, join.absorbed
    ours, theirs = survivor.position in REMOVED, absorbed.position in REMOVED
    if theirs and ours:
        goes_over = absorbed.position == Position.REMOVED_OTHER  # a person's removal
    elif theirs:
        goes_over = survivor.position == Position.SCREENING and not was_handled
    else:
        untouched = absorbed.position == Position.SCREENING and absorbed.handled_at is None
        goes_over = ours and not untouched
    if goes_over:
        position, reason = absorbed.position, absorbed.reason
        move(report=survivor, target=position, cause=cause, actor=actor, reason=reason)


def _take_out(joins: Sequence[Join], merges: Sequence[Merge], actor: User | None) -> None:
    """Move absorbed reports out of the flow, with the merge as the cause."""
    Move.objects.bulk_create(
        Move(
            review_id=join.absorbed.review_id,
            report=join.absorbed,
            origin=join.absorbed.position,
            cause=f"merge {merge.pk}",
            actor=actor,
        )
        for join, merge in zip(joins, merges, strict=True)
    )
    for join in joins:
        absorbed = join.absorbed
        absorbed.position, absorbed.reason, absorbed.survivor = None, None, join.survivor
    update_rows([join.absorbed for join in joins], ["position", "reason", "survivor"])


@transaction.atomic
def part_reports(*, merge: Merge, actor: User | None) -> tuple[Report, Report]:
    """Undo a merge: each report gets its records, position and study back; gives both reports.

    The survivor's position only if nothing but this merge has moved it since; else the caller
    judges it by its own votes.
    The pair is remembered as different, so that no later import merges it again. Raises
    WrongPosition when it was split already or when the survivor was itself merged away since.
    """
    lock_reports([merge.survivor_id, merge.absorbed_id])
    merge.refresh_from_db()
    survivor, absorbed = merge.survivor, merge.absorbed
    if merge.split_at is not None:
        raise WrongPosition("These two were split already. Reload the page.")
    if survivor.position is None:
        raise WrongPosition("The report was itself merged into another. Split that merge first.")
    merge.split_at, merge.split_by = timezone.now(), actor
    merge.save(update_fields=["split_at", "split_by"])
    Record.objects.filter(pk__in=merge.records).update(report=absorbed)
    Report.objects.filter(pk__in=_descendants(absorbed)).update(survivor=absorbed)
    absorbed.survivor = None
    before = Move.objects.filter(report=absorbed, cause=f"merge {merge.pk}").get()
    move(
        report=absorbed,
        target=before.origin,
        cause=f"split {merge.pk}",
        actor=actor,
        reason=_reason_before(absorbed, before),
    )
    _give_back(merge, survivor, actor)
    remember(survivor, absorbed, answer=Answer.DIFFERENT, why=merge.why, actor=actor)
    leave_without_records([survivor, absorbed], cause=f"split {merge.pk}", actor=actor)
    return survivor, absorbed


def _give_back(merge: Merge, survivor: Report, actor: User | None) -> None:
    """Undo what the merge alone did to the report that stays."""
    if merge.study_id is not None and survivor.study_id == merge.study_id:
        survivor.study = None
        survivor.save(update_fields=["study"])
    moves = Move.objects.filter(report=survivor)
    by_merge = moves.filter(cause=f"merge {merge.pk}").order_by("pk")
    first, last = by_merge.first(), moves.order_by("pk").last()
    if first is not None and last is not None and last.cause == first.cause:
        reason = _reason_before(survivor, first)
        cause = f"split {merge.pk}"
        move(report=survivor, target=first.origin, cause=cause, actor=actor, reason=reason)


def _descendants(report: Report) -> set[int]:
    """Keys of all reports that this one had absorbed, directly or through another."""
    found: set[int] = set()
    todo = {report.pk}
    while todo:
        merges = Merge.objects.in_force().filter(survivor__in=todo)
        todo = set(merges.values_list("absorbed", flat=True)) - found
        found |= todo
    return found


def _reason_before(report: Report, merged: Move) -> Reason | None:
    earlier = Move.objects.filter(report=report, pk__lt=merged.pk).order_by("-pk").first()
    return earlier.reason if earlier else None
