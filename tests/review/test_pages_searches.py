"""Pages of searches: the list, one search, setting up, starting a run."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from review.models import Job, Search, SearchRun, User
from review.models.jobs import State
from review.services.searches import start_run
from tests import factories
from tests.people import Team, team

STRATEGY = '"low dose naltrexone"[tiab]\nOR "naltrexone low"[tiab:~3]'


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def search(t: Team) -> Search:
    return factories.search(t.review)


def url(name: str, *args: object) -> str:
    return reverse(f"review:{name}", args=["ldn", *args])


def get(client: Client, user: User, name: str, *args: object) -> Any:
    client.force_login(user)
    return client.get(url(name, *args))


def post(client: Client, user: User, name: str, *args: object, **data: object) -> Any:
    client.force_login(user)
    return client.post(url(name, *args), data)


def setup(**values: str) -> dict[str, str]:
    given = {"source": "PubMed", "kind": "database", "is_pubmed": "on", "strategy": STRATEGY}
    return {name: value for name, value in (given | values).items() if value}


# Reading ------------------------------------------------------------------------------------


def test_first_step_is_named_to_the_lead_and_to_nobody_else(t: Team, client: Client) -> None:
    assert url("search_new") in get(client, t.lead, "searches").content.decode()
    others = get(client, t.ann, "searches").content.decode()
    assert "The lead of this review sets them up." in others
    assert url("search_new") not in others


def test_list_shows_kind_records_and_state_of_the_last_run(
    t: Team, client: Client, search: Search
) -> None:
    factories.reports(search, 3)
    run = start_run(search=search, actor=t.lead)
    Job.objects.filter(pk=run.job_id).update(state=State.FAILED)
    factories.search(t.review, kind="citation", source="Reference lists")
    text = get(client, t.observer, "searches").content.decode()
    for word in ("Database", "Citation searching", "Run 1", "Failed", "No records yet"):
        assert word in text
    assert '<td class="number">3</td>' in text


def test_list_of_ten_searches_costs_no_more_than_six_queries(
    t: Team, client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        one = factories.search(t.review, source=f"Source {number}", kind="register")
        factories.reports(one, 1, first=number)
    client.force_login(t.ann)
    with django_assert_max_num_queries(6):
        client.get(url("searches"))


def test_search_page_shows_the_strategy_and_every_run_newest_first(
    t: Team, client: Client, search: Search
) -> None:
    factories.reports(search, 2)
    run = start_run(search=search, actor=t.lead)
    SearchRun.objects.filter(pk=run.pk).update(
        reported=3117, identifiers=["1", "2", "3"], missing=["3"], new=1, changed=4
    )
    answer = get(client, t.ann, "search", search.pk)
    text = answer.content.decode()
    assert search.strategy in text
    assert [each.number for each in answer.context["runs"]] == [1, 0]
    first = answer.context["runs"][0]
    assert (first.n_found, first.n_missing) == (3, 1)
    for figure in ("3,117", "Lead", "Waiting for the worker", "Snapshot or by hand"):
        assert figure in text


def test_lead_can_run_a_pubmed_search_unless_it_is_running(
    t: Team, client: Client, search: Search
) -> None:
    assert "Run search" in get(client, t.lead, "search", search.pk).content.decode()
    start_run(search=search, actor=t.lead)
    running = get(client, t.lead, "search", search.pk).content.decode()
    assert "Run search" not in running
    assert "is under way" in running


@pytest.mark.parametrize("who", ["ann", "adjudicator", "observer", "admin"])
def test_others_read_but_are_offered_no_act(
    t: Team, client: Client, search: Search, who: str
) -> None:
    text = get(client, getattr(t, who), "search", search.pk).content.decode()
    for name in ("search_run", "search_edit", "report_add"):
        assert url(name, search.pk) not in text


def test_source_that_is_not_fetched_says_how_its_reports_come(t: Team, client: Client) -> None:
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    text = get(client, t.lead, "search", lists.pk).content.decode()
    assert "Winnow does not fetch from Reference lists" in text
    assert "Run search" not in text


# Setting up ---------------------------------------------------------------------------------


def test_lead_sets_up_a_pubmed_search_with_the_strategy_as_typed(t: Team, client: Client) -> None:
    typed = STRATEGY.replace("\n", "\r\n")
    answer = post(client, t.lead, "search_new", **setup(strategy=typed))
    found = Search.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("search", found.pk))
    assert (found.source, found.kind, found.is_pubmed) == ("PubMed", "database", True)
    assert found.strategy == STRATEGY


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"strategy": ""}, "Paste the strategy as you would into PubMed."),
        ({"strategy": " \n "}, "Paste the strategy as you would into PubMed."),
        ({"kind": "register"}, "PubMed is a database. Choose Database."),
        ({"source": ""}, "This field is required."),
        ({"kind": "library"}, "not one of the available choices"),
        ({"source": "S" * 81}, "at most 80 characters"),
    ],
)
def test_bad_setup_is_answered_with_what_to_do(
    t: Team, client: Client, change: dict[str, str], says: str
) -> None:
    answer = post(client, t.lead, "search_new", **setup(**change))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Search.objects.exists()


def test_edit_shows_what_is_there_and_saves_what_changed(
    t: Team, client: Client, search: Search
) -> None:
    assert search.strategy in get(client, t.lead, "search_edit", search.pk).content.decode()
    post(client, t.lead, "search_edit", search.pk, **setup(source="MEDLINE"))
    search.refresh_from_db()
    assert (search.source, search.strategy) == ("MEDLINE", STRATEGY)


def test_kind_of_a_search_with_records_is_refused_in_words(
    t: Team, client: Client, search: Search
) -> None:
    factories.reports(search, 1)
    answer = post(client, t.lead, "search_edit", search.pk, **setup(kind="citation", is_pubmed=""))
    assert answer.status_code == 422
    assert "Set up another search for another kind of source." in answer.content.decode()
    search.refresh_from_db()
    assert search.kind == "database"


# Running ------------------------------------------------------------------------------------


def test_run_search_leads_to_the_progress_of_the_new_run(
    t: Team, client: Client, search: Search
) -> None:
    answer = post(client, t.lead, "search_run", search.pk)
    run = SearchRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("run", run.pk))
    assert (run.number, run.job is not None and run.job.made_by) == (1, t.lead)


def test_second_click_says_that_it_is_running(t: Team, client: Client, search: Search) -> None:
    post(client, t.lead, "search_run", search.pk)
    client.force_login(t.lead)
    answer = client.post(url("search_run", search.pk), follow=True)
    assert "This search is running." in answer.content.decode()
    assert SearchRun.objects.count() == 1


def test_without_an_address_for_ncbi_the_page_says_what_to_set(
    t: Team, client: Client, search: Search, settings: Any
) -> None:
    settings.NCBI_EMAIL = ""
    client.force_login(t.lead)
    answer = client.post(url("search_run", search.pk), follow=True)
    assert "set NCBI_EMAIL" in answer.content.decode()
    assert not SearchRun.objects.exists()


# Who may ------------------------------------------------------------------------------------

ACTS = ["search_edit", "search_run", "report_add"]


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("ann", 403), ("adjudicator", 403), ("observer", 403), ("admin", 403), ("stranger", 404)],
)
def test_only_the_lead_may_act_on_searches(
    t: Team, client: Client, search: Search, name: str, who: str, status: int
) -> None:
    answer = post(client, getattr(t, who), name, search.pk, **setup(source="Changed"))
    assert answer.status_code == status
    search.refresh_from_db()
    assert (search.source, search.runs.count(), search.records.count()) == ("PubMed", 0, 0)


@pytest.mark.parametrize("name", ["search", *ACTS])
def test_search_of_another_review_is_not_found(t: Team, client: Client, name: str) -> None:
    elsewhere = factories.search(team("elsewhere", shared=t).review)
    act = post if name == "search_run" else get
    assert act(client, t.lead, name, elsewhere.pk).status_code == 404


@pytest.mark.parametrize(
    ("name", "method"), [("search_run", "get"), ("search", "post"), ("searches", "post")]
)
def test_wrong_method_is_refused(
    t: Team, client: Client, search: Search, name: str, method: str
) -> None:
    client.force_login(t.lead)
    args = [] if name == "searches" else [search.pk]
    assert getattr(client, method)(url(name, *args)).status_code == 405


def test_nobody_gets_anything_without_login(client: Client, search: Search) -> None:
    answer = client.get(url("search", search.pk))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
