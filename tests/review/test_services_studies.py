"""Rules of linking reports into studies (prisma.md section 1)."""

from __future__ import annotations

import pytest

from review.citation import Author
from review.errors import Incomplete, Stale, WrongPosition
from review.models import Event, Position, Report, Study
from review.models.flow import FROM_SOUGHT_ON
from review.services.flow import move
from review.services.studies import label_of, link_reports, study_of, unlink_report
from tests import factories
from tests.people import Team, team


@pytest.fixture
def t(db: None) -> Team:
    return team()


def sought(t: Team, n: int, to: str = "sought") -> list[Report]:
    found = factories.reports(factories.search(t.review), n)
    for report in found:
        move(report=report, target=to, cause="vote 1", actor=None)
    return found


def test_two_reports_of_one_trial_are_one_study(t: Team) -> None:
    one, two = sought(t, 2)
    study = link_reports(
        review=t.review, reports=[one.pk, two.pk], actor=t.ann, label=" FINAL 2024 "
    )
    assert (study.label, list(study.reports.order_by("place"))) == ("FINAL 2024", [one, two])
    event = Event.objects.filter(what="linked a report").first()
    assert event is not None
    assert (event.actor, event.new) == (t.ann, study.pk)


def test_report_can_move_to_another_study(t: Team) -> None:
    (report,) = sought(t, 1)
    first = link_reports(review=t.review, reports=[report.pk], actor=t.ann, label="A")
    second = link_reports(review=t.review, reports=[report.pk], actor=t.ann, label="B")
    assert list(Study.objects.of(t.review)) == [second]
    last = Event.objects.filter(what="linked a report").order_by("pk").last()
    assert last is not None
    assert (last.old, last.new) == (first.pk, second.pk)


@pytest.mark.parametrize("where", [p for p in Position.values if p not in FROM_SOUGHT_ON])
def test_reports_are_linked_only_from_sought_on(t: Team, where: str) -> None:
    (report,) = sought(t, 1, where)
    with pytest.raises(WrongPosition, match="sought or held"):
        link_reports(review=t.review, reports=[report.pk], actor=t.ann, label="Younger 2013")
    assert not Study.objects.exists()


@pytest.mark.parametrize("where", FROM_SOUGHT_ON)
def test_every_position_from_sought_on_can_be_linked(t: Team, where: str) -> None:
    (report,) = sought(t, 1, where)
    study = link_reports(review=t.review, reports=[report.pk], actor=t.ann, label="Younger 2013")
    assert Report.objects.get(pk=report.pk).study == study


def test_study_needs_a_name_and_a_report(t: Team) -> None:
    (report,) = sought(t, 1)
    with pytest.raises(Incomplete, match="Name the study"):
        link_reports(review=t.review, reports=[report.pk], actor=t.ann, label="  ")
    with pytest.raises(Incomplete, match="at least one report"):
        link_reports(review=t.review, reports=[], actor=t.ann, label="Younger 2013")


def test_report_of_another_review_is_not_linked(t: Team) -> None:
    elsewhere = team("elsewhere", shared=t)
    (foreign,) = sought(elsewhere, 1)
    with pytest.raises(Incomplete, match="at least one report"):
        link_reports(review=t.review, reports=[foreign.pk], actor=t.ann, label="Younger 2013")


def test_list_with_a_report_of_another_review_links_nothing(t: Team) -> None:
    (own,), (foreign,) = sought(t, 1), sought(team("other", shared=t), 1)
    with pytest.raises(Stale):
        link_reports(review=t.review, reports=[own.pk, foreign.pk], actor=t.ann, label="A")
    assert not Study.objects.exists()


def test_unlinked_report_is_a_study_of_its_own_again(t: Team) -> None:
    (report,) = sought(t, 1)
    study = link_reports(review=t.review, reports=[report.pk], actor=t.ann, label="Younger 2013")
    unlink_report(report=report, actor=t.bo)
    assert Report.objects.get(pk=report.pk).study is None
    assert not Study.objects.of(t.review)
    assert Study.objects.filter(pk=study.pk).exists()
    unlink_report(report=report, actor=t.bo)
    assert Event.objects.filter(what="unlinked a report").count() == 1


def test_study_of_an_unlinked_report_is_made_once_and_named_after_it(t: Team) -> None:
    (report,) = sought(t, 1)
    first = study_of(report=report, actor=t.ann)
    assert (first.label, study_of(report=report, actor=t.bo)) == ("Writer1001 2020", first)


def test_long_name_is_cut_to_what_fits(t: Team) -> None:
    (report,) = sought(t, 1)
    link_reports(review=t.review, reports=[report.pk], actor=t.ann, label="N" * 500)
    assert Study.objects.get().label == "N" * 120


@pytest.mark.parametrize(
    ("authors", "year", "label"),
    [
        ((Author("Younger", "Jarred", "J"),), 2013, "Younger 2013"),
        ((Author("G" * 200, group=True),), 2013, "G" * 108 + " 2013"),
        ((), 2013, "Report 2013"),
    ],
)
def test_study_is_named_after_first_author_and_year(
    t: Team, authors: tuple[Author, ...], year: int, label: str
) -> None:
    search = factories.search(t.review)
    text = factories.citation("1", authors=authors, year=year)
    factories.store_snapshot(search=search, citations=[text], run=factories._hand_run(search))
    report = search.records.get().report
    assert label_of(report) == label
    move(report=report, target="sought", cause="vote 1", actor=None)
    assert study_of(report=report, actor=t.ann).label == label
