"""Defining the extraction form: every change is a version, and keys keep their meaning."""

import pytest

from extraction.definition import definition_of, known_fields, starting_form
from extraction.models import FormVersion
from extraction.schema import FormError, read_form
from extraction.services.definition import set_form, start_from_template
from review.errors import Incomplete, Stale
from tests.extraction import world
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Team:
    return team()


def test_a_review_starts_without_a_form(people: Team) -> None:
    found = definition_of(people.review)

    assert (found.version, len(found.form)) == (None, 0)


def test_new_fields_get_keys_from_their_names(people: Team) -> None:
    version = world.form(people.review)

    keys = [field["key"] for field in version.fields]
    assert keys[:3] == ["country", "randomised", "design"]
    assert version.number == 1


def test_saving_the_same_form_makes_no_version(people: Team) -> None:
    first = world.form(people.review)

    again = set_form(review=people.review, fields=first.fields, based_on=1, actor=people.lead)

    assert again == first
    assert FormVersion.objects.count() == 1


def test_a_changed_form_is_a_new_version_and_the_old_one_stays(people: Team) -> None:
    first = world.form(people.review)

    second = world.form(people.review, first.fields[:2])

    assert (first.number, second.number) == (1, 2)
    first.refresh_from_db()
    assert len(first.fields) == 7
    assert [field.key for field in definition_of(people.review).form] == ["country", "randomised"]


def test_a_form_changed_by_two_people_at_once_is_stale_for_the_second(people: Team) -> None:
    first = world.form(people.review)
    world.form(people.review, first.fields[:2])

    with pytest.raises(Stale, match="another version"):
        set_form(review=people.review, fields=first.fields[:3], based_on=1, actor=people.lead)


def test_a_removed_field_never_gives_its_key_to_another(people: Team) -> None:
    first = world.form(people.review)
    world.form(people.review, first.fields[:1])

    third = world.form(people.review, [*first.fields[:1], {"label": "Randomised", "kind": "text"}])

    assert [field["key"] for field in third.fields] == ["country", "randomised_2"]
    assert set(known_fields(people.review)) >= {"randomised", "randomised_2"}


def test_a_field_cannot_change_its_kind_even_after_it_was_away(people: Team) -> None:
    first = world.form(people.review)
    world.form(people.review, first.fields[:1])
    back = {"key": "randomised", "label": "Randomised", "kind": "text"}

    with pytest.raises(FormError, match="cannot change from “Number” to “Text”"):
        world.form(people.review, [*first.fields[:1], back])


def test_an_empty_form_is_refused(people: Team) -> None:
    with pytest.raises(Incomplete, match="at least one field"):
        set_form(review=people.review, fields=[], based_on=0, actor=people.lead)


def test_the_starting_fields_are_a_form_and_copied_once(people: Team) -> None:
    first = start_from_template(review=people.review, actor=people.lead)
    again = start_from_template(review=people.review, actor=people.lead)

    assert again == first
    assert read_form(first.fields).to_json() == starting_form()
    labels = [field["label"] for field in first.fields]
    assert {"Target dose", "Washout between periods", "Analysis set"} <= set(labels)


def test_the_starting_fields_do_not_overwrite_a_form(people: Team) -> None:
    world.form(people.review)

    with pytest.raises(Stale):
        start_from_template(review=people.review, actor=people.lead)


def test_a_version_that_never_was_cannot_be_changed(people: Team) -> None:
    first = world.form(people.review)

    with pytest.raises(Stale):
        set_form(review=people.review, fields=first.fields[:2], based_on=5, actor=people.lead)
