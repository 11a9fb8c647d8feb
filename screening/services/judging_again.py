"""After the rules changed: every report of the stage judged again, in chunks under its lock.

The new rules hold before this begins, so a vote that comes meanwhile is counted by them, and one
that was under way at that instant is found once its report's lock is free: no report is left with
an outcome of the former rules. A report that goes back to title and abstract keeps its full text,
its votes, its study and what was extracted of it; they count again once it is decided.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.db import connection, transaction

from review.models import Report, Stage
from review.services.flow import lock_reports
from review.services.jobs import Claim
from screening.judging import heads_of, kind_of, rules_with
from screening.models import Decision, RuleChange, RuleEffect, Seat, SeatState, Standing
from screening.services.in_force import InForce, in_force_on
from screening.services.seats import reseat
from screening.services.standing import judge, take_effect
from screening.verdict import Verdict

READ = 100  # reports that are locked and read at once
WRITTEN = 20  # reports that one transaction changes: on SQLite nobody else can vote meanwhile
PAUSE = 0.12  # seconds between two of them on SQLite, where waiting voters look again every 0.1


def judge_again(claim: Claim) -> None:
    """Do the job of a change of rules, on from its checkpoint."""
    change = RuleChange.objects.select_related("stage__review", "event__actor").get(job=claim.job)
    reports = Report.objects.filter(review=change.review_id)
    total = reports.count()
    after, done = claim.job.checkpoint.get("after", 0), claim.job.done
    while keys := list(
        reports.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:READ]
    ):
        with transaction.atomic():
            looked_at = _judge_some(change, keys)
            after, done = keys[looked_at - 1], done + looked_at
            claim.advance(done=done, total=total, note="Judging reports again", after=after)
        if connection.vendor == "sqlite" and done < total:
            time.sleep(PAUSE)


def _judge_some(change: RuleChange, keys: list[int]) -> int:
    """Judge these reports in order until enough are changed; how many were looked at."""
    reports = lock_reports(keys)
    stage = Stage.objects.select_related("review").get(pk=change.stage_id)
    rules = rules_with(stage)
    standings = {s.report_id: s for s in Standing.objects.filter(stage=stage, report__in=keys)}
    heads = heads_of(stage, list(standings))
    held = Seat.objects.filter(stage=stage, report__in=keys, state=SeatState.OPEN)
    crowded = set(held.values_list("report", flat=True))
    judged_ones = [report for report in reports if report.pk in standings]
    grounds = in_force_on(judged_ones, stage)
    written: list[RuleEffect] = []
    looked_at = 0
    for report in reports:
        looked_at += 1
        before, rows = standings.get(report.pk), heads.get(report.pk, [])
        if report.position is None:
            continue
        if before is not None and rows:
            judged = judge(report, stage, rows, rules)
            if not _stands(before, judged):
                ground = grounds[report.pk]
                written += _change(change, ground, report, before, judged, rows)
        if report.pk in crowded:
            reseat(report=report, stage=stage)
        if len(written) >= WRITTEN:
            break
    RuleEffect.objects.bulk_create(written)
    return looked_at


def _stands(before: Standing, judged: Verdict) -> bool:
    return not kind_of(before, judged) and before.settled_by == (judged.settled_by or "")


def _change(
    change: RuleChange,
    ground: InForce,
    report: Report,
    before: Standing,
    judged: Verdict,
    rows: Iterable[Decision],
) -> list[RuleEffect]:
    """Let a new verdict take effect; the row that tells of it, unless only who settled changed."""
    left = report.position
    actor, cause = change.event.actor, f"rules {change.pk}"
    after = take_effect(report, ground.stage, list(rows), ground, actor, cause)
    if not kind_of(before, judged):
        return []
    return [
        RuleEffect(
            review_id=report.review_id,
            change=change,
            report=report,
            old_status=before.status,
            old_choice=before.choice,
            old_reason_id=before.reason_id,
            old_position=left or "",
            new_status=after.status,
            new_choice=after.choice,
            new_reason_id=after.reason_id,
            new_position=report.position or "",
        )
    ]
