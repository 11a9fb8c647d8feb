"""Whatever PubMed does, a run stores what can be had once, lists the rest, and says what happened.

The cases of reliability.md, part A, at a run: the real local server misbehaves, the job is done as
a worker does it, and only the pauses take no time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as site
from django.core import serializers
from pytest_django import Settings

from review.models import Job, Record, Revision, SearchRun
from review.models.jobs import State
from review.services import fetch, jobs, limiter
from review.site.audit import differences
from tests import eutils_faults as faults
from tests.eutils import EUtils
from tests.eutils_faults import Fault
from tests.people import team
from tests.pubmed_records import generated, pmids
from tests.pubmed_runs import TRIES, Clock, begin, patiently, texts, work

pytestmark = pytest.mark.django_db

KEY = "k-a1b2c3-never-shown"
ALL = pmids(25)  # in batches of ten
XHTML = b'<?xml version="1.0"?><!DOCTYPE html><html><title>Maintenance</title></html>'

PASSING: dict[str, Fault] = {
    "429": faults.too_many_requests(),
    "429 with Retry-After": faults.too_many_requests("7"),
    "500": faults.status(500),
    "502": faults.status(502, b""),
    "503": faults.status(503),
    "503 with Retry-After": faults.status(503, **{"Retry-After": "7"}),
    "400 that means a timeout": faults.status(400, b"Empty Response ... Status: Timeout"),
    "HTML with 200": faults.web_page(),
    "HTML in XML with 200": faults.status(200, XHTML),
    "JSON with 200": faults.json_error(),
    "nothing with 200": faults.nothing(),
    "an error of the backend with 200": faults.says("Search Backend failed: no connection"),
    "an error nobody has seen yet with 200": faults.says("Something new"),
    "half a body, length of the half": faults.cut_short(),
    "half a body, length of the whole": faults.cut_short(honest=False),
    "all but the last tag": faults.cut_short(0.98),
    "an end inside a chunk": faults.cut_in_chunk(),
    "a reset": faults.reset(),
    "no answer": faults.hung_up(),
    "a stall": faults.stalled(),
    "a drip": faults.dripping(0.05),
    "a drip of headers": faults.dripping(0.05, headers=True),
    "an expired history": faults.says("Cannot retrieve history data. WebEnv: MCID_1", 400),
}
REFUSED: dict[str, tuple[Fault, str]] = {
    "a bad query": (faults.says("Invalid query: unbalanced parentheses"), "unbalanced parentheses"),
    "an empty query": (faults.says("Empty term and query_key - nothing todo"), "Empty term"),
    "a wrong key": (faults.refused_key(KEY), "API key invalid. Ask whoever runs this site"),
    "a revoked key": (faults.says(f"api_key {KEY} is revoked"), "api_key (your key) is revoked"),
    "a wrong database": (faults.says("Invalid db name specified: x", 400), "Invalid db name"),
    "a redirect": (faults.status(301, Location="http://example.org/"), "301"),
    "an unknown address": (faults.status(404), "404"),
}


@pytest.fixture
def pubmed(settings: Settings) -> Iterator[EUtils]:
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(generated(25))
        server.answers(None, ALL)
        yield server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(limiter, "time", made)
    return made


@pytest.fixture
def run(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    pubmed: EUtils,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[SearchRun]:
    """A run that waits for its worker; in the end its review and its secrets are looked through."""
    settings.NCBI_API_KEY = KEY
    monkeypatch.setattr(fetch, "TOGETHER", 10)
    who = team()
    made = begin(who)
    yield made
    assert list(differences(who.review)) == []
    rows = serializers.serialize("json", [*Job.objects.all(), *SearchRun.objects.all()])
    assert KEY not in caplog.text + rows
    assert clock.slept < site.CELERY_TASK_SOFT_TIME_LIMIT


def attempt(run: SearchRun, clock: Clock) -> Job:
    """Do the job, and see that its worker is free again and that its rows tell the truth."""
    started = time.monotonic()
    work(run, patiently(clock))
    assert time.monotonic() - started < 20
    assert run.job is not None
    assert run.job.state in (State.DONE, State.FAILED)
    assert (run.job.token, run.job.lease_until) == ("", None)
    assert Record.objects.count() == Record.objects.values("identifier").distinct().count()
    assert Revision.objects.count() == texts(run)
    if run.job.state == State.FAILED:
        assert run.job.error
        assert (run.finished_at, run.reported == 0) == (None, False)
    else:
        assert_complete(run)
    return run.job


def assert_complete(run: SearchRun) -> None:
    """Every identifier has its text, or is listed as one without, with the reason."""
    assert run.finished_at is not None
    assert run.reported == len(run.identifiers) == run.new == Record.objects.count()
    without = Record.objects.filter(current=None)
    assert sorted(run.missing) == sorted(without.values_list("identifier", flat=True))
    assert all(without.values_list("problem", flat=True))
    assert run.job is not None
    assert all(any(pmid in problem for problem in run.job.problems) for pmid in run.missing)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_costs_only_pauses_and_what_stays_ends_the_run_until_it_is_resumed(
    run: SearchRun, pubmed: EUtils, clock: Clock, fault: Fault
) -> None:
    """The list comes at the second try, the first batch too, the second batch not at all."""
    pubmed.misbehave(fault, util="esearch")
    pubmed.misbehave(fault, as_it_is, *[fault] * TRIES, util="efetch")

    job = attempt(run, clock)

    assert job.state == State.FAILED
    assert re.match(r"PubMed('s)? .+\. What was fetched is kept; resume when PubMed is", job.error)
    assert (Record.objects.count(), texts(run), run.missing) == (25, 10, [])
    assert run.retries >= 1 + 1 + (TRIES - 1)
    assert run.waited > 4  # 0.5 to 1.5 times 1 + 1 + (1 + 2 + 4) seconds
    resume(run)
    job = attempt(run, clock)
    assert (job.state, job.problems, texts(run)) == (State.DONE, [], 25)
    assert sorted(Record.objects.values_list("identifier", flat=True)) == list(ALL)
    assert len(pubmed.asked("esearch")) == 2


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_search_that_cannot_be_asked_is_never_one_without_results(
    run: SearchRun, pubmed: EUtils, clock: Clock, fault: Fault
) -> None:
    pubmed.misbehave(fault, util="esearch", times=TRIES)

    job = attempt(run, clock)

    assert (job.state, run.reported, Record.objects.count()) == (State.FAILED, None, 0)
    assert pubmed.asked("efetch") == []


@pytest.mark.parametrize(("fault", "words"), REFUSED.values(), ids=REFUSED)
def test_what_pubmed_refuses_is_said_at_once_in_its_words(
    run: SearchRun, pubmed: EUtils, clock: Clock, fault: Fault, words: str
) -> None:
    pubmed.misbehave(fault)

    job = attempt(run, clock)

    assert (job.state, Record.objects.count()) == (State.FAILED, 0)
    assert words in job.error
    assert len(pubmed.requests) == 1
    resume(run)
    assert attempt(run, clock).state == State.DONE


def as_it_is(reply: faults.Reply) -> faults.Reply:
    return reply


def resume(run: SearchRun) -> None:
    assert run.job is not None
    assert jobs.resume(job=run.job)


def test_a_closed_port_is_no_empty_result(
    run: SearchRun, pubmed: EUtils, clock: Clock, settings: Settings
) -> None:
    settings.EUTILS_BASE_URL = "http://127.0.0.1:9/entrez/eutils"
    job = attempt(run, clock)
    assert job.error.startswith("PubMed could not be reached: Connection refused.")
    settings.EUTILS_BASE_URL = pubmed.url
    resume(run)
    assert attempt(run, clock).state == State.DONE


def test_all_workers_pause_for_as_long_as_pubmed_asks(
    run: SearchRun, pubmed: EUtils, clock: Clock
) -> None:
    pubmed.misbehave(faults.too_many_requests("30"), util="efetch")
    before = clock.now
    attempt(run, clock)
    assert clock.now - before >= 30


# Lists and records that do not add up ----------------------------------------------------------


def test_a_count_that_stays_wrong_is_no_complete_run(
    run: SearchRun, pubmed: EUtils, clock: Clock
) -> None:
    pubmed.misbehave(faults.counting(31), util="esearch", times=2)
    job = attempt(run, clock)
    assert (job.state, texts(run)) == (State.FAILED, 25)
    assert "counted 31 records but listed 25" in job.error
    resume(run)
    assert attempt(run, clock).state == State.DONE


def test_identifiers_left_out_of_the_list_are_asked_for_again(
    run: SearchRun, pubmed: EUtils, clock: Clock
) -> None:
    pubmed.misbehave(faults.without(*ALL[3:6]), util="esearch")
    assert attempt(run, clock).state == State.DONE
    assert texts(run) == 25


def test_what_a_second_list_had_is_no_longer_missing(
    run: SearchRun, pubmed: EUtils, clock: Clock
) -> None:
    """The first list was short, and a record was left out; both came when it was resumed."""
    pubmed.misbehave(faults.without(ALL[0]), util="esearch", times=2)
    pubmed.misbehave(faults.without(ALL[4]), util="efetch", times=2)
    job = attempt(run, clock)
    assert (job.state, run.missing) == (State.FAILED, [ALL[4]])
    resume(run)
    job = attempt(run, clock)
    assert (job.state, run.missing, job.problems, texts(run)) == (State.DONE, [], [], 25)


def test_identifiers_listed_twice_are_one_record_each_and_said(
    run: SearchRun, pubmed: EUtils, clock: Clock
) -> None:
    pubmed.misbehave(faults.twice(*ALL[3:6]), util="esearch")
    assert attempt(run, clock).state == State.DONE
    assert run.warnings == ["PubMed listed 3 identifiers more than once; each is kept once."]


@pytest.mark.parametrize("fault", [faults.without(ALL[4]), faults.twice(ALL[4])])
def test_a_record_left_out_or_doubled_once_is_there_once(
    run: SearchRun, pubmed: EUtils, clock: Clock, fault: Fault
) -> None:
    pubmed.misbehave(fault, util="efetch")
    job = attempt(run, clock)
    assert (job.state, job.problems, texts(run)) == (State.DONE, [], 25)


def damaged(old: bytes, new: bytes) -> Callable[[EUtils], None]:
    """One record is so at PubMed itself, however often it is asked for."""

    def damage(server: EUtils) -> None:
        assert old in server.records[ALL[12]]
        server.records[ALL[12]] = server.records[ALL[12]].replace(old, new, 1)

    return damage


LISTED: dict[str, tuple[Callable[[EUtils], None], str]] = {
    "gone": (lambda server: server.records.pop(ALL[12], None) and None, "sent no record"),
    "an unknown tag": (damaged(b"<Language>", b"<Dialect>x</Dialect><Language>"), "<Dialect>"),
    "a bad character": (damaged(b"Generated J", b"Gener\x01ted J"), "XML is damaged"),
    "an unknown entity": (damaged(b"Generated J", b"&heart; J"), "&heart;, which is not defined"),
    "no end": (damaged(b"</PubmedArticle>", b""), "XML is damaged"),
    "no PMID": (damaged(b"</PMID>", b"x</PMID>"), "sent no record"),
    "the PMID of another": (damaged(ALL[12].encode(), b"99999999"), "sent no record"),
}


@pytest.mark.parametrize(("damage", "why"), LISTED.values(), ids=LISTED)
def test_one_record_that_cannot_be_had_is_listed_and_the_others_are_stored(
    run: SearchRun, pubmed: EUtils, clock: Clock, damage: Callable[[EUtils], None], why: str
) -> None:
    damage(pubmed)
    job = attempt(run, clock)
    assert (job.state, run.missing, texts(run)) == (State.DONE, [ALL[12]], 24)
    assert why in Record.objects.get(identifier=ALL[12]).problem
    assert any(why in problem for problem in job.problems)


def test_a_record_that_nobody_asked_for_is_named_and_not_stored(
    run: SearchRun, pubmed: EUtils, clock: Clock
) -> None:
    damaged(ALL[12].encode(), b"99999999")(pubmed)
    job = attempt(run, clock)
    assert f"99999999: {fetch.NOT_ASKED}" in job.problems
    assert not Record.objects.filter(identifier="99999999").exists()


def test_a_dtd_that_no_client_has_costs_no_record_and_is_noted(
    run: SearchRun, pubmed: EUtils, clock: Clock
) -> None:
    pubmed.dtd = pubmed.dtd.replace("250101", "990101")
    damaged(b"<Language>", b"<Dialect>x</Dialect><Language>")(pubmed)
    assert (attempt(run, clock).state, texts(run)) == (State.DONE, 25)
    assert Revision.objects.filter(without_dtd=True).count() == 25


def test_nothing_found_is_said_to_be_nothing_only_when_pubmed_says_so(
    run: SearchRun, pubmed: EUtils, clock: Clock
) -> None:
    pubmed.answers(None, ())
    work(run, patiently(clock))
    assert run.job is not None
    assert (run.job.state, run.reported, run.identifiers) == (State.DONE, 0, [])
    assert run.warnings == ["PubMed says: No items found."]
