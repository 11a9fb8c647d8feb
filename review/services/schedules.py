"""Schedules of searches: set in words, kept by django-celery-beat, one run for each moment due.

Beat's message is a hint, as every message is: what is due is reckoned from the crontab and from
the runs that there are. So two beats make one run, and a site that was down for days makes one
run when it is back, with the moments that it missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from review.errors import AlreadyRunning, Incomplete, ReviewError
from review.models import Schedule, Search, SearchRun, User
from review.services.log import log
from review.services.searches import check_ready, start_run
from review.timetable import Timetable

TASK = "review.tasks.refresh_search"
EXPIRES = 3600  # seconds that beat's message waits for a worker; the sweeper starts what is overdue
LATE = timedelta(minutes=2)  # after which the sweeper starts what no message started
MOST_SKIPPED = 100  # missed moments that a run names

structured = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class When:
    """A schedule in words: every day, or on one day of the week (0 is Sunday) or of the month."""

    at: time
    zone: ZoneInfo
    weekday: int | None = None
    monthday: int | None = None


@transaction.atomic
def set_schedule(*, search: Search, when: When, actor: User) -> Schedule:
    """Set or change the schedule of a PubMed search; moments count from now on.

    Raises Incomplete for a search that cannot be run here.
    """
    search = Search.objects.select_for_update().get(pk=search.pk)
    if not search.is_pubmed:
        raise Incomplete("Only PubMed searches can be run here, so only they can have a schedule.")
    known = Schedule.objects.filter(search=search).select_related("task__crontab").first()
    old = str(known.task.crontab) if known else None
    task, _ = PeriodicTask.objects.update_or_create(
        name=f"Refresh of search {search.pk}",
        defaults={
            "task": TASK,
            "crontab": _crontab(when),
            "args": f"[{search.pk}]",
            "enabled": True,
            "expire_seconds": EXPIRES,
        },
    )
    schedule, _ = Schedule.objects.update_or_create(
        search=search, defaults={"task": task, "since": timezone.now(), "set_by": actor}
    )
    _log(search, actor, "set a schedule", old, str(task.crontab))
    return schedule


@transaction.atomic
def pause_schedule(*, schedule: Schedule, actor: User) -> None:
    """Start no runs until it is resumed."""
    _enable(schedule, actor, on=False)


@transaction.atomic
def resume_schedule(*, schedule: Schedule, actor: User) -> None:
    """Go on from now; what was due during the pause is neither run nor missed."""
    _enable(schedule, actor, on=True)


def _enable(schedule: Schedule, actor: User, *, on: bool) -> None:
    schedule = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
    if schedule.task.enabled == on:
        return
    schedule.task.enabled = on
    schedule.task.save()
    if on:
        schedule.since = timezone.now()
        schedule.save(update_fields=["since"])
    _log(schedule.search, actor, f"{'resumed' if on else 'paused'} a schedule", not on, on)


def start_due(*, schedule: Schedule, now: datetime) -> SearchRun | None:
    """Start the run of the latest moment due, naming those missed before it; None if none is due.

    Raises AlreadyRunning when another run is under way or another process was quicker, and what
    ``start_run`` raises.
    """
    if not schedule.task.enabled or schedule.task.crontab is None:
        return None
    due = due_moments(schedule, now)
    if not due:
        return None
    *missed, latest = due
    return start_run(
        search=schedule.search,
        actor=None,
        due_at=latest,
        skipped=[moment.isoformat() for moment in missed[-MOST_SKIPPED:]],
    )


def start_by_message(*, search: int, now: datetime) -> SearchRun | None:
    """Do what a message of beat asks for: the moment due, or one run where a site admin made the
    schedule by hand, of which nothing else is known. None if it is paused or nothing is due.

    Two messages within a minute are one. Raises what ``start_run`` raises, DoesNotExist for a
    search that is gone.
    """
    schedule = Schedule.objects.active().filter(search=search).first()
    if schedule is not None:
        return start_due(schedule=schedule, now=now)
    if Schedule.objects.filter(search=search, task__enabled=False).exists():
        return None
    minute = now.replace(second=0, microsecond=0)
    return start_run(search=Search.objects.get(pk=search), actor=None, due_at=minute)


def start_overdue(*, now: datetime) -> None:
    """Start what is due and was not started by beat's message: it was lost, or beat was down."""
    for schedule in Schedule.objects.active():
        if not due_moments(schedule, now - LATE):
            continue
        try:
            start_due(schedule=schedule, now=now)
        except AlreadyRunning:
            continue
        except ReviewError as error:
            structured.info("scheduled_search_waits", search=schedule.search_id, why=str(error))


def due_moments(schedule: Schedule, now: datetime) -> list[datetime]:
    """Moments up to ``now`` for which no run was started, the earliest first."""
    last = schedule.search.runs.exclude(due_at=None).order_by("-due_at").first()
    handled = max(schedule.since, last.due_at) if last and last.due_at else schedule.since
    return list(timetable_of(schedule).due(handled, now))


def timetable_of(schedule: Schedule) -> Timetable:
    """What its crontab says, as also the admin site may have set it."""
    cron = schedule.task.schedule  # django-celery-beat's own reading of the row
    return Timetable(
        zone=ZoneInfo(str(schedule.task.crontab.timezone)),
        minutes=frozenset(cron.minute),
        hours=frozenset(cron.hour),
        weekdays=frozenset(cron.day_of_week),
        monthdays=frozenset(cron.day_of_month),
        months=frozenset(cron.month_of_year),
    )


def obstacle(schedule: Schedule, now: datetime) -> tuple[datetime, str] | None:
    """The latest moment that is overdue, and why no run of it has started; None if none is."""
    overdue = due_moments(schedule, now - LATE) if schedule.task.enabled else []
    if not overdue:
        return None
    try:
        check_ready(schedule.search)
    except ReviewError as error:
        return overdue[-1], str(error)
    return overdue[-1], "No worker has taken it up yet. It starts as soon as one runs."


def _crontab(when: When) -> CrontabSchedule:
    values = {
        "minute": str(when.at.minute),
        "hour": str(when.at.hour),
        "day_of_week": "*" if when.weekday is None else str(when.weekday),
        "day_of_month": "*" if when.monthday is None else str(when.monthday),
        "month_of_year": "*",
        "timezone": when.zone,
    }
    found = CrontabSchedule.objects.filter(**values).first()  # shared rows may be there twice
    return found or CrontabSchedule.objects.create(**values)


def _log(search: Search, actor: User, what: str, old: object, new: object) -> None:
    log(review=search.review, actor=actor, what=what, subject=str(search), old=old, new=new)
