"""The audit of extraction finds what the services would never have written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from extraction.audit import differences
from extraction.models import Answer, Assessment, Judgement, Value
from tests.extraction import world
from tests.extraction.world import extract, typed
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Team:
    return team()


@pytest.fixture
def row(people: Team) -> Assessment:
    """An assessment with an escalation away, a departure, and values of every kind."""
    row = world.started(people)
    world.answer(row, world.CONCERNS)
    world.form(people.review)
    extract(
        row.result.study,
        people.ann,
        typed("randomised", "31"),
        typed("harms", ["Diary"]),
        typed("opioids", "unclear"),
        typed("country", state="not_reported"),
        typed("last_visit", "2016-03"),
        typed("analysed", "-2.50", result=row.result),
    )
    return row


def judgement(row: Assessment, **values: str) -> None:
    defaults = {"domain": "D1", "algorithm": "some concerns", "final": "some concerns"}
    Judgement.objects.create(
        review=row.result.study.review, assessment=row, actor=row.assessor, **(defaults | values)
    )


def answer(row: Assessment, question: str, code: str) -> None:
    Answer.objects.create(
        review=row.result.study.review,
        assessment=row,
        question=question,
        answer=code,
        actor=row.assessor,
    )


def value(row: Assessment, **values: Any) -> None:
    study = row.result.study
    defaults = {"field": "randomised", "state": "reported", "data": "31"}
    Value.objects.create(
        review=study.review,
        study=study,
        version=study.review.form_versions.get(),
        actor=row.assessor,
        **(defaults | values),
    )


def test_what_the_pages_wrote_is_clean(people: Team, row: Assessment) -> None:
    assert list(differences(people.review)) == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda row: answer(row, "1.2", "N"), "D1: stored “some concerns”, the answers lead to"),
        (lambda row: answer(row, "1.2", "NA"), "Question 1.2 cannot be answered"),
        (lambda row: judgement(row, algorithm="low", final="low"), "D1: stored “low”"),
        (lambda row: judgement(row, final="high"), "departs from “some concerns” without a reason"),
        (lambda row: judgement(row, final=""), "do not go together"),
        (lambda row: judgement(row, domain="overall", algorithm="low", final="low"), "overall: "),
        (lambda row: value(row, data="4000"), "must be between 0 and 1,000"),
        (lambda row: value(row, data="1,000"), "'1,000' is stored, '1000' is meant"),
        (lambda row: value(row, field="gone"), "version 1 of the form has no such field"),
        (lambda row: value(row, state="not_reported"), "is not_reported and has the value"),
    ],
)
def test_each_kind_of_difference_is_a_sentence(
    people: Team, row: Assessment, spoil: Callable[[Assessment], None], words: str
) -> None:
    spoil(row)

    assert any(words in found for found in differences(people.review))


def test_a_value_on_another_studys_result_is_found(people: Team, row: Assessment) -> None:
    other = world.study(people.review, *world.included(people, 1, first=2001), label="Other")

    value(row, field="analysed", result=world.result(other))

    assert any("result of another study" in found for found in differences(people.review))


def test_a_missing_version_of_the_form_is_found(people: Team, row: Assessment) -> None:
    people.review.form_versions.create(number=3, fields=[])

    assert any("numbered [1, 3]" in found for found in differences(people.review))
