"""Rules of jobs: one worker at a time, nothing written by a worker that lost its hold."""

from __future__ import annotations

import errno
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from review.errors import AlreadyRunning, Incomplete
from review.models import Job
from review.models.jobs import State
from review.services import jobs
from review.services.jobs import Cancelled, Claim, Lost
from tests.failures import postgresql, sqlite

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys of the jobs whose messages went to the broker."""
    keys: list[int] = []

    def send_task(task: str, args: list[int], **_: Any) -> None:
        keys.append(args[0])

    monkeypatch.setattr(jobs.current_app, "send_task", send_task)
    return keys


def job(state: str = State.QUEUED, **values: Any) -> Job:
    number = Job.objects.count()
    return Job.objects.create(task="t", subject="A job", key=f"k{number}", state=state, **values)


def claimed(**values: Any) -> Claim:
    held = jobs.claim(job(**values).pk)
    assert held is not None
    return held


def seize(held: Claim) -> Claim:
    """Another worker takes the job, because the lease of the first ran out."""
    Job.objects.filter(pk=held.job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    other = jobs.claim(held.job.pk)
    assert other is not None
    return other


def state(of: Job | Claim) -> str:
    pk = of.pk if isinstance(of, Job) else of.job.pk
    return Job.objects.get(pk=pk).state


# Enqueueing ---------------------------------------------------------------------------------


def enqueue(key: str = "search 1 run 1") -> Job:
    return jobs.enqueue(task="t", subject="S" * 300, key=key, review=None, actor=None)


def test_message_goes_out_only_after_the_commit(
    sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = enqueue()
        assert sent == []
    assert sent == [made.pk]
    made.refresh_from_db()
    assert (made.state, len(made.subject)) == (State.QUEUED, 200)
    assert made.sent_at is not None


def test_same_key_is_queued_once(sent: list[int]) -> None:
    enqueue()
    with pytest.raises(AlreadyRunning, match="started already"):
        enqueue()
    assert Job.objects.count() == 1


def test_broker_that_is_away_loses_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(jobs.current_app, "send_task", refuse)
    waiting = job()
    assert jobs.send(waiting) is False
    waiting.refresh_from_db()
    assert (waiting.state, waiting.sent_at) == (State.QUEUED, None)


@pytest.mark.parametrize(
    ("values", "again"),
    [
        ({"state": State.QUEUED}, True),
        ({"state": State.QUEUED, "sent_at": -31}, True),
        ({"state": State.QUEUED, "sent_at": -5}, False),
        ({"state": State.RUNNING, "lease_until": -1}, True),
        ({"state": State.RUNNING, "lease_until": 60}, False),
        ({"state": State.CANCELLING, "lease_until": -1}, True),
        ({"state": State.DONE, "lease_until": -1}, False),
        ({"state": State.FAILED}, False),
        ({"state": State.CANCELLED}, False),
    ],
)
def test_sweeper_sends_again_what_nobody_works_on(
    sent: list[int], values: dict[str, Any], again: bool
) -> None:
    now = timezone.now()
    times = {k: now + timedelta(seconds=v) for k, v in values.items() if k != "state"}
    waiting = job(values["state"], **times)
    assert jobs.sweep() == int(again)
    assert sent == ([waiting.pk] if again else [])


# Holding ------------------------------------------------------------------------------------


def test_second_worker_does_not_get_a_held_job() -> None:
    held = claimed()
    assert jobs.claim(held.job.pk) is None
    assert state(held) == State.RUNNING


@pytest.mark.parametrize("ended", [State.DONE, State.FAILED, State.CANCELLED])
def test_ended_job_is_not_taken(ended: str) -> None:
    assert jobs.claim(job(ended).pk) is None


def test_message_for_a_job_that_is_gone_does_nothing() -> None:
    assert jobs.claim(404) is None


def test_silent_worker_loses_the_job_and_can_write_nothing_more() -> None:
    first = claimed()
    second = seize(first)
    for write in (
        lambda: first.renew(),
        lambda: first.advance(done=200, stored=200),
        lambda: first.problem("23359310: unreadable"),
    ):
        with pytest.raises(Lost):
            write()
    first.finish()
    kept = Job.objects.get()
    assert (kept.state, kept.done, kept.checkpoint, kept.token) == (
        State.RUNNING,
        0,
        {},
        second.job.token,
    )


def test_progress_keeps_earlier_checkpoint_values() -> None:
    held = claimed()
    held.advance(done=0, total=3117, note="N" * 300, listed=True)
    held.advance(done=200, note="Fetching texts", stored=200)
    kept = Job.objects.get()
    assert (kept.done, kept.total, kept.note) == (200, 3117, "Fetching texts")
    assert kept.checkpoint == {"listed": True, "stored": 200}


def test_progress_renews_the_lease() -> None:
    held = claimed()
    soon = timezone.now() + timedelta(seconds=1)
    Job.objects.update(lease_until=soon)
    held.advance(done=1)
    renewed = Job.objects.get().lease_until
    assert renewed is not None
    assert renewed > soon + timedelta(seconds=30)


def test_problem_is_listed_once() -> None:
    held = claimed()
    for _ in range(2):
        held.problem("23359310: unreadable")
    held.problem("17222320: not sent")
    assert Job.objects.get().problems == ["23359310: unreadable", "17222320: not sent"]


def test_a_page_lists_a_hundred_problems_and_says_that_there_are_more() -> None:
    held = claimed()
    held.problem(*(f"{pmid}: not sent" for pmid in range(60)))
    held.problem(*(f"{pmid}: not sent" for pmid in range(50, 101)))
    held.problem("101: not sent")
    kept = Job.objects.get().problems
    assert (len(kept), kept[99], kept[100]) == (101, "99: not sent", jobs.MORE_PROBLEMS)


# Giving up ----------------------------------------------------------------------------------


def test_job_that_loses_every_worker_at_the_same_step_is_given_up() -> None:
    held = claimed()
    for _ in range(jobs.MOST_TAKEOVERS):
        held = seize(held)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert jobs.claim(held.job.pk) is None

    kept = Job.objects.get()
    assert (kept.state, kept.error, kept.token) == (State.FAILED, jobs.GIVEN_UP, "")
    assert jobs.resume(job=kept)
    again = jobs.claim(kept.pk)
    assert again is not None
    assert again.job.takeovers == 0


def test_job_that_gets_on_is_taken_over_as_often_as_needed() -> None:
    held = claimed()
    for step in range(3 * jobs.MOST_TAKEOVERS):
        held.advance(done=step, stored=step)
        held = seize(held)
    assert state(held) == State.RUNNING


def test_job_that_runs_out_of_time_again_and_again_is_given_up() -> None:
    waiting = job()

    def endless(held: Claim) -> None:
        raise SoftTimeLimitExceeded

    for _ in range(jobs.MOST_TAKEOVERS):
        jobs.perform(waiting.pk, endless)
        assert state(waiting) == State.QUEUED
    jobs.perform(waiting.pk, endless)
    assert state(waiting) == State.FAILED


@pytest.mark.parametrize(
    ("before", "task", "after"),
    [
        (State.QUEUED, "t", State.FAILED),
        (State.QUEUED, "another", State.QUEUED),
        (State.RUNNING, "t", State.RUNNING),
        (State.DONE, "t", State.DONE),
    ],
)
def test_only_a_waiting_job_of_that_task_is_refused(before: str, task: str, after: str) -> None:
    waiting = job(before)
    jobs.refuse(waiting.pk, task)
    kept = Job.objects.get()
    assert (kept.state, bool(kept.error)) == (after, after == State.FAILED)


# Ending -------------------------------------------------------------------------------------


def work_that(outcome: BaseException | None = None) -> Any:
    def work(held: Claim) -> None:
        held.advance(done=200, stored=200)
        if outcome is not None:
            raise outcome

    return work


@pytest.mark.parametrize(
    ("outcome", "ends", "error"),
    [
        (None, State.DONE, ""),
        (Incomplete("PubMed says: Search Backend failed"), State.FAILED, "PubMed says"),
        (ZeroDivisionError(), State.FAILED, "Something went wrong in the program"),
        (OSError(errno.ENOSPC, "No space left"), State.FAILED, "The disk of the server is full"),
        (sqlite("SQLITE_FULL"), State.FAILED, "The disk of the server is full"),
        (Cancelled(), State.CANCELLED, ""),
    ],
)
def test_every_end_of_the_work_is_written_to_the_job(
    outcome: Exception | None, ends: str, error: str
) -> None:
    waiting = job()
    jobs.perform(waiting.pk, work_that(outcome))
    kept = Job.objects.get()
    assert (kept.state, kept.token, kept.lease_until) == (ends, "", None)
    assert kept.error.startswith(error)
    assert bool(kept.error) == bool(error)
    assert kept.finished_at is not None
    assert kept.checkpoint == {"stored": 200}


@pytest.mark.parametrize(
    "lack",
    [SoftTimeLimitExceeded(), sqlite("SQLITE_BUSY"), postgresql("40P01"), postgresql(None)],
    ids=["time", "busy", "deadlock", "connection"],
)
def test_work_that_ran_out_of_time_or_database_waits_for_another_worker(
    sent: list[int], lack: Exception
) -> None:
    waiting = job()
    jobs.perform(waiting.pk, work_that(lack))
    kept = Job.objects.get()
    assert (kept.state, kept.token, kept.finished_at) == (State.QUEUED, "", None)
    assert jobs.sweep() == 1
    held = jobs.claim(kept.pk)
    assert held is not None
    assert held.job.checkpoint == {"stored": 200}


def test_worker_that_lost_the_job_leaves_its_end_to_the_other() -> None:
    waiting = job()

    def lose(held: Claim) -> None:
        seize(held)
        held.renew()

    jobs.perform(waiting.pk, lose)
    assert state(waiting) == State.RUNNING


def test_job_that_is_not_free_is_not_worked_on() -> None:
    held = claimed()
    done: list[Claim] = []
    jobs.perform(held.job.pk, done.append)
    assert done == []


# Cancelling and resuming --------------------------------------------------------------------


def test_running_job_stops_at_its_next_step() -> None:
    held = claimed()
    jobs.cancel(job=held.job)
    assert state(held) == State.CANCELLING
    with pytest.raises(Cancelled):
        held.advance(done=400, stored=400)
    assert Job.objects.get().checkpoint == {}


def test_waiting_job_is_cancelled_at_once_and_never_begins() -> None:
    waiting = job()
    jobs.cancel(job=waiting)
    assert state(waiting) == State.CANCELLED
    assert jobs.claim(waiting.pk) is None


def test_cancelled_job_whose_worker_died_is_buried_by_the_sweeper(sent: list[int]) -> None:
    held = claimed()
    jobs.cancel(job=held.job)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.sweep() == 1
    assert jobs.claim(held.job.pk) is None
    assert state(held) == State.CANCELLED


def test_cancelling_while_the_time_runs_out_still_cancels() -> None:
    waiting = job()

    def overrun(held: Claim) -> None:
        jobs.cancel(job=held.job)
        raise SoftTimeLimitExceeded

    jobs.perform(waiting.pk, overrun)
    assert state(waiting) == State.CANCELLED


@pytest.mark.parametrize("ended", [State.DONE, State.FAILED, State.CANCELLED])
def test_ended_job_cannot_be_cancelled(ended: str) -> None:
    over = job(ended)
    jobs.cancel(job=over)
    assert state(over) == ended


@pytest.mark.parametrize(
    ("before", "resumed"),
    [
        (State.FAILED, True),
        (State.CANCELLED, True),
        (State.DONE, False),
        (State.RUNNING, False),
        (State.QUEUED, False),
        (State.CANCELLING, False),
    ],
)
def test_only_failed_and_cancelled_jobs_are_resumed(before: str, resumed: bool) -> None:
    ended = job(before, error="PubMed says: no", checkpoint={"stored": 400})
    assert jobs.resume(job=ended) is resumed
    kept = Job.objects.get()
    assert kept.state == (State.QUEUED if resumed else before)
    assert kept.error == ("" if resumed else "PubMed says: no")
    assert kept.checkpoint == {"stored": 400}
