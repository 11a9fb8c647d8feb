"""Rules of searches and runs: what may be changed, when a run may start, go on or stop."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from review.citation import Author, Citation
from review.errors import AlreadyRunning, Incomplete, NotAllowed
from review.models import Event, Job, Merge, Record, Search
from review.models.jobs import State
from review.services.searches import (
    add_by_hand,
    cancel_run,
    resume_run,
    save_search,
    start_run,
)
from tests import factories
from tests.people import Team, team

pytestmark = pytest.mark.django_db

STRATEGY = '"low dose naltrexone"[tiab] OR "naltrexone low"[tiab:~3]'


@pytest.fixture
def t() -> Team:
    return team()


def pubmed(t: Team, **values: Any) -> Search:
    given = {"source": "PubMed", "kind": "database", "is_pubmed": True, "strategy": STRATEGY}
    return save_search(review=t.review, actor=t.lead, **(given | values))


def ended(run: Any, state: str) -> Any:
    Job.objects.filter(pk=run.job_id).update(state=state)
    run.job.refresh_from_db()
    return run


# Setting up ---------------------------------------------------------------------------------


def test_saved_search_is_logged_with_what_it_was_before(t: Team) -> None:
    search = pubmed(t)
    pubmed(t, search=search, strategy="naltrexone[mh]")
    first, second = Event.objects.filter(what="saved a search").order_by("pk")
    assert (first.actor, first.old, first.new["strategy"]) == (t.lead, None, STRATEGY)
    assert (second.old["strategy"], second.new["strategy"]) == (STRATEGY, "naltrexone[mh]")


def test_saving_without_a_change_logs_nothing(t: Team) -> None:
    search = pubmed(t)
    pubmed(t, search=search)
    assert Event.objects.filter(what="saved a search").count() == 1


@pytest.mark.parametrize("strategy", ["", "   \n "])
def test_pubmed_search_needs_a_strategy(t: Team, strategy: str) -> None:
    with pytest.raises(Incomplete, match="needs a strategy"):
        pubmed(t, strategy=strategy)
    assert not Search.objects.exists()


def test_pubmed_is_a_database_whatever_was_chosen(t: Team) -> None:
    search = pubmed(t, kind="citation")
    assert search.kind == "database"
    assert Event.objects.get(what="saved a search").new["kind"] == "database"


def test_kind_may_change_before_there_is_a_record(t: Team) -> None:
    values = {"source": "CT.gov", "strategy": "", "is_pubmed": False}
    search = save_search(review=t.review, actor=t.lead, kind="website", **values)
    save_search(review=t.review, actor=t.lead, search=search, kind="register", **values)
    search.refresh_from_db()
    assert search.kind == "register"


@pytest.mark.parametrize("change", [{"kind": "citation", "is_pubmed": False}, {"is_pubmed": False}])
def test_kind_is_fixed_once_there_are_records(t: Team, change: dict[str, Any]) -> None:
    """Their column in the diagram was derived from it."""
    search = pubmed(t)
    factories.reports(search, 1)
    with pytest.raises(NotAllowed, match="column in the diagram"):
        pubmed(t, search=search, **change)
    assert Search.objects.get().kind == "database"


def test_name_and_strategy_may_change_after_runs_which_keep_theirs(t: Team) -> None:
    search = pubmed(t)
    run = start_run(search=search, actor=t.lead)
    pubmed(t, search=search, source="MEDLINE (PubMed)", strategy="naltrexone[mh]")
    run.refresh_from_db()
    assert (run.search.source, run.strategy) == ("MEDLINE (PubMed)", STRATEGY)


# Starting, going on, stopping ---------------------------------------------------------------


def test_first_run_is_number_one_and_waits_for_the_worker(t: Team) -> None:
    run = start_run(search=pubmed(t), actor=t.lead)
    assert (run.number, run.strategy) == (1, STRATEGY)
    assert (run.job.state, run.job.task) == (State.QUEUED, "review.tasks.run_search")
    assert (run.job.made_by, run.job.review) == (t.lead, t.review)


def test_snapshot_takes_number_zero_and_the_next_run_is_one(t: Team) -> None:
    search = pubmed(t)
    factories.reports(search, 3)
    assert [start_run(search=search, actor=t.lead).number] == [1]
    assert [(run.number, run.new) for run in search.runs.all()] == [(1, 0), (0, 3)]


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.CANCELLING])
def test_no_second_run_while_one_is_unfinished(t: Team, state: str) -> None:
    search = pubmed(t)
    ended(start_run(search=search, actor=t.lead), state)
    with pytest.raises(AlreadyRunning, match="is running"):
        start_run(search=search, actor=t.lead)
    assert search.runs.count() == 1


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED])
def test_after_a_run_has_ended_the_next_may_start(t: Team, state: str) -> None:
    search = pubmed(t)
    ended(start_run(search=search, actor=t.lead), state)
    assert start_run(search=search, actor=t.lead).number == 2


def test_one_scheduled_moment_makes_one_run(t: Team) -> None:
    search, due = pubmed(t), datetime(2026, 11, 22, 6, tzinfo=UTC)
    ended(start_run(search=search, actor=None, due_at=due), State.DONE)
    with pytest.raises(AlreadyRunning, match="started already"):
        start_run(search=search, actor=None, due_at=due)
    assert search.runs.count() == 1


def test_only_pubmed_searches_can_be_run(t: Team) -> None:
    search = factories.search(t.review, kind="register", source="ClinicalTrials.gov")
    with pytest.raises(Incomplete, match="from a file"):
        start_run(search=search, actor=t.lead)


@pytest.mark.parametrize("act", ["start", "resume"])
def test_without_an_address_for_ncbi_nothing_runs(t: Team, settings: Any, act: str) -> None:
    """NCBI asks every program for an e-mail address (Entrez usage policy)."""
    search = pubmed(t)
    run = ended(start_run(search=search, actor=t.lead), State.FAILED)
    settings.NCBI_EMAIL = ""
    with pytest.raises(Incomplete, match=r"set NCBI_EMAIL .* restart Winnow"):
        if act == "start":
            start_run(search=search, actor=t.lead)
        else:
            resume_run(run=run, actor=t.lead)
    assert Job.objects.unfinished().count() == 0


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_failed_or_cancelled_run_goes_on_from_its_checkpoint(t: Team, state: str) -> None:
    run = ended(start_run(search=pubmed(t), actor=t.lead), state)
    Job.objects.update(checkpoint={"listed": True, "stored": 400}, error="PubMed says: no")
    assert resume_run(run=run, actor=t.lead) is True
    job = Job.objects.get()
    assert (job.state, job.checkpoint["stored"], job.error) == (State.QUEUED, 400, "")
    assert Event.objects.get(what="resumed a run").subject == "PubMed run 1"


def test_complete_run_is_not_resumed(t: Team) -> None:
    run = ended(start_run(search=pubmed(t), actor=t.lead), State.DONE)
    assert resume_run(run=run, actor=t.lead) is False
    assert Job.objects.get().state == State.DONE


def test_old_run_is_not_resumed_beside_a_newer_one_that_runs(t: Team) -> None:
    search = pubmed(t)
    old = ended(start_run(search=search, actor=t.lead), State.FAILED)
    start_run(search=search, actor=t.lead)
    with pytest.raises(AlreadyRunning):
        resume_run(run=old, actor=t.lead)
    assert Job.objects.get(pk=old.job_id).state == State.FAILED


def test_cancelling_a_waiting_run_ends_it_at_once(t: Team) -> None:
    run = start_run(search=pubmed(t), actor=t.lead)
    cancel_run(run=run, actor=t.lead)
    assert Job.objects.get().state == State.CANCELLED
    assert Event.objects.get(what="cancelled a run").actor == t.lead


def test_cancelling_an_ended_run_changes_nothing(t: Team) -> None:
    run = ended(start_run(search=pubmed(t), actor=t.lead), State.DONE)
    cancel_run(run=run, actor=t.lead)
    assert Job.objects.get().state == State.DONE
    assert not Event.objects.filter(what="cancelled a run").exists()


# By hand ------------------------------------------------------------------------------------


def typed(**values: Any) -> Citation:
    given = {"title": "Naltrexone for tired legs", "authors": (Author("Walker", "", "R"),)}
    return Citation(identifier="", **(given | values))


@pytest.mark.parametrize(
    ("values", "identifier"),
    [
        ({"pmid": "23359310", "doi": "10.1002/art.37734"}, "23359310"),
        ({"doi": "10.1002/art.37734"}, "10.1002/art.37734"),
        ({}, "by-hand-abc"),
    ],
)
def test_report_added_by_hand_is_known_by_pmid_doi_or_its_form(
    t: Team, values: dict[str, Any], identifier: str
) -> None:
    search = factories.search(t.review, kind="citation", source="Reference lists")
    record = add_by_hand(search=search, citation=typed(**values), actor=t.lead, nonce="abc")
    assert record.identifier == identifier
    assert record.report.arm == "right"
    assert record.report.face.citation.title == "Naltrexone for tired legs"
    assert search.runs.get().new == 1


def test_form_sent_twice_adds_one_report(t: Team) -> None:
    search = factories.search(t.review, kind="website", source="ldnresearchtrust.org")
    both = [
        add_by_hand(search=search, citation=typed(), actor=t.lead, nonce="abc") for _ in range(2)
    ]
    assert both[0] == both[1]
    assert Record.objects.count() == 1


def test_two_reports_without_numbers_are_two(t: Team) -> None:
    search = factories.search(t.review, kind="website", source="ldnresearchtrust.org")
    for nonce in ("abc", "def"):
        add_by_hand(search=search, citation=typed(), actor=t.lead, nonce=nonce)
    assert Record.objects.count() == 2


def test_search_has_each_identifier_once(t: Team) -> None:
    search = factories.search(t.review, kind="citation", source="Reference lists")
    add_by_hand(search=search, citation=typed(pmid="23359310"), actor=t.lead)
    with pytest.raises(Incomplete, match="23359310 already"):
        add_by_hand(search=search, citation=typed(pmid="23359310", title="Again"), actor=t.lead)
    assert search.runs.get().new == 1


def test_report_needs_a_title(t: Team) -> None:
    search = factories.search(t.review, kind="citation", source="Reference lists")
    with pytest.raises(Incomplete, match="title"):
        add_by_hand(search=search, citation=typed(title="  "), actor=t.lead)
    assert not Record.objects.exists()


def test_report_found_by_citation_searching_too_is_counted_once_on_the_left(t: Team) -> None:
    """prisma.md section 3, arm of a cluster: independent of the order of imports."""
    second = factories.search(t.review, kind="citation", source="Reference lists")
    same = factories.citation("23359310", "Low-dose naltrexone for fibromyalgia")
    added = add_by_hand(search=second, citation=same, actor=t.lead)
    database = factories.search(t.review)
    found = add_by_hand(search=database, citation=same, actor=t.lead)
    report = found.report
    assert list(report.records.values_list("search__kind", flat=True)) == ["citation", "database"]
    assert (report.arm, report.counted_by) == ("left", database)
    assert (Merge.objects.get().survivor, added.report_id) == (report, report.pk)
