"""The report of a run as people read it: differences, unequal counts, sentinels that were lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from review.models import Event, SearchRun, Sentinel
from review.services import limiter
from review.services.searches import start_run
from tests import eutils_faults as faults
from tests import factories
from tests.eutils import EUtils
from tests.people import Team, team
from tests.pubmed_records import article, document, generated, pmids
from tests.pubmed_runs import Clock, begin, work

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = pmids(3)


@pytest.fixture
def t() -> Team:
    return team()


@pytest.fixture
def pubmed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[EUtils]:
    """A PubMed with three records, all found."""
    monkeypatch.setattr(limiter, "time", Clock())
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(generated(3))
        server.answers(None, pmids(3))
        yield server


def shown(t: Team, run: SearchRun, who: str = "lead") -> str:
    client = Client()
    client.force_login(getattr(t, who))
    answer = client.get(reverse("review:run", args=[t.review.slug, run.pk]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def send(t: Team, name: str, pk: int, **data: str) -> int:
    client = Client()
    client.force_login(t.lead)
    return client.post(reverse(f"review:{name}", args=[t.review.slug, pk]), data).status_code


def listed(t: Team, query: str) -> list[str]:
    """PMIDs of the records of a list, in order."""
    client = Client()
    client.force_login(t.ann)
    answer = client.get(reverse("review:reports", args=[t.review.slug]) + query)
    return [record.identifier for record in answer.context["rows"]]


def test_every_number_of_the_report_opens_its_records(t: Team, pubmed: EUtils) -> None:
    work(begin(t))
    del pubmed.records[SECOND]
    pubmed.holds(document(article(FIRST, "Another title"), article("81000001", "A new one")))
    pubmed.answers(None, [FIRST, "81000001"])
    run = work(begin(t))
    text = shown(t, run, "observer")
    assert f'<a href="/r/ldn/reports/?run={run.pk}">1</a>, to screen after all others' in text
    assert "1: 1 in the title, 1 in the abstract, 0 only elsewhere" in text
    assert listed(t, f"?run={run.pk}") == ["81000001"]
    for kind, pmid in (("changed", FIRST), ("unmatched", THIRD), ("gone", SECOND)):
        assert f'id="found-{kind}"' in text
        assert listed(t, f"?run={run.pk}&found={kind}") == [pmid]


def test_a_change_is_shown_field_by_field(t: Team, pubmed: EUtils) -> None:
    work(begin(t))
    pubmed.holds(document(article(FIRST, "Naltrexone &lt; placebo")))
    text = shown(t, work(begin(t)))
    assert "<td>Naltrexone &lt; placebo</td>" in text
    assert "Generated record 1" in text


def test_a_translation_that_changed_is_said(t: Team, pubmed: EUtils) -> None:
    pubmed.answers(None, pmids(3), translation='"naltrexone"[MeSH Terms]')
    first = work(begin(t))
    pubmed.answers(None, pmids(3), translation="naltrexone[All Fields]")
    second = work(begin(t))
    assert "reads it differently" not in shown(t, first)
    assert "reads it differently" in shown(t, second)


# Counts that differ -------------------------------------------------------------------------


def test_counts_stand_side_by_side_and_equal_ones_need_no_word(t: Team, pubmed: EUtils) -> None:
    run = work(begin(t))
    assert (run.reported, run.n_listed, run.fetched, run.stored) == (3, 3, 3, 3)
    assert (run.is_complete, run.standing) == (True, "Complete")
    assert "Why the counts differ" not in shown(t, run)


def test_a_run_whose_counts_differ_is_complete_only_once_a_lead_has_said_why(
    t: Team, pubmed: EUtils
) -> None:
    del pubmed.records[SECOND]
    run = work(begin(t))
    assert (run.reported, run.n_listed, run.fetched, run.stored) == (3, 3, 2, 2)
    assert (run.is_complete, run.standing) == (False, "Counts differ")
    assert "Save the explanation" in shown(t, run)
    assert "Save the explanation" not in shown(t, run, "ann")

    assert send(t, "run_explain", run.pk, words="Withdrawn by NLM on 3 Nov") == 303

    run = SearchRun.objects.get(pk=run.pk)
    assert (run.is_complete, run.explained_by) == (True, t.lead)
    assert run.standing == "Complete, difference explained"
    event = Event.objects.get(what="explained a difference")
    assert (event.old["fetched"], event.new) == (2, "Withdrawn by NLM on 3 Nov")
    assert "Withdrawn by NLM on 3 Nov" in shown(t, run, "observer")


def test_an_explanation_needs_words_and_is_given_once(t: Team, pubmed: EUtils) -> None:
    del pubmed.records[SECOND]
    run = work(begin(t))
    assert send(t, "run_explain", run.pk, words="  ") == 422
    assert send(t, "run_explain", run.pk, words="Withdrawn") == 303
    assert send(t, "run_explain", run.pk, words="Something else") == 422
    assert SearchRun.objects.get(pk=run.pk).explanation == "Withdrawn"


def test_a_list_that_stays_shorter_than_its_count_can_be_explained(t: Team, pubmed: EUtils) -> None:
    pubmed.misbehave(faults.counting(5), util="esearch", times=2)
    run = work(begin(t))
    assert (run.job.state, run.is_complete, run.needs_explanation) == ("failed", False, True)
    assert send(t, "run_explain", run.pk, words="Two records are hidden by NLM") == 303
    run = SearchRun.objects.get(pk=run.pk)
    assert (run.job.state, run.job.error, run.is_complete) == ("done", "", True)
    assert run.finished_at is not None


def test_a_run_that_broke_off_cannot_be_explained_away(t: Team, pubmed: EUtils) -> None:
    pubmed.misbehave(faults.says("Invalid uid list"), util="efetch")
    run = work(begin(t))
    assert (run.job.state, run.needs_explanation) == ("failed", False)
    assert send(t, "run_explain", run.pk, words="It is enough") == 422
    assert SearchRun.objects.get(pk=run.pk).job.state == "failed"


# Sentinels ----------------------------------------------------------------------------------


def test_a_run_that_loses_a_sentinel_says_so_in_words_and_as_an_alert(
    t: Team, pubmed: EUtils
) -> None:
    first = work(begin(t))
    assert send(t, "sentinel_add", first.search_id, pmid=SECOND) == 303
    pubmed.answers(None, [FIRST, THIRD])
    second = work(begin(t))
    text = shown(t, second, "observer")
    alert = text[text.index('role="alert"') :]
    assert "Lost: this run did not find 1 report that every run must find" in alert
    assert f"(PMID {SECOND})" in alert
    assert 'role="alert"' not in shown(t, first)
    search = Client()
    search.force_login(t.ann)
    for name, args in (("search", [second.search_id]), ("searches", [])):
        page = search.get(reverse(f"review:{name}", args=[t.review.slug, *args]))
        assert "Lost 1" in page.content.decode()


def test_a_sentinel_known_from_another_source_must_be_found_too(t: Team, pubmed: EUtils) -> None:
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    factories.reports(lists, 1, first=77_000_001)
    search = factories.search(t.review)
    assert send(t, "sentinel_add", search.pk, pmid="77000001") == 303
    run = work(start_run(search=search, actor=t.lead))
    assert run.findings.get(kind="lost").record.pmid == "77000001"


def test_an_unmarked_sentinel_is_not_looked_for(t: Team, pubmed: EUtils) -> None:
    run = work(begin(t))
    send(t, "sentinel_add", run.search_id, pmid=SECOND)
    assert send(t, "sentinel_remove", Sentinel.objects.get().pk) == 303
    pubmed.answers(None, [FIRST])
    assert not work(begin(t)).findings.filter(kind="lost").exists()


def test_only_a_report_of_the_review_can_be_a_sentinel(t: Team, pubmed: EUtils) -> None:
    run = work(begin(t))
    assert send(t, "sentinel_add", run.search_id, pmid="12345") == 422
    assert send(t, "sentinel_add", run.search_id, pmid="") == 422
    assert not Sentinel.objects.exists()
