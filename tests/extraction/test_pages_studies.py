"""The pages of studies and results, as people use them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from extraction.models import Result
from review.models import Study, User
from tests import factories as f
from tests.extraction import world
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Team:
    return team()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"extraction:{name}", args=["ldn", *args])


def test_an_empty_review_says_what_comes_before_studies(people: Team) -> None:
    page = as_(people.ann).get(url("studies")).content.decode()

    assert "No studies yet" in page
    assert "once their full text is sought" in page


def test_ticked_reports_are_linked_and_their_study_opens(people: Team) -> None:
    first, second = world.sought(people, 2)
    client = as_(people.ann)

    answer = client.post(
        url("study_link"),
        {"reports": [first.pk, second.pk], "label": "Younger 2013"},
        follow=True,
    )

    study = Study.objects.get(label="Younger 2013")
    assert answer.redirect_chain == [(url("study", study.pk), 303)]
    assert "Linked into Younger 2013." in answer.content.decode()
    assert study.reports.count() == 2


def test_linking_nothing_says_what_to_tick_and_keeps_the_name(people: Team) -> None:
    world.sought(people, 1)

    answer = as_(people.ann).post(url("study_link"), {"label": "Younger 2013"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Tick the reports that belong to one study." in page
    assert 'value="Younger 2013"' in page


def test_linking_what_somebody_linked_meanwhile_is_a_conflict(people: Team) -> None:
    first, second = world.sought(people, 2)
    world.study(people.review, first)

    answer = as_(people.ann).post(url("study_link"), {"reports": [first.pk, second.pk]})

    assert answer.status_code == 409
    assert "linked already" in answer.content.decode()
    assert Study.objects.count() == 1


def test_reports_join_a_study_that_exists(people: Team) -> None:
    first, second = world.sought(people, 2)
    study = world.study(people.review, first)

    as_(people.bo).post(url("study_link"), {"reports": [second.pk], "study": study.pk})

    assert study.reports.count() == 2


def test_a_study_of_another_review_is_no_target(people: Team) -> None:
    other = team("other", shared=people)
    foreign = world.study(other.review, *world.sought(other, 1))
    (report,) = world.sought(people, 1)

    answer = as_(people.ann).post(url("study_link"), {"reports": [report.pk], "study": foreign.pk})

    assert answer.status_code == 422
    report.refresh_from_db()
    assert report.study is None


def test_what_belongs_to_another_review_is_not_found(people: Team) -> None:
    row = world.started(team("other", shared=people))
    client = as_(people.ann)

    for name, key in (
        ("study", row.result.study_id),
        ("extract", row.result.study_id),
        ("result", row.result_id),
        ("assess", row.result_id),
        ("assessment", row.pk),
        ("preliminary", row.pk),
    ):
        assert client.get(url(name, key)).status_code == 404, name


def test_a_lone_report_opens_as_its_own_study(people: Team) -> None:
    (report,) = world.included(people)

    answer = as_(people.ann).post(url("study_start", report.pk))

    assert answer["Location"] == url("study", Study.objects.get().pk)


def test_a_report_still_to_screen_starts_no_study(people: Team) -> None:
    (report,) = f.reports(f.search(people.review), 1)

    answer = as_(people.ann).post(url("study_start", report.pk), follow=True)

    assert "Only reports whose full text is sought" in answer.content.decode()
    assert not Study.objects.exists()


def test_titles_show_their_markup_and_no_other(people: Team) -> None:
    found = f.search(people.review)
    from review.services.searches import _hand_run, store_snapshot

    hostile = f.citation("1", title="Pain <i>in vivo</i> <script>alert(1)</script> P &lt; 0.05")
    store_snapshot(search=found, citations=[hostile], run=_hand_run(found))
    report = f.include_on_abstract(found.records.get().report, people.ann, people.bo)
    assert report.position == "sought"

    page = as_(people.ann).get(url("studies")).content.decode()

    assert "Pain <i>in vivo</i> &lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_result_is_added_edited_and_shown(people: Team) -> None:
    (report,) = world.included(people)
    study = world.study(people.review, report)
    client = as_(people.ann)
    values = {"outcome": "Pain intensity", "comparison": "naltrexone versus placebo"}

    client.post(url("result_new", study.pk), values)
    row = Result.objects.get()
    client.post(url("result", row.pk), values | {"estimate": "MD −0.34"})

    page = client.get(url("study", study.pk)).content.decode()
    assert "Pain intensity" in page
    assert "MD −0.34" in page


def test_a_twin_result_is_refused_and_nothing_typed_is_lost(people: Team) -> None:
    (report,) = world.included(people)
    row = world.result(world.study(people.review, report))
    values = {
        "outcome": row.outcome,
        "instrument": row.instrument,
        "time_point": row.time_point,
        "comparison": row.comparison,
        "estimate": "typed with care",
    }

    answer = as_(people.ann).post(url("result_new", row.study_id), values)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "already has a result" in page
    assert "typed with care" in page


def test_who_may_not_work_sees_studies_without_controls(people: Team) -> None:
    (report,) = world.included(people)
    world.sought(people, 1, first=2001)
    world.study(people.review, report)

    page = as_(people.observer).get(url("studies")).content.decode()

    assert "Younger 2013" in page
    assert "Start its study" not in page
    assert as_(people.observer).post(url("study_start", report.pk)).status_code == 403


def test_a_site_admin_sees_no_judgement(people: Team) -> None:
    row = world.started(people)
    world.answer(row, world.LOW)
    address = url("study", row.result.study_id)

    assert "Low risk" in as_(people.observer).get(address).content.decode()
    assert "Low risk" not in as_(people.admin).get(address).content.decode()


@pytest.mark.parametrize("n", [1, 6])
def test_the_study_page_needs_the_same_queries_for_any_number_of_results(
    people: Team, n: int, django_assert_max_num_queries: object
) -> None:
    (report,) = world.included(people)
    study = world.study(people.review, report)
    for place in range(n):
        world.result(study, f"Outcome {place}")
    client = as_(people.ann)

    with django_assert_max_num_queries(20):  # type: ignore[operator]
        client.get(url("study", study.pk))
