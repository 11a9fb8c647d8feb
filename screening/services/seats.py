"""Seats: never more people than needed hold a report, and a seat that is left is given back."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from review.models import Report, Stage, User
from review.models.stages import MAX_VOTES
from review.services.flow import lock_reports
from screening.assignment import next_for, queue_place
from screening.models import Decision, Kind, Seat, SeatState
from screening.querysets import POSITION_OF, awaiting

LEASE = timedelta(minutes=30)
BATCH = 5


def next_seat(*, reviewer: User, stage: Stage) -> Seat | None:
    """The report this person should read now; claims a few more when none is at hand.

    What was skipped comes back when nothing else is left. None: nothing awaits this person.
    """
    queue = Seat.objects.open_of(reviewer, stage).with_progress(reviewer, stage)
    held = queue.first()
    if held is None or held.skipped_at is not None:
        claim_seats(reviewer=reviewer, stage=stage)
        held = queue.all().first()
    if held is not None and held.lease_until < timezone.now() + LEASE / 2:
        held = _renew(held)
    return held


@transaction.atomic
def claim_seats(*, reviewer: User, stage: Stage, batch: int = BATCH) -> int:
    """Take seats on the next reports that need one; near the end of the pool only one."""
    keys = next_for(reviewer, stage, 2 * batch)
    if len(keys) < 2 * batch:
        keys = keys[:1]
    reports = {report.pk: report for report in lock_reports(keys[:batch])}
    stage = Stage.objects.get(pk=stage.pk)  # the page's may be older than the locks
    waiting = [reports[key] for key in keys[:batch] if key in reports]
    return sum(
        take_seat(report=report, reviewer=reviewer, stage=stage) is not None
        for report in waiting
        if stage.is_open and report.position == POSITION_OF[stage.name]
    )


def take_seat(*, report: Report, reviewer: User, stage: Stage) -> Seat | None:
    """Give this person a seat on a locked report; None when enough others hold it."""
    now = timezone.now()
    seats = list(Seat.objects.filter(report=report, stage=stage))
    for seat in seats:
        if seat.state == SeatState.OPEN and seat.lease_until <= now:
            _release(seat)
    taken = {
        s.number for s in seats if s.state != SeatState.RELEASED and s.reviewer_id != reviewer.pk
    }
    mine = next((seat for seat in seats if seat.reviewer_id == reviewer.pk), None)
    if mine is not None and mine.state != SeatState.RELEASED:
        return mine
    if len(taken) >= stage.votes_needed:
        return None
    seat = mine or _new(report, stage, reviewer.pk)
    seat.number = min(set(range(1, MAX_VOTES + 1)) - taken)
    seat.place = queue_place(stage, reviewer.pk, report.place)
    seat.state, seat.lease_until, seat.skipped_at = SeatState.OPEN, now + LEASE, None
    seat.save()
    if report.handled_at is None:
        Report.objects.filter(pk=report.pk).update(handled_at=now)
    return seat


def may_sit(*, reviewer: User, stage: Stage, report: Report) -> bool:
    """Whether this person holds the report or could: it awaits votes and theirs is needed."""
    held = Seat.objects.open_of(reviewer, stage).filter(report=report)
    return held.exists() or awaiting(reviewer, stage).filter(pk=report.pk).exists()


def _release(seat: Seat) -> None:
    seat.state = SeatState.RELEASED
    seat.save(update_fields=["state"])


def _renew(seat: Seat) -> Seat | None:
    """Extend a seat's lease; one that ran out is taken again only if it is still free."""
    with transaction.atomic():
        (report,) = lock_reports([seat.report_id])
        kept = take_seat(report=report, reviewer=seat.reviewer, stage=seat.stage)
        if kept is not None:
            Seat.objects.filter(pk=seat.pk).update(lease_until=timezone.now() + LEASE)
    return seat if kept else next_seat(reviewer=seat.reviewer, stage=seat.stage)


def reseat(*, report: Report, stage: Stage) -> None:
    """Let a locked report's seats follow the votes on it and its duplicates, after merge or split.

    Who voted on any copy has a seat, so that nobody is asked for a vote that is not needed; open
    seats beyond the votes needed are given back.
    """
    votes = Decision.objects.on(report, stage).counting().filter(kind=Kind.VOTE)
    heads = {vote.actor_id: vote for vote in votes}
    seats = Seat.objects.filter(report=report, stage=stage)
    known = {seat.reviewer_id: seat for seat in seats}
    still_open = [seat for seat in known.values() if seat.state == SeatState.OPEN]
    waiting = [seat for seat in still_open if seat.reviewer_id not in heads]
    seats.update(state=SeatState.RELEASED, head=None)
    voted = [known.get(voter) or _new(report, stage, voter) for voter in heads][:MAX_VOTES]
    waiting = waiting[: max(stage.votes_needed - len(voted), 0)]
    for number, seat in enumerate([*voted, *waiting], start=1):
        seat.number, seat.head = number, heads.get(seat.reviewer_id)
        seat.state = SeatState.DONE if seat.head else SeatState.OPEN
        seat.save()


def _new(report: Report, stage: Stage, reviewer: int) -> Seat:
    return Seat(
        review_id=report.review_id,
        report=report,
        stage=stage,
        reviewer_id=reviewer,
        place=queue_place(stage, reviewer, report.place),
        lease_until=timezone.now() + LEASE,
    )


def skip(*, reviewer: User, stage: Stage, report: Report) -> None:
    """Put a held report aside; it returns when nothing else is left."""
    Seat.objects.filter(reviewer=reviewer, stage=stage, report=report, state=SeatState.OPEN).update(
        skipped_at=timezone.now()
    )


def release_seats(*, reviewer: User, review_id: int) -> int:
    """Give back all open seats of a person who leaves the review; votes stay. Counts them.

    Their reports are locked first: a vote of theirs that is under way is stored before or refused.
    """
    seats = Seat.objects.filter(reviewer=reviewer, review=review_id, state=SeatState.OPEN)
    with transaction.atomic():
        lock_reports(seats.values_list("report", flat=True))
        return seats.update(state=SeatState.RELEASED)
