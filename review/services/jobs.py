"""Jobs: enqueue, claim, report progress, finish. The row is the truth, messages are hints.

A worker claims with one conditional UPDATE and holds the job by a token while its lease runs.
Every later write checks the token, so a worker that was thought dead cannot write again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from review.errors import AlreadyRunning, ReviewError
from review.models import Job, Review, User
from review.models.jobs import State
from review.outage import Outage, idempotent, outage
from review.querysets.jobs import JobQuerySet

SEND_AGAIN_AFTER = timedelta(seconds=30)
MOST_TAKEOVERS = 5  # workers that one job may lose at the same step before it is given up
MOST_PROBLEMS = 100
MORE_PROBLEMS = "There are more. Each is listed where it belongs."
GIVEN_UP = (
    f"{MOST_TAKEOVERS} workers in a row died, ran out of time or lost the database at the same "
    "step, so it was given up. What was stored is kept. Ask whoever runs this site to look at the "
    "worker's log."
)
BROKEN = "Something went wrong in the program. What was stored is kept; resume to go on."
NO_ROOM = (
    "The disk of the server is full. What was stored is kept. Ask whoever runs this site to make "
    "room, then resume."
)
UNKNOWN_TASK = (
    "The worker that got this job does not know its kind; it may be of another version. "
    "Ask whoever runs this site to restart Winnow, then resume."
)

log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """Somebody asked for the job to stop."""


class Lost(Exception):
    """The job belongs to another worker by now; this one must stop without writing."""


class Claim:
    """One worker's hold on one job; every method raises Lost when the hold is gone."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def renew(self, **values: Any) -> None:
        """Extend the lease and write these fields; raises Cancelled on a person's wish to stop."""
        now = timezone.now()
        mine = Job.objects.filter(pk=self.job.pk, token=self.job.token)
        kept = mine.filter(state=State.RUNNING).update(
            lease_until=now + lease(), heartbeat_at=now, **values
        )
        if kept:
            for name, value in values.items():
                setattr(self.job, name, value)
        elif mine.filter(state=State.CANCELLING).exists():
            raise Cancelled
        else:
            raise Lost

    def advance(self, *, done: int, total: int | None = None, note: str = "", **mark: Any) -> None:
        """Show progress and set checkpoint values (``mark``), in the chunk's own transaction."""
        values: dict[str, Any] = {"done": done, "note": note[:200]}
        if total is not None:
            values["total"] = total
        if mark:
            values |= {"checkpoint": self.job.checkpoint | mark, "takeovers": 0}
        self.renew(**values)

    def problem(self, *sentences: str) -> None:
        """Add sentences to the problems that the page lists, which ends at a hundred."""
        problems = list(dict.fromkeys([*self.job.problems, *sentences]))
        if len(problems) > MOST_PROBLEMS:
            problems = [*problems[:MOST_PROBLEMS], MORE_PROBLEMS]
        if problems != self.job.problems:
            self.renew(problems=problems)

    def finish(self, **values: Any) -> None:
        """Mark the job complete."""
        self._end(State.DONE, note="", **values)

    @idempotent
    def give_back(self) -> None:
        """Let another worker go on from the checkpoint: this one ran out of time or database."""
        mine = Job.objects.filter(pk=self.job.pk, token=self.job.token)
        queued = {"state": State.QUEUED, "lease_until": None, "token": "", "sent_at": None}
        if not mine.filter(state=State.RUNNING).update(**queued, takeovers=F("takeovers") + 1):
            self._end(State.CANCELLED)

    def _end(self, state: str, **values: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, token=self.job.token)
        mine.update(state=state, finished_at=timezone.now(), lease_until=None, token="", **values)


def lease() -> timedelta:
    """How long a worker may be silent before its job goes to another."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def enqueue(
    *,
    task: str,
    subject: str,
    key: str,
    review: Review | None,
    actor: User | None,
    arguments: dict[str, Any] | None = None,
) -> Job:
    """Make a job and send its message once the transaction commits.

    ``key`` is unique among all jobs; a second job with it raises AlreadyRunning.
    """
    try:
        with transaction.atomic():
            job = Job.objects.create(
                task=task,
                subject=subject[:200],
                key=key,
                review=review,
                made_by=actor,
                arguments=arguments or {},
            )
    except IntegrityError:
        raise AlreadyRunning("This was started already. Reload the page to see it.") from None
    transaction.on_commit(lambda: send(job))
    return job


def send(job: Job) -> bool:
    """Send the message; when the broker is away the sweeper will send it later."""
    try:
        current_app.send_task(job.task, [job.pk], expires=3600)
    except Exception as error:  # any broker's own error tree: the row keeps the work
        log.warning("message_not_sent", job=job.pk, error=type(error).__name__)
        return False
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())
    return True


def sweep() -> int:
    """Send again what is queued or whose worker fell silent; count the messages sent."""
    now = timezone.now()
    waiting = Job.objects.to_send_again(now, now - SEND_AGAIN_AFTER, lease())
    return sum(send(job) for job in waiting)


def claim(pk: int) -> Claim | None:
    """Take a job that nobody holds.

    None when it is finished, when another worker has it, and when it is given up because every
    worker that took it was lost.
    """
    now = timezone.now()
    token = secrets.token_hex(16)
    free = Job.objects.filter(pk=pk, state=State.QUEUED)
    stale = Job.objects.filter(pk=pk, state=State.RUNNING).abandoned(now, lease())
    values = {"token": token, "lease_until": now + lease(), "heartbeat_at": now, "error": ""}
    _give_up(free, stale)
    if not (
        free.update(state=State.RUNNING, started_at=now, **values)
        or stale.update(takeovers=F("takeovers") + 1, **values)
    ):
        _bury_cancelled(pk)
        return None
    return Claim(Job.objects.get(pk=pk, token=token))


def _give_up(*unheld: JobQuerySet) -> None:
    """Fail a job that would only kill one worker after the other."""
    end = {"state": State.FAILED, "finished_at": timezone.now(), "error": GIVEN_UP}
    for jobs in unheld:
        jobs.filter(takeovers__gte=MOST_TAKEOVERS).update(token="", lease_until=None, **end)


def refuse(pk: int, task: str) -> None:
    """Fail a waiting job whose task no worker here can do: its message would come for ever."""
    Job.objects.filter(pk=pk, task=task, state=State.QUEUED).update(
        state=State.FAILED, finished_at=timezone.now(), error=UNKNOWN_TASK
    )


def _bury_cancelled(pk: int) -> None:
    """Cancel a job whose worker died before it could obey."""
    unheld = Job.objects.filter(pk=pk).abandoned(timezone.now(), lease())
    unheld.filter(state=State.CANCELLING).update(
        state=State.CANCELLED, finished_at=timezone.now(), token="", lease_until=None
    )


def perform(pk: int, work: Callable[[Claim], None]) -> None:
    """Claim a job and do its work; every way in which it can end is written to the row."""
    held = claim(pk)
    if held is None:
        return
    try:
        work(held)
        held.finish()
    except Lost:
        log.info("job_lost", job=pk)
    except Cancelled:
        held._end(State.CANCELLED)
    except SoftTimeLimitExceeded:
        held.give_back()
    except ReviewError as error:
        held._end(State.FAILED, error=str(error))
    except Exception as error:
        log.exception("job_failed", job=pk)
        failed = outage(error)
        if failed in (None, Outage.FULL):
            held._end(State.FAILED, error=NO_ROOM if failed else BROKEN)
        else:
            held.give_back()


def cancel(*, job: Job) -> None:
    """Ask a job to stop: at once when it waits, at its next step when it runs."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=State.QUEUED)
    if not waiting.update(state=State.CANCELLED, finished_at=now):
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(state=State.CANCELLING)


@transaction.atomic
def resume(*, job: Job) -> bool:
    """Queue a failed or cancelled job again from its checkpoint; False when it is neither."""
    ended = Job.objects.filter(pk=job.pk, state__in=(State.FAILED, State.CANCELLED))
    again = {"state": State.QUEUED, "takeovers": 0, "finished_at": None, "sent_at": None}
    if not ended.update(**again, error=""):
        return False
    job.refresh_from_db()
    transaction.on_commit(lambda: send(job))
    return True
