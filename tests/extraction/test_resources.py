"""The exported tables of extraction: what a statistician finds in them."""

from __future__ import annotations

from typing import Any

import pytest

from extraction.appraisal import ROB2_CROSSOVER, Judgement
from extraction.models import FormVersion
from extraction.resources import EXPORTS
from extraction.services.appraisal import Choice, Given, save_domain
from extraction.services.values import save_values
from extraction.slots import latest_values
from review.models import Review, Study
from tests.extraction import world
from tests.extraction.world import extract, typed
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Team:
    return team()


@pytest.fixture
def study(people: Team) -> Study:
    world.form(people.review)
    return world.study(people.review, *world.included(people))


def exported(key: str, review: Review) -> list[dict[str, Any]]:
    """A table as dictionaries, checked to be as wide as its headers."""
    headers, rows = EXPORTS[key].rows(review)
    assert len(set(headers)) == len(headers)
    return [dict(zip(headers, row, strict=True)) for row in rows]


@pytest.mark.parametrize("key", list(EXPORTS))
def test_an_empty_review_exports_headers_alone(people: Team, key: str) -> None:
    headers, rows = EXPORTS[key].rows(people.review)

    assert "study" in headers
    assert list(rows) == []


@pytest.mark.parametrize("key", list(EXPORTS))
def test_cells_are_text_or_numbers(people: Team, study: Study, key: str) -> None:
    world.result(study)
    extract(study, people.ann, typed("randomised", "31"), typed("harms", ["Diary"]))

    rows = exported(key, people.review)

    assert rows
    assert {type(cell) for row in rows for cell in row.values()} <= {str, int, float}


def test_risk_of_bias_has_every_answer_and_judgement_in_whole_words(people: Team) -> None:
    row = world.started(people)
    world.answer(row, world.CONCERNS)
    save_domain(
        assessment=row,
        domain="D3",
        given={"3.1": Given("PY")},
        choice=Choice(Judgement.SOME_CONCERNS, "Twelve left.", "towards null"),
        actor=row.assessor,
    )

    (line,) = exported("risk-of-bias", people.review)

    assert (line["study"], line["outcome"]) == ("Younger 2013", "Pain intensity")
    assert (line["instrument"], line["version"]) == ("RoB 2", "22 August 2019")
    assert (line["1.2"], line["2.3"], line["3.1"], line["S.1"]) == ("NI", "NA", "PY", "")
    assert (line["D1 algorithm"], line["D1 final"]) == ("Some concerns", "Some concerns")
    assert (line["D3 algorithm"], line["D3 final"]) == ("Low", "Some concerns")
    assert (line["D3 reason"], line["D3 direction"]) == ("Twelve left.", "towards null")
    assert (line["overall final"], line["state"]) == ("Some concerns", "complete")
    assert (line["assessor"], line["label"]) == ("ann@example.org", "")


def test_a_former_answer_to_a_question_not_asked_is_exported_as_na(people: Team) -> None:
    row = world.started(people)
    codes = {"2.1": "Y", "2.2": "N", "2.3": "Y"}
    world.answer(row, {"D2": codes})
    world.answer(row, {"D2": {"2.1": "N"}})

    (line,) = exported("risk-of-bias", people.review)

    assert (line["2.1"], line["2.3"], line["2.6"]) == ("N", "NA", "")
    assert (line["D2 final"], line["state"]) == ("", "incomplete")


def test_the_crossover_variant_fills_its_own_columns(people: Team) -> None:
    row = world.started(people, ROB2_CROSSOVER)
    world.answer(row, {"DS": {"S.1": "Y", "S.3": "N"}})

    (line,) = exported("risk-of-bias", people.review)

    assert (line["S.1"], line["S.2"], line["S.3"]) == ("Y", "NA", "N")
    assert line["DS final"] == "High"


def test_a_result_that_nobody_assessed_is_a_row_that_says_so(people: Team, study: Study) -> None:
    world.result(study)

    (line,) = exported("risk-of-bias", people.review)

    assert (line["state"], line["instrument"], line["overall final"]) == ("not assessed", "", "")


def test_the_long_table_has_each_value_with_its_source(people: Team, study: Study) -> None:
    pain = world.result(study)
    report = study.reports.get()
    extract(
        study,
        people.ann,
        typed("randomised", "31", report=report.pk, page="4", quote="31 women"),
        typed("country", state="not_reported"),
        typed("analysed", "−2.50", result=pain, report=report.pk),
    )

    lines = {line["field name"]: line for line in exported("values", people.review)}

    randomised = lines["Randomised"]
    assert (randomised["value"], randomised["unit"]) == (31, "participants")
    assert (randomised["page"], randomised["quote"]) == ("4", "31 women")
    assert (randomised["report"], randomised["report number"]) == ("Writer1001 2020", report.pk)
    assert (randomised["extractor"], randomised["version of the form"]) == ("ann@example.org", 1)
    assert (lines["Country"]["value"], lines["Country"]["state"]) == ("", "not reported")
    assert lines["Analysed"]["value"] == -2.5
    assert lines["Analysed"]["result"] == str(pain)


def test_only_the_latest_value_is_exported_and_an_emptied_one_is_not(
    people: Team, study: Study
) -> None:
    extract(study, people.ann, typed("country", "Denmark"), typed("opioids", "yes"))
    rows = latest_values(study)
    seen = {key: rows[key, None].pk for key in ("country", "opioids")}
    extract(
        study,
        people.ann,
        typed("country", "Norway", seen=seen["country"]),
        typed("opioids", "", seen=seen["opioids"]),
    )

    (line,) = exported("values", people.review)

    assert (line["field name"], line["value"]) == ("Country", "Norway")


def test_a_value_is_exported_by_the_version_it_was_entered_in(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("randomised", "31"))
    fields = [dict(field) for field in FormVersion.objects.get().fields]
    fields[1] |= {"label": "Number randomised", "unit": "people"}
    world.form(people.review, fields)

    (line,) = exported("values", people.review)

    assert (line["field name"], line["unit"]) == ("Randomised", "participants")
    assert line["version of the form"] == 1


def test_the_wide_table_has_one_row_per_study_with_a_column_per_result(
    people: Team, study: Study
) -> None:
    other = world.study(people.review, *world.included(people, 1, first=2001), label="Other 2020")
    pain = world.result(study)
    world.result(other)
    sleep = world.result(other, "Sleep")
    extract(
        study,
        people.ann,
        typed("country", "Denmark"),
        typed("harms", ["Diary", "Checklist"]),
        typed("analysed", "20", result=pain),
    )
    extract(other, people.bo, typed("analysed", state="unclear", result=sleep))

    second, first = exported("studies", people.review)

    assert (first["study"], second["study"]) == ("Younger 2013", "Other 2020")
    assert (first["Country"], first["Harms"]) == ("Denmark", "Diary; Checklist")
    assert first[f"Analysed [{pain}]"] == 20
    assert second[f"Analysed [{sleep}]"] == "unclear"
    assert (second["Randomised (participants)"], second["Country"]) == ("", "")
    assert (first["extractors"], second["extractors"]) == ("ann@example.org", "bo@example.org")


def test_a_field_that_the_form_lost_keeps_its_column_while_it_has_values(
    people: Team, study: Study
) -> None:
    extract(study, people.ann, typed("opioids", "yes"))
    world.form(people.review, FormVersion.objects.get().fields[:2])

    (line,) = exported("studies", people.review)

    assert line["Opioids"] == "yes"
    assert "Last visit" not in line


def test_numbers_that_a_spreadsheet_would_round_stay_text(people: Team, study: Study) -> None:
    pain = world.result(study)
    extract(study, people.ann, typed("analysed", "0.1234567890123456789", result=pain))

    (line,) = exported("values", people.review)

    assert line["value"] == "0.1234567890123456789"


def test_rows_of_the_demo_carry_their_label(people: Team, study: Study) -> None:
    row = world.started(team("other", shared=people))
    row.is_demo = True
    row.save()
    filled = [typed("country", "Denmark")]
    save_values(study=study, version=1, filled=filled, actor=people.ann, is_demo=True)

    for key, review in (
        ("risk-of-bias", row.result.study.review),
        ("values", people.review),
        ("studies", people.review),
    ):
        (line,) = exported(key, review)
        assert line["label"] == "demo example, not a judgement"


def test_no_table_shows_another_review(people: Team, study: Study) -> None:
    world.result(study)
    extract(study, people.ann, typed("country", "Denmark"))
    other = team("other", shared=people)

    assert [exported(key, other.review) for key in EXPORTS] == [[], [], []]


@pytest.mark.parametrize("key", list(EXPORTS))
def test_an_export_needs_the_same_queries_for_any_number_of_studies(
    people: Team, study: Study, key: str, django_assert_max_num_queries: Any
) -> None:
    for place, report in enumerate(world.included(people, 5, first=2001)):
        other = world.study(people.review, report, label=f"Study {place}")
        world.result(other)
        extract(other, people.ann, typed("country", "Denmark"))

    with django_assert_max_num_queries(8):
        assert len(exported(key, people.review)) >= 5
