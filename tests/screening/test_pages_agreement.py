"""The page of agreement: from complete votes only, with what a methods section needs."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from review.models import Report
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 12)


def screen(team: people.Team, reports: list[Report], *votes: tuple[str, str]) -> None:
    for report, (ann, bo) in zip(reports, votes, strict=False):
        vote(team.ann, report, ann)
        if bo:
            vote(team.bo, report, bo)


def shown(team: people.Team, query: str = "") -> str:
    page = signed_in(team.observer).get(url("agreement", team.review, "title_abstract") + query)
    return " ".join(page.content.decode().split())


def test_each_pair_stands_with_its_coefficients(team: people.Team, reports: list[Report]) -> None:
    alike = [("exclude", "exclude")] * 7 + [("include", "include")] * 2
    screen(team, reports, *alike, ("include", "exclude"))
    page = shown(team)
    assert "Ann and Bo" in page
    assert "90 %" in page
    assert "0.74 (0.26 to 1.21)" in page  # kappa; its interval is not cut
    assert "0.80 (0.37 to 1.00)" in page  # PABAK


def test_a_report_whose_votes_are_incomplete_is_not_counted(
    team: people.Team, reports: list[Report]
) -> None:
    screen(team, reports, ("include", ""))
    assert "Nothing to compare yet" in shown(team)


def test_where_everybody_excluded_kappa_is_not_estimable(
    team: people.Team, reports: list[Report]
) -> None:
    screen(team, reports, *[("exclude", "exclude")] * 3)
    assert "not estimable" in shown(team)


def test_the_reader_chooses_what_maybe_counts_as(team: people.Team, reports: list[Report]) -> None:
    screen(team, reports, ("maybe", "include"), ("maybe", "exclude"), ("include", "include"))
    assert "67 %" in shown(team)
    assert "67 %" in shown(team, "?maybe=exclude")
    assert "Maybe counts as <strong>exclude</strong>" in shown(team, "?maybe=exclude")


def test_the_table_says_who_with_whom_and_how_often(
    team: people.Team, reports: list[Report]
) -> None:
    screen(team, reports, ("include", "exclude"), ("exclude", "exclude"))
    address = url("agreement_table", team.review, "title_abstract")
    answer = signed_in(team.lead).get(address)
    (row,) = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    assert (row["first reviewer"], row["second reviewer"]) == ("ann@example.org", "bo@example.org")
    assert (row["reports"], row["first includes alone"], row["both exclude"]) == ("2", "1", "1")
    assert float(row["share alike"]) == 0.5
    assert "ldn-title_abstract-agreement.csv" in answer["Content-Disposition"]


def test_three_reviewers_make_three_pairs_and_a_line_for_all(
    team: people.Team, reports: list[Report]
) -> None:
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    for number, pair in enumerate([(team.ann, team.bo), (team.ann, cy), (team.bo, cy)]):
        for person in pair:
            vote(person, reports[number], "exclude")
    page = shown(team)
    assert "All pairs together" in page
    assert "Ann and Cy" in page
    assert "Bo and Cy" in page
