"""The page of a run: it follows the job by itself, and says in the end what came in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from review.models import Job, SearchRun, User
from review.models.jobs import State
from review.services.records import identify, mark_without_text
from review.services.searches import start_run
from tests import factories
from tests.people import Team, team

SENT_NONE = "PubMed listed this identifier but sent no record for it, also when asked again."


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def run(t: Team) -> SearchRun:
    return start_run(search=factories.search(t.review), actor=t.lead)


def job(run: SearchRun, **values: Any) -> None:
    Job.objects.filter(pk=run.job_id).update(**values)


def page(client: Client, user: User, run: SearchRun, *, htmx: bool = False) -> Any:
    client.force_login(user)
    headers = {"HX-Request": "true"} if htmx else {}
    return client.get(reverse("review:run", args=["ldn", run.pk]), headers=headers)


def post(client: Client, user: User, name: str, run: SearchRun) -> Any:
    client.force_login(user)
    return client.post(reverse(f"review:{name}", args=["ldn", run.pk]))


def test_progress_reads_n_of_m_with_requests_waits_and_problems(
    t: Team, client: Client, run: SearchRun
) -> None:
    job(run, state=State.RUNNING, done=1240, total=3117, note="Fetching texts")
    job(run, problems=["17222320: not sent"])
    SearchRun.objects.filter(pk=run.pk).update(requests=17, retries=2, waited=6.4)
    text = " ".join(page(client, t.ann, run).content.decode().split())
    for words in (
        "1,240 of 3,117",
        "Fetching texts",
        "17222320: not sent",
        "17, 2 of them repeated",
        "6 s",
    ):
        assert words in text


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.CANCELLING])
def test_page_asks_again_by_itself_while_the_run_lasts(
    t: Team, client: Client, run: SearchRun, state: str
) -> None:
    job(run, state=state)
    answer = page(client, t.ann, run, htmx=True)
    assert answer.status_code == 200
    assert 'hx-trigger="every' in answer.content.decode()


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED])
def test_polling_ends_with_the_run(t: Team, client: Client, run: SearchRun, state: str) -> None:
    job(run, state=state)
    answer = page(client, t.ann, run, htmx=True)
    assert answer.status_code == 286
    assert "hx-trigger" not in answer.content.decode()


def test_htmx_gets_the_fragment_with_its_figures_and_no_page(
    t: Team, client: Client, run: SearchRun
) -> None:
    fragment = page(client, t.ann, run, htmx=True).content.decode()
    whole = page(client, t.ann, run).content.decode()
    assert "<html" not in fragment
    assert 'hx-swap-oob="true"' in fragment
    assert "<html" in whole
    assert "hx-swap-oob" not in whole


def test_without_javascript_there_is_a_link_to_look_again(
    t: Team, client: Client, run: SearchRun
) -> None:
    link = f'<noscript><a href="{reverse("review:run", args=["ldn", run.pk])}">Refresh</a>'
    assert link in page(client, t.ann, run).content.decode()


def test_translation_and_warnings_are_shown_word_for_word(
    t: Team, client: Client, run: SearchRun
) -> None:
    SearchRun.objects.filter(pk=run.pk).update(
        translation='"naltrexone"[MeSH Terms] AND <b>', warnings=['Phrase not found: "low dose"']
    )
    text = page(client, t.ann, run).content.decode()
    assert "&quot;naltrexone&quot;[MeSH Terms] AND &lt;b&gt;" in text
    assert "Phrase not found: &quot;low dose&quot;" in text


def test_failed_run_says_why_in_ncbis_words_and_the_lead_can_resume(
    t: Team, client: Client, run: SearchRun
) -> None:
    job(run, state=State.FAILED, error="PubMed says: Search Backend failed: read failed")
    resume = reverse("review:run_resume", args=["ldn", run.pk])
    lead = page(client, t.lead, run).content.decode()
    assert "PubMed says: Search Backend failed: read failed" in lead
    assert resume in lead
    assert resume not in page(client, t.ann, run).content.decode()


def test_complete_run_offers_neither_cancel_nor_resume(
    t: Team, client: Client, run: SearchRun
) -> None:
    job(run, state=State.DONE, done=5, total=5)
    counts = {"reported": 5, "identifiers": list("12345"), "fetched": 5, "stored": 5}
    SearchRun.objects.filter(pk=run.pk).update(**counts)
    text = page(client, t.lead, run).content.decode()
    assert "Complete" in text
    assert "run_cancel" not in text
    assert reverse("review:run_resume", args=["ldn", run.pk]) not in text
    assert reverse("review:run_cancel", args=["ldn", run.pk]) not in text


def test_records_without_text_are_named_with_reason_and_report(
    t: Team, client: Client, run: SearchRun
) -> None:
    identify(run=run, identifiers=["17222320", "23359310"])
    mark_without_text(search=run.search, problems={"17222320": SENT_NONE})
    SearchRun.objects.filter(pk=run.pk).update(missing=["17222320"])
    answer = page(client, t.ann, run)
    assert [record.identifier for record in answer.context["without_text"]] == ["17222320"]
    report = run.search.records.get(identifier="17222320").report
    text = answer.content.decode()
    assert reverse("review:report", args=["ldn", report.pk]) in text
    assert SENT_NONE in text


def test_snapshot_has_no_progress(t: Team, client: Client, run: SearchRun) -> None:
    factories.reports(run.search, 2)
    snapshot = run.search.runs.get(number=0)
    text = page(client, t.ann, snapshot).content.decode()
    assert "Records that were not fetched" in text
    assert "<progress" not in text


def test_lead_cancels_and_resumes(t: Team, client: Client, run: SearchRun) -> None:
    answer = post(client, t.lead, "run_cancel", run)
    assert (answer.status_code, Job.objects.get().state) == (303, State.CANCELLED)
    post(client, t.lead, "run_resume", run)
    assert Job.objects.get().state == State.QUEUED


def test_resume_beside_a_newer_run_is_refused_in_words(
    t: Team, client: Client, run: SearchRun
) -> None:
    job(run, state=State.FAILED)
    start_run(search=run.search, actor=t.lead)
    client.force_login(t.lead)
    answer = client.post(reverse("review:run_resume", args=["ldn", run.pk]), follow=True)
    assert "This search is running." in answer.content.decode()


@pytest.mark.parametrize("name", ["run_cancel", "run_resume"])
@pytest.mark.parametrize(
    ("who", "status"), [("ann", 403), ("observer", 403), ("admin", 403), ("stranger", 404)]
)
def test_only_the_lead_stops_and_resumes(
    t: Team, client: Client, run: SearchRun, name: str, who: str, status: int
) -> None:
    job(run, state=State.FAILED if name == "run_resume" else State.QUEUED)
    before = Job.objects.get().state
    assert post(client, getattr(t, who), name, run).status_code == status
    assert Job.objects.get().state == before


def test_long_run_is_polled_without_its_long_lists(
    t: Team, client: Client, run: SearchRun, django_assert_max_num_queries: Any
) -> None:
    SearchRun.objects.filter(pk=run.pk).update(identifiers=[str(i) for i in range(9999)])
    client.force_login(t.ann)
    with django_assert_max_num_queries(6):
        answer = client.get(
            reverse("review:run", args=["ldn", run.pk]), headers={"HX-Request": "true"}
        )
    assert answer.context["run"].n_found == 9999
    assert "identifiers" in answer.context["run"].get_deferred_fields()


@pytest.mark.parametrize(("slices", "said"), [(0, False), (7, True)])
def test_a_list_from_slices_says_how_many(
    t: Team, client: Client, run: SearchRun, slices: int, said: bool
) -> None:
    SearchRun.objects.filter(pk=run.pk).update(slices=[{}] * slices)
    text = page(client, t.ann, run).content.decode()
    assert ("7, by the day on which the records entered PubMed" in text) is said
    assert ("Slices" in text) is said
