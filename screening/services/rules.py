"""Changing the rules of a stage, also while people vote: what is decided follows, no vote is lost.

The rule: all votes that stand count, whoever cast them and however many are needed now. A report
is decided when at least as many people voted as are needed and all agree; with fewer it waits, and
when they disagree it is a conflict, unless a settlement stands. So a change is undone by setting
the former rules back: every report then stands where it stood (prisma.md section 4, rules 2 to 4).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from review.errors import AlreadyRunning, Incomplete, NotAllowed, Stale
from review.models import Job, Stage, User
from review.models.jobs import State
from review.models.stages import StageState, Voters
from review.services import jobs
from review.services.stages import COUNTING_RULES, former_values, set_rules
from screening.assignment import queue_place
from screening.models import Decision, RuleChange, Seat, SeatState
from screening.services.judging_again import judge_again

TASK = "screening.tasks.judge_again"
AT_ONCE = 200  # reports with votes that are judged again while the lead waits for the page


def change_rules(
    *,
    stage: Stage,
    values: dict[str, Any],
    seen: int,
    actor: User,
    reason: str = "",
    undoes: RuleChange | None = None,
) -> RuleChange:
    """Change rules of a stage (see ``review.services.stages.RULES``) and judge its reports again.

    ``seen`` is the key of the latest change that the page knew, 0 for none. The rules hold when
    this returns; with many votes a job judges them, see ``RuleChange.job``. Raises Stale for a
    page that somebody overtook, AlreadyRunning while an earlier change is being applied, NotAllowed
    at a closed stage, Incomplete without a reason once there are votes and when nothing changes.
    """
    with transaction.atomic():
        stage = Stage.objects.select_for_update(no_key=True).get(pk=stage.pk)
        _refuse(stage, seen)
        event = set_rules(stage=stage, actor=actor, reason=reason.strip(), **values)
        if event is None:
            raise Incomplete("These are the rules already; nothing would change.")
        if not event.reason and Decision.objects.filter(stage=stage).exists():
            raise Incomplete("Write why: people have voted, and the protocol has to tell it.")
        changed = set(event.new or {})
        change = RuleChange.objects.create(
            review_id=stage.review_id,
            stage=stage,
            event=event,
            job=_job(stage, event.pk, actor) if changed & COUNTING_RULES else None,
            undoes=undoes,
        )
        _follow(stage, changed)
    if change.job and stage.standings.count() <= AT_ONCE:
        jobs.perform(change.job.pk, judge_again)
        change.job.refresh_from_db()
    return change


def undo_change(*, change: RuleChange, actor: User) -> RuleChange:
    """Set the rules back that the latest change of a stage replaced, by a change of its own.

    Raises Stale when it is not the latest one, or was undone already.
    """
    latest = latest_change(change.stage)
    if latest != change:
        raise Stale("These rules were changed again since. Undo the latest change first.")
    reason = f"Undoes the change of {change.event.at:%Y-%m-%d %H:%M} UTC."
    values = former_values(change.event)
    return change_rules(
        stage=change.stage,
        values=values,
        seen=change.pk,
        actor=actor,
        reason=reason,
        undoes=change,
    )


def latest_change(stage: Stage) -> RuleChange | None:
    """The newest change of a stage's rules."""
    changes = RuleChange.objects.filter(stage=stage)
    return changes.select_related("event__actor", "stage", "job").order_by("-pk").first()


def being_applied(stage: Stage) -> Job | None:
    """The job that judges a stage's reports by changed rules, while a worker has or will get it."""
    return Job.objects.unfinished().filter(rule_change__stage=stage).first()


def not_judged_yet(stage: Stage) -> Job | None:
    """The same, and also one that failed: until it is resumed reports stand by the former rules.

    A later change judges every report again, so only the last job matters.
    """
    last = Job.objects.filter(rule_change__stage=stage).order_by("-pk").first()
    return last if last and last.state != State.DONE else None


def _refuse(stage: Stage, seen: int) -> None:
    if stage.state == StageState.CLOSED:
        raise NotAllowed(f"Screening on {stage} is closed. Reopen it to change its rules.")
    latest = latest_change(stage)
    if (latest.pk if latest else 0) != seen:
        raise Stale("Somebody else changed these rules since you began. Look at them again.")
    if being_applied(stage):
        raise AlreadyRunning("An earlier change is still being applied. Wait until it is done.")


def _job(stage: Stage, event: int, actor: User) -> Job:
    return jobs.enqueue(
        task=TASK,
        subject=f"Judging the votes on {stage} by the changed rules",
        key=f"rules {stage.pk} {event}",
        review=stage.review,
        actor=actor,
    )


def _follow(stage: Stage, changed: set[str]) -> None:
    """Let seats that wait for a vote follow who may vote, and in which order reports come."""
    waiting = Seat.objects.filter(stage=stage, state=SeatState.OPEN)
    if changed & {"voters", "chosen"} and stage.voters == Voters.CHOSEN:
        waiting.exclude(reviewer__in=stage.chosen.all()).update(state=SeatState.RELEASED)
    if "order" in changed:
        seats = list(waiting.select_related("report").only("report__place", "reviewer_id"))
        for seat in seats:
            seat.place = queue_place(stage, seat.reviewer_id, seat.report.place)
        Seat.objects.bulk_update(seats, ["place"], batch_size=500)
