"""Workers die, messages come twice or not at all: one set of rows all the same.

The cases of reliability.md, part B, without worker processes; those with one are in
``test_worker_faults.py``.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from pytest_django import Settings

from review.errors import AlreadyRunning
from review.models import Job, Merge, Record, Revision, SearchRun
from review.models.jobs import State
from review.pubmed.parse import read
from review.services import fetch, jobs, limiter, pubmed
from review.services.searches import start_run, store_snapshot
from review.site.audit import differences
from review.site.celery import app
from tests import factories
from tests.eutils import EUtils
from tests.people import Team, team
from tests.pubmed_records import document, generated, pmids
from tests.pubmed_runs import Clock, begin, patiently, texts, work
from tests.worker import empty_queue

ALL = pmids(25)
embedded_only = pytest.mark.skipif(not site.EMBEDDED, reason="about the embedded broker's folder")


@pytest.fixture
def server(settings: Settings) -> Iterator[EUtils]:
    with EUtils() as running:
        settings.EUTILS_BASE_URL = running.url
        running.holds(generated(25))
        running.answers(None, ALL)
        yield running


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(limiter, "time", made)
    return made


def at_once(number: int, act: Callable[[], Any]) -> list[Any]:
    """Let so many threads do the same at the same moment; what each gave or raised."""
    outcomes: list[Any] = []
    together = threading.Barrier(number)

    def one() -> None:
        together.wait(30)
        try:
            outcomes.append(act())
        except Exception as error:  # the outcome that the test looks at
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == number
    return outcomes


# The same message twice, the same click twice ---------------------------------------------------


@pytest.mark.both
def test_a_message_that_comes_four_times_at_once_is_one_set_of_rows(
    transactional_db: None, server: EUtils, clock: Clock
) -> None:
    run = begin(team())
    assert run.job is not None
    pk = run.job.pk

    at_once(4, lambda: jobs.perform(pk, lambda held: fetch.run_search(held, patiently(clock))))

    run.refresh_from_db()
    assert Job.objects.get().state == State.DONE
    assert (Record.objects.count(), Revision.objects.count(), run.new) == (25, 25, 25)
    assert [len(server.asked(util)) for util in ("esearch", "efetch")] == [1, 1]


@pytest.mark.both
def test_a_search_that_six_people_start_at_once_runs_once(transactional_db: None) -> None:
    who = team()
    found = factories.search(who.review)

    outcomes = at_once(6, lambda: start_run(search=found, actor=who.lead))

    assert sum(isinstance(one, SearchRun) for one in outcomes) == 1
    assert sum(isinstance(one, AlreadyRunning) for one in outcomes) == 5
    assert SearchRun.objects.count() == Job.objects.count() == 1


def test_a_scheduler_that_was_off_for_three_days_catches_up_once(transactional_db: None) -> None:
    found = factories.search(team().review)
    PeriodicTask.objects.create(
        name="Daily refresh",
        task="review.tasks.refresh_search",
        args=json.dumps([found.pk]),
        interval=IntervalSchedule.objects.create(every=1, period="days"),
        last_run_at=timezone.now() - timedelta(days=3, hours=5),
    )
    scheduler = DatabaseScheduler(app=app)
    sent: list[str] = []
    scheduler.apply_async = lambda entry, **_: sent.append(entry.name)

    for _ in range(5):
        scheduler.tick()
    scheduler.close()

    assert sent.count("Daily refresh") == 1


@pytest.mark.both
def test_two_sweepers_at_once_may_send_twice_but_nothing_is_done_twice(
    transactional_db: None, server: EUtils, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(team())
    Job.objects.update(sent_at=None)

    def deliver(task: str, args: list[int], **_: Any) -> None:
        jobs.perform(args[0], lambda held: fetch.run_search(held, patiently(clock)))

    monkeypatch.setattr(jobs.current_app, "send_task", deliver)
    at_once(2, jobs.sweep)

    assert (Job.objects.get().state, texts(run)) == (State.DONE, 25)
    assert Revision.objects.count() == 25


# The broker is gone, or forgot ------------------------------------------------------------------


@pytest.fixture
def no_broker() -> Iterator[Path]:
    """The folder of messages is a file, so that none can be written."""
    empty_queue()
    folder = Path(site.ENV.data) / "queue" / "messages"
    folder.rmdir()
    folder.write_text("in the way")
    yield folder
    if folder.is_file():
        folder.unlink()
    folder.mkdir(exist_ok=True)


@embedded_only
def test_a_click_without_a_broker_is_kept_and_its_message_goes_out_later(
    transactional_db: None, client: Client, no_broker: Path
) -> None:
    who = team()
    found = factories.search(who.review)
    client.force_login(who.lead)

    answer = client.post(reverse("review:search_run", args=[who.review.slug, found.pk]))

    assert answer.status_code in (302, 303)
    waiting = Job.objects.get()
    assert (waiting.state, waiting.sent_at) == (State.QUEUED, None)
    assert jobs.sweep() == 0
    no_broker.unlink()
    no_broker.mkdir()
    assert jobs.sweep() == 1
    assert len(list(no_broker.iterdir())) == 1
    empty_queue()


@embedded_only
def test_a_message_that_the_broker_lost_is_sent_again(transactional_db: None) -> None:
    begin(team())
    empty_queue()
    assert jobs.sweep() == 0, "its message may still be on its way"
    Job.objects.update(sent_at=timezone.now() - jobs.SEND_AGAIN_AFTER)
    assert jobs.sweep() == 1
    empty_queue()


# Death at any step ------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here: nothing after this line runs."""


class Death:
    """Kills the process before its n-th write of progress or of a merge, counted from 0.

    What writes records needs no death of its own: those writes come between two of these.
    """

    TABLES = ("review_job", "review_searchrun", "review_merge")

    def __init__(self, before: int) -> None:
        self.left = before

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        written = re.match(r'(?:UPDATE|INSERT INTO) "(\w+)"', sql)
        if written and written[1] in self.TABLES:
            self.left -= 1
        if self.left < 0 and not sql.startswith("ROLLBACK"):  # which the database does by itself
            raise Killed
        return execute(sql, params, many, context)


def outcome(run: SearchRun) -> dict[str, Any]:
    """What a run left behind, without the numbers of its rows."""
    assert run.job is not None
    review = run.search.review
    return {
        "state": run.job.state,
        "new, changed": (run.new, run.changed),
        "missing": run.missing,
        "problems": run.job.problems,
        "finished": run.finished_at is not None,
        "records": sorted(review.records.values_list("identifier", "current__number")),
        "positions": sorted(str(p) for p in review.reports.values_list("position", flat=True)),
        "merges": Merge.objects.filter(review=review).count(),
        "differences": list(differences(review)),
    }


@pytest.fixture
def with_losses(server: EUtils, monkeypatch: pytest.MonkeyPatch) -> EUtils:
    """Three batches; one record is gone."""
    monkeypatch.setattr(fetch, "TOGETHER", 10)
    del server.records[ALL[12]]
    return server


def begin_beside_embase(who: Team, server: EUtils) -> SearchRun:
    """A run in a review that has one of its records already, from another database."""
    run = begin(who)
    embase = factories.search(who.review, source="Embase")
    (known,) = read(document(server.records[ALL[20]].decode())).parsed
    citation = replace(known.citation, identifier="E1")
    store_snapshot(search=embase, citations=[citation], run=factories._hand_run(embase))
    return run


@pytest.mark.django_db
def test_wherever_a_run_dies_it_ends_like_one_that_did_not(
    with_losses: EUtils, clock: Clock
) -> None:
    who = team()
    clean = outcome(work(begin_beside_embase(who, with_losses), patiently(clock)))
    assert (clean["state"], clean["merges"], len(clean["missing"])) == (State.DONE, 1, 1)
    deaths = 0
    while True:
        run = begin_beside_embase(team(f"died-{deaths}", shared=who), with_losses)
        try:
            with connection.execute_wrapper(Death(before=deaths)):
                work(run, patiently(clock))
            break
        except Killed:
            Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        deaths += 1
        run.refresh_from_db()
        assert outcome(work(run, patiently(clock))) == clean, f"it died before write {deaths}"
    assert deaths > 20
    assert outcome(run) == clean


@pytest.mark.django_db
def test_a_job_that_raises_says_a_sentence_without_query_text_or_secrets(
    server: EUtils, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NCBI_API_KEY = "k-never-shown"

    def broken(transport: Any, term: str) -> Any:
        raise RuntimeError(f"{term} with {transport.api_key}")

    monkeypatch.setattr(fetch, "search", broken)
    run = begin(team())
    assert run.job is not None
    jobs.perform(run.job.pk, fetch.run_search)

    run.job.refresh_from_db()
    assert (run.job.state, run.job.error) == (
        State.FAILED,
        "Something went wrong in the program. What was stored is kept; resume to go on.",
    )
    values = str(Job.objects.values().get())
    assert "naltrexone" not in values
    assert "k-never-shown" not in values


def test_no_result_of_a_task_is_kept_anywhere() -> None:
    assert site.CELERY_TASK_IGNORE_RESULT
    assert not jobs.current_app.conf.result_backend


# Limits -----------------------------------------------------------------------------------------


def test_one_request_ends_before_the_lease_that_was_renewed_for_it() -> None:
    assert pubmed.REQUEST.total + limiter.SLICE < jobs.lease().total_seconds()


def test_all_tries_of_one_request_end_before_the_time_of_the_task() -> None:
    retrying = pubmed.Retrying()
    longest = retrying.tries * (pubmed.REQUEST.total + 1.5 * retrying.longest)
    assert longest < site.CELERY_TASK_SOFT_TIME_LIMIT < site.CELERY_TASK_TIME_LIMIT
    assert limiter.PATIENCE < site.CELERY_TASK_SOFT_TIME_LIMIT
