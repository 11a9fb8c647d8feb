"""Running a PubMed search: complete, resumable, and honest about what could not be had."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from review.models import Job, Record, Report, Revision, SearchRun
from review.models.jobs import State
from review.pubmed import client, slices
from review.services import jobs, limiter
from review.site.audit import differences
from tests import eutils_answers, factories
from tests import eutils_faults as faults
from tests.eutils import EUtils
from tests.people import Team, team
from tests.pubmed_records import generated, pmids
from tests.pubmed_runs import Clock, begin, patiently, texts, work
from tests.worker import Worker


@pytest.fixture
def pubmed(settings: Settings) -> Iterator[EUtils]:
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        yield server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Turns and pauses take no time."""
    made = Clock()
    monkeypatch.setattr(limiter, "time", made)
    return made


@pytest.fixture
def who(transactional_db: None) -> Team:
    return team()


def until(done: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


def state(run: SearchRun) -> str:
    return Job.objects.get(pk=run.job_id).state


def test_a_worker_fetches_every_record_that_the_search_lists(
    who: Team, pubmed: EUtils, worker: Worker
) -> None:
    pubmed.holds(generated(450))
    pubmed.answers(None, pmids(450), translation='"naltrexone"[MeSH Terms]')

    run = begin(who)
    until(lambda: state(run) == State.DONE)

    run.refresh_from_db()
    assert (run.reported, len(run.identifiers), run.new, run.missing) == (450, 450, 450, [])
    assert (Record.objects.count(), texts(run), Revision.objects.count()) == (450, 450, 450)
    assert Report.objects.filter(position="screening").count() == 450
    assert [len(a.params["id"].split(",")) for a in pubmed.asked("efetch")] == [200, 200, 50]
    assert run.requests == 4
    assert run.translation == '"naltrexone"[MeSH Terms]'
    assert list(differences(who.review)) == []


@pytest.mark.both
def test_a_run_whose_worker_was_killed_goes_on_where_it_was(
    who: Team, pubmed: EUtils, start_worker: Callable[..., Worker]
) -> None:
    pubmed.holds(generated(450))
    pubmed.answers(None, pmids(450))
    pubmed.hold("efetch", after=1)
    first = start_worker(WINNOW_JOB_LEASE="2")

    run = begin(who)
    assert pubmed.held.wait(30)
    first.kill()
    assert (state(run), texts(run)) == (State.RUNNING, 200)
    pubmed.release()
    start_worker()
    until(lambda: jobs.sweep() is not None and state(run) == State.DONE)

    run.refresh_from_db()
    assert (Record.objects.count(), texts(run), Revision.objects.count()) == (450, 450, 450)
    assert run.new == 450
    assert len(pubmed.asked("esearch")) == 1
    assert sorted(Record.objects.values_list("identifier", flat=True)) == sorted(pmids(450))
    assert list(differences(who.review)) == []


def test_a_worker_that_lost_its_job_writes_nothing_more(who: Team, pubmed: EUtils) -> None:
    pubmed.holds(generated(250))
    pubmed.answers(None, pmids(250))
    run = begin(who)
    assert run.job is not None
    slow = jobs.claim(run.job.pk)
    assert slow is not None
    Job.objects.filter(pk=run.job.pk).update(lease_until=timezone.now())

    work(run)
    with pytest.raises(jobs.Lost):
        slow.advance(done=1, stored=1)

    run.job.refresh_from_db()
    assert (run.job.state, run.job.done) == (State.DONE, 250)


def test_one_job_is_done_once_however_often_its_message_comes(who: Team, pubmed: EUtils) -> None:
    pubmed.holds(generated(3))
    pubmed.answers(None, pmids(3))

    run = work(begin(who))
    work(run)

    assert len(pubmed.asked("esearch")) == 1
    assert Record.objects.count() == 3


def test_a_query_that_pubmed_refuses_fails_in_its_words(who: Team, pubmed: EUtils) -> None:
    pubmed.misbehave(faults.says("Invalid query: unbalanced parentheses"), util="esearch")

    run = work(begin(who))

    assert run.job is not None
    assert run.job.state == State.FAILED
    assert run.job.error == "PubMed says: Invalid query: unbalanced parentheses"
    assert (run.reported, Record.objects.count()) == (None, 0)


def test_what_was_fetched_is_kept_when_pubmed_goes_away(
    who: Team, pubmed: EUtils, clock: Clock
) -> None:
    pubmed.holds(generated(250))
    pubmed.answers(None, pmids(250))
    pubmed.misbehave(lambda reply: reply, util="efetch")
    pubmed.misbehave(faults.status(503), util="efetch", times=20)

    run = work(begin(who), patiently(clock))
    assert run.job is not None
    assert run.job.state == State.FAILED
    assert "could not be reached" in run.job.error
    assert (Record.objects.count(), texts(run)) == (250, 200)

    pubmed.faults.clear()
    assert jobs.resume(job=run.job)
    work(run, patiently(clock))

    assert (run.job.state, texts(run)) == (State.DONE, 250)
    assert run.retries > 0


def test_an_identifier_without_a_text_is_a_report_without_text(who: Team, pubmed: EUtils) -> None:
    pubmed.holds(generated(3))
    pubmed.answers(None, [*pmids(3), "99999999"])

    run = work(begin(who))

    lost = Record.objects.get(identifier="99999999")
    assert run.job is not None
    assert (run.job.state, run.missing, lost.current) == (State.DONE, ["99999999"], None)
    assert "sent no record" in lost.problem
    assert lost.report.position == "screening"
    assert run.job.problems == [f"99999999: {lost.problem}"]


def test_a_run_with_a_short_list_is_not_complete(who: Team, pubmed: EUtils) -> None:
    pubmed.holds(generated(3))
    pubmed.answers(None, pmids(3))
    pubmed.misbehave(faults.counting(5), util="esearch", times=2)

    run = work(begin(who))

    assert run.job is not None
    assert (run.job.state, texts(run)) == (State.FAILED, 3)
    assert "counted 5 records but listed 3" in run.job.error
    assert jobs.resume(job=run.job)
    work(run)
    assert (run.job.state, run.reported, run.new) == (State.DONE, 3, 3)


def test_more_records_than_pubmed_lists_at_once_come_in_slices(
    who: Team, pubmed: EUtils, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (client, slices, eutils_answers):
        monkeypatch.setattr(module, "MOST", 99)
    pubmed.holds(generated(250))
    pubmed.answers(None, pmids(250))
    pubmed.entered = {pmid: date(1990 + place // 9, 5, 1) for place, pmid in enumerate(pmids(250))}

    run = work(begin(who), patiently(clock))

    assert run.job is not None
    assert (run.job.state, run.reported, run.new, texts(run)) == (State.DONE, 250, 250, 250)
    assert sorted(run.identifiers) == list(pmids(250))
    assert sum(part["count"] for part in run.slices) == 250
    assert (run.slices[-1]["first"], run.slices[0]["last"]) == ("1700-01-01", "3000-12-31")
    assert list(differences(who.review)) == []


def test_more_records_of_one_day_than_pubmed_lists_are_refused_with_a_sentence(
    who: Team, pubmed: EUtils, clock: Clock
) -> None:
    pubmed.answers(None, [str(number) for number in range(1, 10_002)])

    run = work(begin(who), patiently(clock))

    assert run.job is not None
    assert run.job.state == State.FAILED
    assert run.job.error.startswith("10,001 of the records that PubMed found entered it on 1 Jan")
    assert Record.objects.count() == 0


def test_a_cancelled_run_stops_at_its_next_step_and_can_be_resumed(
    who: Team, pubmed: EUtils, start_worker: Callable[..., Worker]
) -> None:
    pubmed.holds(generated(450))
    pubmed.answers(None, pmids(450))
    pubmed.hold("efetch", after=1)
    start_worker()

    run = begin(who)
    assert pubmed.held.wait(30)
    jobs.cancel(job=Job.objects.get(pk=run.job_id))
    pubmed.release()
    until(lambda: state(run) == State.CANCELLED)
    assert texts(run) == 200

    assert jobs.resume(job=Job.objects.get(pk=run.job_id))
    until(lambda: state(run) == State.DONE)
    assert (texts(run), Record.objects.count()) == (450, 450)


def test_a_second_run_adds_only_what_is_new_and_revises_what_changed(
    who: Team, pubmed: EUtils
) -> None:
    pubmed.holds(generated(3))
    pubmed.answers(None, pmids(3))
    work(begin(who))
    decided = Report.objects.get(records__identifier=pmids(3)[0])
    decision = factories.vote(who.ann, decided, "include")

    pubmed.holds(generated(1, seed=2))
    pubmed.holds(generated(4))
    pubmed.holds(generated(1, seed=2))
    pubmed.answers(None, pmids(4))
    run = work(begin(who))

    assert (run.number, run.new, run.changed) == (2, 1, 1)
    decided.refresh_from_db()
    decision.refresh_from_db()
    assert decision.revision_id != decided.face_id
    assert decision.revision is not None
    assert decision.revision.number == 1
    assert Revision.objects.filter(record__report=decided).count() == 2
    assert list(differences(who.review)) == []
