"""A pasted list: each number is a record at once, PubMed gives the texts, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from pytest_django import Settings

from review.errors import Incomplete
from review.models import Record, Search, SearchRun
from review.models.jobs import State
from review.services import jobs, limiter
from review.services.importing import import_file
from review.services.imports import PASTED, confirm, receive
from tests import eutils_faults as faults
from tests import factories
from tests.eutils import EUtils
from tests.people import Team, team
from tests.pubmed_records import generated, pmids
from tests.pubmed_runs import Clock, patiently

pytestmark = pytest.mark.django_db


@pytest.fixture
def pubmed(settings: Settings) -> Iterator[EUtils]:
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(generated(3))
        yield server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Turns and pauses take no time."""
    made = Clock()
    monkeypatch.setattr(limiter, "time", made)
    return made


@pytest.fixture
def who() -> Team:
    return team()


@pytest.fixture
def experts(who: Team) -> Search:
    return factories.search(who.review, source="Experts", kind="other")


def pasted(search: Search, who: Team, text: str) -> SearchRun:
    found = receive(search=search, name=PASTED, chunks=[text.encode()], actor=who.lead)
    return confirm(imported=found, actor=who.lead)


def work(run: SearchRun, clock: Clock) -> SearchRun:
    jobs.perform(run.job_id or 0, partial(import_file, connect=patiently(clock)))
    return SearchRun.objects.select_related("job", "imported").get(pk=run.pk)


def titled(search: Search) -> dict[str, bool]:
    """PMID or DOI of each record, and whether it has a text."""
    rows = Record.objects.filter(search=search).order_by("pk")
    return {row.pmid or row.doi: row.current_id is not None for row in rows}


def test_pmids_are_fetched_from_pubmed(
    who: Team, experts: Search, pubmed: EUtils, clock: Clock
) -> None:
    one, two, _ = pmids(3)
    run = work(pasted(experts, who, f"{one}\n{two}"), clock)
    assert run.job and run.job.state == State.DONE, run.job and run.job.error
    assert titled(experts) == {one: True, two: True}
    assert run.counts_agree
    first = Record.objects.filter(search=experts).order_by("pk")[0]
    assert first.current and first.current.raw  # the XML that it was read from


def test_dois_are_looked_up_as_article_identifiers(
    who: Team, experts: Search, pubmed: EUtils, clock: Clock
) -> None:
    one, two, _ = pmids(3)
    known, unknown = f"10.5555/generated.{two}", "10.5555/nobody.has.this"
    pubmed.answers(f'"{known}"[AID] OR "{unknown}"[AID]', [two])
    run = work(pasted(experts, who, f"{one}\n{known}\n{unknown}"), clock)
    assert titled(experts) == {one: True, two: True, unknown: False}
    lacking = Record.objects.get(search=experts, current=None)
    assert "PubMed has no record with this DOI." in lacking.problem
    assert run.missing == [lacking.identifier]
    assert run.needs_explanation


def test_a_pmid_that_pubmed_does_not_have_is_a_report_without_text(
    who: Team, experts: Search, pubmed: EUtils, clock: Clock
) -> None:
    one, *_ = pmids(3)
    work(pasted(experts, who, f"{one}\n99999999"), clock)
    assert titled(experts) == {one: True, "99999999": False}


def test_a_list_that_was_interrupted_goes_on_when_pubmed_is_back(
    who: Team, experts: Search, pubmed: EUtils, clock: Clock
) -> None:
    one, two, _ = pmids(3)
    run = pasted(experts, who, f"{one}\n{two}")
    pubmed.misbehave(faults.status(503), times=20)
    run = work(run, clock)
    assert run.job and run.job.state == State.FAILED
    assert titled(experts) == {one: False, two: False}
    pubmed.faults.clear()
    jobs.resume(job=run.job)
    run = work(run, clock)
    assert titled(experts) == {one: True, two: True}
    assert run.new == 2


def test_without_an_address_for_pubmed_a_list_is_not_started(
    who: Team, experts: Search, settings: Settings
) -> None:
    settings.NCBI_EMAIL = ""
    with pytest.raises(Incomplete, match="NCBI_EMAIL"):
        pasted(experts, who, "23359310")
