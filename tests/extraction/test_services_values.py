"""Extracting values: one row for each change, nothing overwritten unseen, nothing lost."""

import pytest

from extraction.models import FormVersion, Value
from extraction.services.values import save_values
from extraction.slots import latest_values
from review.errors import Stale
from review.models import Report, Study
from review.services.studies import unlink_report
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


def row(study: Study, key: str) -> Value:
    return latest_values(study)[key, None]


def test_a_value_is_kept_with_report_page_quote_and_form_version(
    people: Team, study: Study
) -> None:
    report = study.reports.get()

    outcome = extract(
        study,
        people.ann,
        typed("randomised", "1 000", report=report.pk, page="4", quote="1000 were randomised"),
    )

    saved = row(study, "randomised")
    assert (outcome.saved, outcome.problems) == (1, {})
    assert (saved.state, saved.data, saved.report) == ("reported", "1000", report)
    assert (saved.page, saved.quote) == ("4", "1000 were randomised")
    assert (saved.actor, saved.version.number) == (people.ann, 1)


def test_the_only_report_of_a_study_is_the_source(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("country", "Denmark"))

    assert row(study, "country").report == study.reports.get()


def test_with_several_reports_the_source_is_what_was_chosen(people: Team) -> None:
    world.form(people.review)
    study = world.study(people.review, *world.included(people, 2))

    extract(study, people.ann, typed("country", "Denmark"))

    assert row(study, "country").report is None


def test_a_report_of_another_study_is_no_source(people: Team, study: Study) -> None:
    (other,) = world.included(people, 1, first=2001)

    outcome = extract(study, people.ann, typed("country", "Denmark", report=other.pk))

    assert "choose a report of this study" in outcome.problems["country", None]
    assert not Value.objects.exists()


@pytest.mark.parametrize("state", ["not_reported", "not_applicable", "unclear"])
def test_what_is_known_of_a_missing_value_is_apart_from_empty(
    people: Team, study: Study, state: str
) -> None:
    extract(study, people.ann, typed("country", state=state))

    assert (row(study, "country").state, row(study, "country").data) == (state, None)
    assert ("randomised", None) not in latest_values(study)


def test_unclear_in_a_yes_no_field_is_the_state_unclear(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("opioids", "unclear"))

    assert (row(study, "opioids").state, row(study, "opioids").data) == ("unclear", None)


def test_a_value_out_of_range_holds_back_only_itself(people: Team, study: Study) -> None:
    outcome = extract(study, people.ann, typed("randomised", "4000"), typed("country", "Denmark"))

    assert outcome.saved == 1
    assert outcome.problems == {
        ("randomised", None): (
            "Randomised must be between 0 and 1,000 participants; you entered 4000."
        )
    }
    assert row(study, "country").data == "Denmark"


def test_a_quote_without_a_value_is_not_lost_in_silence(people: Team, study: Study) -> None:
    outcome = extract(study, people.ann, typed("country", quote="in Odense"))

    assert "has a page or quote and no value" in outcome.problems["country", None]


def test_saving_what_stands_adds_no_row(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("country", "Denmark"), typed("harms", ["Diary"]))
    again = [
        typed("country", "Denmark", report=row(study, "country").report_id),
        typed("harms", ["Diary"], report=row(study, "harms").report_id),
        typed("randomised", ""),
    ]

    assert extract(study, people.ann, *again).saved == 0
    assert Value.objects.count() == 2


def test_emptying_a_value_is_a_row_of_its_own(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("country", "Denmark"))
    seen = row(study, "country").pk

    extract(study, people.ann, typed("country", "", seen=seen))

    assert [each.state for each in Value.objects.order_by("pk")] == ["reported", "cleared"]


def test_a_value_saved_meanwhile_is_not_overwritten_unseen(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("country", "Denmark"))

    outcome = extract(study, people.bo, typed("country", "Norway"))

    assert "Country: Ann saved “Denmark” at" in outcome.problems["country", None]
    assert row(study, "country").data == "Denmark"

    outcome = extract(study, people.bo, typed("country", "Norway", seen=row(study, "country").pk))
    assert (outcome.saved, row(study, "country").data) == (1, "Norway")


def test_an_untouched_field_never_undoes_what_a_colleague_saved(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("country", "Denmark"))
    old = row(study, "country")
    extract(study, people.bo, typed("country", "Norway", seen=old.pk))

    outcome = extract(
        study, people.ann, typed("country", "Denmark", report=old.report_id, seen=old.pk)
    )

    assert (outcome.saved, outcome.problems) == (0, {})
    assert row(study, "country").data == "Norway"


def test_two_people_who_enter_the_same_do_not_conflict(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("country", "Denmark"))

    outcome = extract(study, people.bo, typed("country", "Denmark"))

    assert (outcome.saved, outcome.problems) == (0, {})


def test_each_result_has_its_own_value(people: Team, study: Study) -> None:
    pain, sleep = world.result(study), world.result(study, "Sleep")

    extract(study, people.ann, typed("analysed", "20", result=pain))
    extract(study, people.ann, typed("analysed", "19", result=sleep))

    values = latest_values(study)
    assert values["analysed", pain.pk].data == "20"
    assert values["analysed", sleep.pk].data == "19"


def test_a_result_of_another_study_takes_no_value(people: Team, study: Study) -> None:
    other = world.study(people.review, *world.included(people, 1, first=2001), label="Other")
    foreign = world.result(other)

    outcome = extract(study, people.ann, typed("analysed", "20", result=foreign))

    assert "is gone" in outcome.problems["analysed", foreign.pk]
    assert not Value.objects.exists()


def test_values_keep_the_version_they_were_entered_in(people: Team, study: Study) -> None:
    extract(study, people.ann, typed("country", "Denmark"), typed("design", "Crossover"))
    first = FormVersion.objects.get()
    world.form(people.review, first.fields[:3])

    seen = row(study, "country")
    extract(study, people.ann, typed("country", "Norway", report=seen.report_id, seen=seen.pk))

    assert row(study, "country").version.number == 2
    assert row(study, "design").version.number == 1


def test_a_form_that_changed_meanwhile_is_filled_in_again(people: Team, study: Study) -> None:
    first = FormVersion.objects.get()
    world.form(people.review, first.fields[:3])

    with pytest.raises(Stale, match="newer version"):
        save_values(study=study, version=1, filled=[typed("country", "Denmark")], actor=people.ann)


def test_a_stored_option_that_the_form_lost_stays_until_it_is_changed(
    people: Team, study: Study
) -> None:
    extract(study, people.ann, typed("design", "Crossover"))
    fields = [dict(field) for field in FormVersion.objects.get().fields]
    fields[2]["options"] = ["Parallel", "Cluster"]
    world.form(people.review, fields)
    old = row(study, "design")

    outcome = extract(
        study, people.ann, typed("design", "Crossover", report=old.report_id, seen=old.pk)
    )

    assert (outcome.saved, outcome.problems) == (0, {})
    assert row(study, "design") == old


def test_a_source_that_was_unlinked_stays_with_its_value(people: Team) -> None:
    world.form(people.review)
    one, other = world.included(people, 2)
    study = world.study(people.review, one, other)
    extract(study, people.ann, typed("country", "Denmark", report=other.pk))
    old = row(study, "country")
    unlink_report(report=Report.objects.get(pk=other.pk), actor=people.ann)

    outcome = extract(study, people.ann, typed("country", "Norway", report=other.pk, seen=old.pk))

    assert (outcome.saved, outcome.problems) == (1, {})
    assert row(study, "country").report == other
