"""What extraction asks of whom."""

from __future__ import annotations

from typing import Any

import pytest

from extraction.todo import for_member
from review.access import Access, role_of
from review.models import Study, User
from tests.extraction import world
from tests.extraction.world import extract, typed
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Team:
    return team()


def asked(people: Team, user: User) -> dict[str, int]:
    access = Access(user, people.review, role_of(user, people.review))
    return {todo.what: todo.n for todo in for_member(access)}


def study(people: Team, first: int = 1001) -> Study:
    reports = world.included(people, 1, first)
    return world.study(people.review, *reports, label=f"Study {first}")


def test_nothing_is_asked_before_anything_is_included(people: Team) -> None:
    world.result(world.study(people.review, *world.sought(people, 1)))

    assert asked(people, people.ann) == {}
    assert asked(people, people.lead) == {}


def test_an_included_report_asks_to_be_linked(people: Team) -> None:
    world.included(people, 2)

    assert asked(people, people.ann) == {"included reports to link": 2}


def test_the_lead_is_asked_to_define_the_form_first(people: Team) -> None:
    study(people)

    assert asked(people, people.lead) == {"extraction form to define": 1}
    assert asked(people, people.ann) == {}


def test_a_study_is_to_extract_until_its_required_fields_are_filled(people: Team) -> None:
    world.form(people.review)
    row = study(people)
    assert asked(people, people.ann) == {"study to extract": 1}

    extract(row, people.ann, typed("country", "Denmark"))
    assert asked(people, people.bo) == {"study to extract": 1}

    extract(row, people.ann, typed("randomised", state="not_reported"))
    assert asked(people, people.bo) == {}


def test_an_emptied_required_field_is_to_extract_again(people: Team) -> None:
    world.form(people.review)
    row = study(people)
    extract(row, people.ann, typed("randomised", "31"))
    seen = row.values.get().pk

    extract(row, people.ann, typed("randomised", "", seen=seen))

    assert asked(people, people.ann) == {"study to extract": 1}


def test_a_required_field_of_a_result_counts_for_each_result(people: Team) -> None:
    world.form(
        people.review,
        [{"label": "Analysed", "kind": "number", "per": "result", "required": True}],
    )
    row = study(people)
    pain, sleep = world.result(row), world.result(row, "Sleep")

    extract(row, people.ann, typed("analysed", "20", result=pain))
    assert asked(people, people.bo)["study to extract"] == 1

    extract(row, people.ann, typed("analysed", "19", result=sleep))
    assert "study to extract" not in asked(people, people.bo)


def test_a_result_is_to_appraise_until_somebody_starts_and_then_by_them(people: Team) -> None:
    row = world.started(people)
    assert asked(people, people.ann) == {"result to appraise": 1}
    assert asked(people, people.bo) == {}

    world.answer(row, world.LOW)
    assert asked(people, people.ann) == {}

    world.result(row.result.study, "Sleep")
    assert asked(people, people.ann) == asked(people, people.bo) == {"result to appraise": 1}


def test_who_may_not_work_is_asked_nothing(people: Team) -> None:
    world.included(people)

    assert asked(people, people.observer) == {}
    assert asked(people, people.adjudicator) == {}


def test_asking_costs_two_queries(people: Team, django_assert_num_queries: Any) -> None:
    world.form(people.review)
    study(people)
    access = Access(people.ann, people.review, role_of(people.ann, people.review))

    with django_assert_num_queries(2):
        for_member(access)
