"""Linking reports into studies and describing their results."""

import pytest

from extraction.errors import AlreadyThere
from extraction.models import Result
from extraction.overview import study_lines, unlinked
from extraction.services.results import change_result
from extraction.services.studies import link, start_study, unlink
from review.errors import Incomplete, Stale, WrongPosition
from review.models import Event, Position, Report, Study
from review.services.matching import join_reports
from tests import factories as f
from tests.extraction import world
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Team:
    return team()


def test_reports_ticked_together_become_one_study_named_after_the_first(people: Team) -> None:
    first, second, alone = world.sought(people, 3)

    made = link(review=people.review, reports=[first.pk, second.pk], actor=people.ann)

    assert made.label == "Writer1001 2020"
    assert [row.pk for row in made.reports.order_by("pk")] == [first.pk, second.pk]
    assert [row.pk for row in unlinked(people.review)] == [alone.pk]


def test_the_second_of_two_clicks_links_nothing(people: Team) -> None:
    report, _ = world.sought(people, 2)
    link(review=people.review, reports=[report.pk], actor=people.ann, label="Younger 2013")

    with pytest.raises(Stale, match="linked already"):
        link(review=people.review, reports=[report.pk], actor=people.ann, label="Again 2013")

    assert Study.objects.filter(review=people.review).count() == 1


def test_two_studies_cannot_be_given_one_name(people: Team) -> None:
    one, other = world.sought(people, 2)
    link(review=people.review, reports=[one.pk], actor=people.ann, label="Younger 2013")

    with pytest.raises(Incomplete, match="Give this one another name"):
        link(review=people.review, reports=[other.pk], actor=people.ann, label=" Younger 2013 ")


def test_a_report_of_another_review_is_never_linked(people: Team) -> None:
    other = team("other", shared=people)
    (foreign,) = world.sought(other, 1)
    world.study(other.review, foreign)

    with pytest.raises(Incomplete, match="Choose at least one"):
        link(review=people.review, reports=[foreign.pk], actor=people.ann, label="Stolen")


def test_a_report_still_to_screen_cannot_be_linked(people: Team) -> None:
    (report,) = f.reports(f.search(people.review), 1)

    with pytest.raises(WrongPosition):
        link(review=people.review, reports=[report.pk], actor=people.ann)


def test_a_report_that_stands_alone_is_a_study_from_its_first_use_on(people: Team) -> None:
    (report,) = world.included(people)

    made = start_study(report=report, actor=people.ann)

    assert made == start_study(report=report, actor=people.bo)
    assert made.label == "Writer1001 2020"


def test_an_unlinked_report_can_be_linked_again(people: Team) -> None:
    (report,) = world.included(people)
    old = world.study(people.review, report)
    world.result(old)

    unlink(report=report, actor=people.ann)

    assert [row.pk for row in unlinked(people.review)] == [report.pk]
    (line,) = study_lines(people.review)
    assert line.warnings == ["None of its reports is linked to it any more."]
    with pytest.raises(Stale):
        unlink(report=report, actor=people.ann)


def test_a_study_without_reports_and_without_work_is_listed_no_more(people: Team) -> None:
    (report,) = world.included(people)
    world.study(people.review, report)

    unlink(report=report, actor=people.ann)

    assert study_lines(people.review) == []


def merge(survivor: Report, absorbed: Report) -> None:
    join_reports(
        survivor=Report.objects.get(pk=survivor.pk),
        absorbed=Report.objects.get(pk=absorbed.pk),
        rule="by hand",
        why="same article",
        similarities={},
        actor=None,
    )


def test_a_study_says_when_its_report_was_merged_into_another_study(people: Team) -> None:
    survivor, absorbed = world.included(people, 2)
    world.study(people.review, survivor, label="Another 2020")
    old = world.study(people.review, absorbed)

    merge(survivor, absorbed)

    # nothing rests on the old study yet, so that it is no longer listed
    assert [line.study.label for line in study_lines(people.review)] == ["Another 2020"]
    world.result(old)
    (warning,) = study_lines(people.review)[1].warnings
    assert "“Writer1002 2020” was merged into “Writer1001 2020”" in warning


def test_a_merge_within_a_study_is_no_warning(people: Team) -> None:
    survivor, absorbed = world.included(people, 2)
    world.study(people.review, absorbed)

    merge(survivor, absorbed)

    (line,) = study_lines(people.review)
    assert line.warnings == []
    assert line.is_included


def test_a_study_says_when_none_of_its_reports_is_included_any_more(people: Team) -> None:
    (report,) = world.included(people)
    world.study(people.review, report)
    assert study_lines(people.review)[0].warnings == []

    Report.objects.filter(pk=report.pk).update(position=Position.EXCLUDED_FULL_TEXT)

    (line,) = study_lines(people.review)
    assert line.warnings == ["“Writer1001 2020” is no longer included: excluded at full text."]
    assert not line.is_included


def test_an_excluded_companion_is_no_warning_beside_an_included_report(people: Team) -> None:
    main, companion = world.included(people, 2)
    world.study(people.review, main, companion)

    Report.objects.filter(pk=companion.pk).update(position=Position.EXCLUDED_FULL_TEXT)

    assert study_lines(people.review)[0].warnings == []


def test_the_table_counts_results_and_those_judged_overall(people: Team) -> None:
    row = world.started(people)
    world.result(row.result.study, "Sleep")
    (line,) = study_lines(people.review)
    assert (line.results, line.judged) == (2, 0)

    world.answer(row, world.LOW)

    (line,) = study_lines(people.review)
    assert (line.results, line.judged) == (2, 1)


def test_the_table_needs_as_many_queries_for_nine_studies_as_for_one(
    people: Team, django_assert_num_queries: object
) -> None:
    reports = world.included(people, 9)
    for place, report in enumerate(reports):
        world.result(world.study(people.review, report, label=f"Study {place}"))

    with django_assert_num_queries(7):  # type: ignore[operator]
        assert len(study_lines(people.review)) == 9


def test_a_result_is_described_once_in_a_study(people: Team) -> None:
    (report,) = world.included(people)
    study = world.study(people.review, report)
    world.result(study)

    with pytest.raises(AlreadyThere, match="same outcome, instrument, time point"):
        world.result(study)

    assert Result.objects.count() == 1


def test_a_changed_result_keeps_what_it_was_in_the_log(people: Team) -> None:
    (report,) = world.included(people)
    row = world.result(world.study(people.review, report))

    change_result(result=row, actor=people.ann, estimate="MD −0.34")
    change_result(result=row, actor=people.ann, estimate="MD −0.34")

    (event,) = Event.objects.filter(what="changed a result")
    assert (event.old, event.new) == ({"estimate": ""}, {"estimate": "MD −0.34"})
    assert event.actor == people.ann
