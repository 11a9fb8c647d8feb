"""The pages on which a form is defined and filled in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from extraction.models import FormVersion, Value
from extraction.services.definition import start_from_template
from review.models import Study, User
from review.services.retrieval import hold_full_text
from tests.extraction import world
from tests.people import Team, team

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def people() -> Team:
    return team()


@pytest.fixture
def study(people: Team) -> Study:
    world.form(people.review)
    return world.study(people.review, *world.included(people))


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"extraction:{name}", args=["ldn", *args])


def row(place: int, **values: str) -> dict[str, str]:
    """One row of the definition's form."""
    filled = {"kind": "text", "per": "study"} | values
    return {f"f{place}-{name}": value for name, value in filled.items()}


def labels(page: str) -> list[str]:
    return re.findall(r'name="f\d+-label" value="([^"]*)"', page)


def define(people: Team, act: str, *rows: dict[str, str], **more: str) -> Any:
    data = {"act": act, "rows": str(len(rows)), "based_on": "0"} | more
    for each in rows:
        data |= each
    return as_(people.lead).post(url("form"), data)


def test_the_lead_copies_the_starting_fields_with_one_button(people: Team) -> None:
    assert "Start from the LDN fields" in as_(people.lead).get(url("form")).content.decode()

    page = as_(people.lead).post(url("form_start"), follow=True).content.decode()

    assert "Target dose" in labels(page)
    assert "Start from the LDN fields" not in page


def test_adding_moving_and_removing_rows_stores_nothing(people: Team) -> None:
    rows = [row(0, label="Country"), row(1, label="Dose", kind="number", unit="mg")]

    added = define(people, "add", *rows).content.decode()
    moved = define(people, "up:1", *rows).content.decode()
    removed = define(people, "remove:0", *rows).content.decode()

    assert labels(added) == ["Country", "Dose"]
    assert 'name="rows" value="3"' in added
    assert labels(moved) == ["Dose", "Country"]
    assert labels(removed) == ["Dose"]
    assert "Save the form to keep it" in moved
    assert not FormVersion.objects.exists()


def test_the_form_is_saved_as_a_version_in_the_order_shown(people: Team) -> None:
    design = row(1, label="Design", kind="choice", options="Parallel\r\nCrossover\r\n")
    answer = define(people, "save", row(0, label="Country", required="on"), design)

    assert answer["Location"] == url("form")
    saved = FormVersion.objects.get()
    assert [field["label"] for field in saved.fields] == ["Country", "Design"]
    assert saved.fields[0]["required"] is True
    assert saved.fields[1]["options"] == ["Parallel", "Crossover"]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row(1, label=""), "Name this field."),
        (row(1, label="Design", kind="choice", options="Only"), "needs at least two options"),
        (row(1, label="Dose", kind="number", minimum="5", maximum="1"), "below its minimum"),
        (row(1, label="Country"), "as an earlier field is"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_and_the_rows_stay(
    people: Team, bad: dict[str, str], words: str
) -> None:
    answer = define(people, "save", row(0, label="Country"), bad)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert labels(page)[0] == "Country"
    assert "<details open>" in page
    assert not FormVersion.objects.exists()


def test_a_number_that_becomes_text_leaves_its_unit_behind(people: Team) -> None:
    define(people, "save", row(0, label="Dose", kind="text", unit="mg", minimum="1"))

    assert FormVersion.objects.get().fields[0]["unit"] == ""


def test_a_form_saved_meanwhile_is_a_conflict(people: Team) -> None:
    world.form(people.review)

    answer = define(people, "save", row(0, label="Country"), based_on="0")

    assert answer.status_code == 409
    assert "Somebody saved another version" in answer.content.decode()


def test_everybody_reads_the_form_and_only_the_lead_changes_it(people: Team) -> None:
    world.form(people.review)

    page = as_(people.ann).get(url("form")).content.decode()

    assert "Randomised" in page
    assert "Save the form" not in page
    assert as_(people.ann).post(url("form"), {"act": "save"}).status_code == 403
    assert as_(people.ann).post(url("form_start")).status_code == 403


def test_without_a_form_the_page_says_who_defines_it(people: Team) -> None:
    study = world.study(people.review, *world.included(people))

    assert "The lead of the review defines it" in (
        as_(people.ann).get(url("extract", study.pk)).content.decode()
    )
    assert "Define the form" in as_(people.lead).get(url("extract", study.pk)).content.decode()


def sent(**values: Any) -> dict[str, Any]:
    """The extraction form as sent: ``country="Denmark"``, ``country_page="4"``."""
    data: dict[str, Any] = {"version": "1"}
    for name, value in values.items():
        key, _, part = name.partition("__")
        data[f"s-{key}-{part or 'value'}"] = value
    return data


def test_values_are_saved_with_the_time_and_shown_again(people: Team, study: Study) -> None:
    client = as_(people.ann)
    data = sent(country="Denmark", country__page="4", country__quote="in <b>Odense</b>")

    page = client.post(url("extract", study.pk), data, follow=True).content.decode()

    assert re.search(r"Saved \d\d:\d\d UTC: 1 value\.", page)
    assert "in &lt;b&gt;Odense&lt;/b&gt;" in page
    assert "> Denmark</textarea>" in " ".join(page.split())


def test_several_choices_are_offered_stored_and_ticked_again(people: Team) -> None:
    start_from_template(review=people.review, actor=people.lead)
    study = world.study(people.review, *world.included(people))
    client = as_(people.ann)

    client.post(url("extract", study.pk), sent(harms_asked=["Diary", "Checklist"]))

    page = client.get(url("extract", study.pk)).content.decode()
    boxes = re.findall(r'<input type="checkbox" name="s-harms_asked-value" value="([^"]+)"', page)
    ticked = re.findall(r'value="([^"]+)"[^>]* checked', page)
    assert boxes == ["Open question", "Checklist", "Diary", "Laboratory tests", "Volunteered"]
    assert ticked == ["Checklist", "Diary"]
    assert Value.objects.get(field="harms_asked").data == ["Checklist", "Diary"]


def test_with_htmx_only_the_form_comes_back(people: Team, study: Study) -> None:
    answer = as_(people.ann).post(url("extract", study.pk), sent(country="Denmark"), headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.lstrip().startswith("<form")
    assert "Saved" in page


def test_a_value_out_of_range_is_explained_and_everything_typed_is_there(
    people: Team, study: Study
) -> None:
    data = sent(country="Denmark", randomised="4000", randomised__quote="four thousand")

    answer = as_(people.ann).post(url("extract", study.pk), data)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Randomised must be between 0 and 1,000 participants; you entered 4000." in page
    assert 'value="4000"' in page
    assert "four thousand" in page
    assert Value.objects.get().data == "Denmark"


def test_a_value_overtaken_by_a_colleague_can_be_saved_knowingly(
    people: Team, study: Study
) -> None:
    world.extract(study, people.bo, world.typed("country", "Norway"))

    answer = as_(people.ann).post(url("extract", study.pk), sent(country="Denmark"))
    page = answer.content.decode()
    assert "Bo saved “Norway”" in page
    seen = re.search(r'name="s-country-seen" value="(\d+)"', page)
    assert seen

    again = sent(country="Denmark", country__seen=seen[1])
    as_(people.ann).post(url("extract", study.pk), again)
    assert Value.objects.order_by("-pk")[0].data == "Denmark"


def test_a_newer_form_keeps_what_was_typed_and_says_so(people: Team, study: Study) -> None:
    world.form(people.review, FormVersion.objects.get().fields[:3])

    answer = as_(people.ann).post(url("extract", study.pk), sent(country="Denmark"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "newer version" in page
    assert ">\nDenmark</textarea>" in page
    assert 'name="version" value="2"' in page


def test_fields_of_an_earlier_version_are_still_shown(people: Team, study: Study) -> None:
    world.extract(study, people.ann, world.typed("opioids", "yes"))
    world.form(people.review, FormVersion.objects.get().fields[:3])

    page = as_(people.ann).get(url("extract", study.pk)).content.decode()

    assert "Fields of earlier versions" in page
    assert "Opioids" in page


def test_a_field_per_result_repeats_for_each_result(people: Team, study: Study) -> None:
    pain, sleep = world.result(study), world.result(study, "Sleep")
    client = as_(people.ann)

    client.post(
        url("extract", study.pk),
        {"version": "1", f"r{pain.pk}-analysed-value": "20", f"r{sleep.pk}-analysed-value": "19"},
    )

    found = {value.result: value.data for value in Value.objects.all()}
    assert found == {pain: "20", sleep: "19"}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"form": "link", "url": "https://example.org/paper"}, "https://example.org/paper"),
        ({"form": "paper", "note": "Shelf 3"}, "held on paper: Shelf 3"),
    ],
)
def test_beside_the_form_stands_what_is_held_and_the_abstract(
    people: Team, study: Study, form: dict[str, str], words: str
) -> None:
    report = study.reports.get()
    hold_full_text(report=report, actor=people.ann, **form)

    page = as_(people.ann).get(url("extract", study.pk)).content.decode()

    assert words in page
    assert "Pain lasts." in page


def test_a_demo_value_says_so_on_its_page(people: Team, study: Study) -> None:
    from extraction.services.values import save_values

    save_values(
        study=study,
        version=1,
        filled=[world.typed("country", "Denmark")],
        actor=people.ann,
        is_demo=True,
    )

    page = as_(people.ann).get(url("extract", study.pk)).content.decode()

    assert "Demo example, not a judgement." in page


def test_a_long_form_needs_no_more_queries_than_a_short_one(
    people: Team, study: Study, django_assert_max_num_queries: Any
) -> None:
    for place in range(6):
        world.result(study, f"Outcome {place}")
    client = as_(people.ann)

    with django_assert_max_num_queries(22):
        client.get(url("extract", study.pk))
    with django_assert_max_num_queries(35):
        client.post(url("extract", study.pk), sent(country="Denmark"), headers=HTMX)
