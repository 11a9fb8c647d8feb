"""Citation searching from the included reports: forward and backward, left or right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from review.errors import Incomplete, NotAllowed
from review.models import Record, Report, Search, SearchRun
from review.pubmed.links import CITED_IN, REFERENCES
from review.services import limiter
from review.services.searches import save_search, start_run
from review.site.audit import differences
from review.site.flow import counts_of
from tests import eutils_faults as faults
from tests.eutils import EUtils
from tests.extraction import world
from tests.people import Team, team
from tests.pubmed_records import generated, pmids
from tests.pubmed_runs import Clock, read, work

pytestmark = pytest.mark.django_db

NEW = pmids(4)


@pytest.fixture
def t() -> Team:
    return team()


@pytest.fixture
def included(t: Team) -> list[Report]:
    """Two included reports, with the PMIDs 1001 and 1002."""
    return world.included(t, 2)


@pytest.fixture
def pubmed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[EUtils]:
    """1001 is cited by three articles, 1002 by two of which one is the same; 1001 refers to one."""
    monkeypatch.setattr(limiter, "time", Clock())
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(generated(4))
        server.links = {
            CITED_IN: {"1001": NEW[:3], "1002": NEW[2:]},
            REFERENCES: {"1001": [NEW[3]], "1002": []},
        }
        yield server


def chase(t: Team, what: str = "cited_by", kind: str = "database") -> Search:
    client = Client()
    client.force_login(t.lead)
    where = reverse("review:search_chase", args=[t.review.slug])
    answer = client.post(where, {"chase": what, "kind": kind})
    assert answer.status_code == 303
    return Search.objects.get(chase=what)


def run(search: Search, t: Team) -> SearchRun:
    return work(start_run(search=search, actor=t.lead))


@pytest.mark.parametrize(
    ("what", "found", "seeds"),
    [
        ("cited_by", list(NEW), [["1001", 3], ["1002", 2]]),
        ("references", [NEW[3]], [["1001", 1], ["1002", 0]]),
    ],
)
def test_links_of_the_included_reports_become_records_once_each(
    t: Team,
    pubmed: EUtils,
    included: list[Report],
    what: str,
    found: list[str],
    seeds: list[list[object]],
) -> None:
    made = run(chase(t, what), t)
    assert (made.job.state, made.identifiers, made.seeds) == ("done", found, seeds)
    assert (made.reported, made.fetched, made.stored, made.new) == (len(found),) * 4
    assert made.is_complete
    assert made.strategy.endswith(":\n1001, 1002")
    assert list(differences(t.review)) == []


@pytest.mark.parametrize(
    ("kind", "arm", "words"),
    [
        ("database", "left", "screened with the rest, in the column “databases and registers”"),
        ("citation", "right", "counted apart, in the column “other methods”"),
    ],
)
def test_the_lead_chooses_the_column_and_the_methods_text_says_so(
    t: Team, pubmed: EUtils, included: list[Report], kind: str, arm: str, words: str
) -> None:
    search = chase(t, kind=kind)
    run(search, t)
    assert set(Report.objects.filter(records__search=search).values_list("arm", flat=True)) == {arm}
    counts = counts_of(t.review)
    assert counts.as_json()["database_results"] == (6 if arm == "left" else 2)
    client = Client()
    client.force_login(t.ann)
    text = client.get(reverse("review:methods", args=[t.review.slug])).content.decode()
    assert "We followed the articles that cite the included reports" in text
    assert words in text
    assert list(differences(t.review)) == []


def test_it_counts_left_unless_somebody_chooses_otherwise(t: Team, included: list[Report]) -> None:
    client = Client()
    client.force_login(t.lead)
    page = client.get(reverse("review:search_chase", args=[t.review.slug]))
    assert page.context["form"]["kind"].value() == "database"


def test_a_report_that_is_included_later_is_followed_by_the_next_run(
    t: Team, pubmed: EUtils, included: list[Report]
) -> None:
    Report.objects.filter(pk=included[1].pk).update(position="assessing")
    search = chase(t)
    assert [pmid for pmid, _ in run(search, t).seeds] == ["1001"]
    Report.objects.filter(pk=included[1].pk).update(position="included")
    again = run(search, t)
    assert [pmid for pmid, _ in again.seeds] == ["1001", "1002"]
    assert (again.new, read(again).unchanged) == (1, 3)


def test_it_needs_an_included_report_with_a_pmid(t: Team) -> None:
    with pytest.raises(Incomplete, match="No included report has a PMID yet"):
        start_run(search=chase(t), actor=t.lead)


def test_no_answer_about_the_links_is_a_failure_and_not_an_empty_list(
    t: Team, pubmed: EUtils, included: list[Report]
) -> None:
    pubmed.misbehave(faults.says("Invalid uid 1001"), util="elink")
    made = run(chase(t), t)
    assert (made.job.state, made.reported) == ("failed", None)
    assert "Invalid uid 1001" in made.job.error


def test_column_and_direction_are_fixed_once_there_are_records(
    t: Team, pubmed: EUtils, included: list[Report]
) -> None:
    search = chase(t)
    run(search, t)
    values = {"source": search.source, "is_pubmed": True}
    for change in ({"kind": "citation"}, {"chase": "references"}):
        with pytest.raises(NotAllowed):
            given = {"kind": "database", "chase": "cited_by"} | values | change
            save_search(review=t.review, actor=t.lead, search=search, **given)
        search.refresh_from_db()


def test_a_record_that_a_database_search_found_too_is_one_report_on_the_left(
    t: Team, pubmed: EUtils, included: list[Report]
) -> None:
    citing = run(chase(t, kind="citation"), t)
    pubmed.answers(None, NEW[:1])
    database = save_search(
        review=t.review, actor=t.lead, source="PubMed", is_pubmed=True, strategy="naltrexone"
    )
    work(start_run(search=database, actor=t.lead))
    report = Record.objects.get(search=database).report
    assert (report.arm, report.records.count()) == ("left", 2)
    assert citing.new == 4
    assert list(differences(t.review)) == []
