"""Which report comes next: by arrival or by chance, complete, and blind to everybody's votes."""

from __future__ import annotations

import pytest

from review.models import Report, Stage, User
from review.services.stages import set_rules
from screening import assignment
from screening.assignment import next_for, queue_place
from tests import factories, people
from tests.factories import next_report, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def found(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 25)


@pytest.fixture
def at(team: people.Team) -> Stage:
    set_rules(stage=factories.stage(team.review), actor=None, order="random")
    Stage.objects.filter(review=team.review).update(order_seed=4711)
    return factories.stage(team.review)


def screened(team: people.Team, voter: User, n: int = 25, choice: str = "maybe") -> list[int]:
    """The places of the reports in the order in which this person gets and decides on them."""
    order = []
    while len(order) < n and (report := next_report(voter, team.review)):
        order.append(report.place)
        vote(voter, report, choice)
    return order


def test_by_chance_everybody_gets_every_report_once_in_an_order_of_their_own(
    team: people.Team, found: list[Report], at: Stage
) -> None:
    anns, bos = screened(team, team.ann), screened(team, team.bo)
    places = sorted(report.place for report in found)
    assert sorted(anns) == sorted(bos) == places
    assert places not in (anns, bos) and anns != bos
    assert anns == sorted(anns, key=lambda place: queue_place(at, team.ann.pk, place))


@pytest.mark.parametrize("choice", ["include", "exclude"])
def test_the_order_of_chance_does_not_follow_a_colleagues_votes(
    team: people.Team, found: list[Report], at: Stage, choice: str
) -> None:
    screened(team, team.bo, 12, choice)
    order = screened(team, team.ann)
    assert order == sorted(order, key=lambda place: queue_place(at, team.ann.pk, place))


def test_what_arrives_later_comes_behind_and_nobodys_report_changes(
    team: people.Team, found: list[Report], at: Stage
) -> None:
    before = screened(team, team.ann, 10)
    now = next_report(team.ann, team.review)
    factories.reports(factories.search(team.review, source="Embase"), 10, first=5001)
    assert next_report(team.ann, team.review) == now
    rest = screened(team, team.ann, 50)
    assert len({*before, *rest}) == 35


def test_of_many_reports_only_the_next_are_looked_for_and_none_is_missed(
    team: people.Team, found: list[Report], at: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = next_for(team.ann, at, 25)
    monkeypatch.setattr(assignment, "FEW", 5)
    monkeypatch.setattr(assignment, "SOME", 4)
    assert next_for(team.ann, at, 25) == whole
    assert next_for(team.ann, at, 7) == whole[:7]
    assert sorted(screened(team, team.ann)) == sorted(report.place for report in found)


def test_by_arrival_the_oldest_comes_first(team: people.Team, found: list[Report]) -> None:
    assert screened(team, team.ann, 8) == [report.place for report in found[:8]]
