"""The page of progress: everybody's votes for a lead, a reviewer's own, and what is left."""

from __future__ import annotations

import re

import pytest

from review.models import Report
from screening.models import Decision
from screening.services.votes import withdraw_vote
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import signed_in, url

pytestmark = pytest.mark.django_db
STAGE = "title_abstract"


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    found = factories.reports(factories.search(team.review), 10)
    for report in found[:4]:
        vote(team.ann, report, "exclude")
    vote(team.bo, found[0], "exclude")
    vote(team.bo, found[1], "include")
    return found


def shown(team: people.Team, who: people.User) -> str:
    page = signed_in(who).get(url("progress", team.review, STAGE))
    assert page.status_code == 200
    text = " ".join(page.content.decode().split())
    return re.sub(r" ?(<[^>]+>) ?", r"\1", text[text.index("<h1") :])


def test_a_lead_sees_everybodys_votes_and_what_is_left(
    team: people.Team, reports: list[Report]
) -> None:
    page = shown(team, team.lead)
    assert "<dt>Reports that wait for votes</dt><dd>8</dd>" in page
    assert "<dt>Votes still needed</dt><dd>14</dd>" in page  # of 16, two are cast
    assert '<th scope="col" class="number">Ann</th><th scope="col" class="number">Bo</th>' in page
    assert '<td class="number">4</td><td class="number">2</td>' in page
    assert "<dt>Votes a day, over 1 day</dt><dd>6.0</dd>" in page


def test_a_reviewer_sees_their_own_only(team: people.Team, reports: list[Report]) -> None:
    page = shown(team, team.ann)
    assert "<dt>Reports that wait for you</dt><dd>6</dd>" in page
    assert ">Bo<" not in page
    assert "Votes still needed" not in page


def test_a_lead_who_votes_is_a_voter(team: people.Team, reports: list[Report]) -> None:
    team.review.memberships.filter(user=team.lead).update(is_reviewer=True)
    page = shown(team, team.lead)
    assert ">Ann<" not in page
    assert "hidden from who votes here" in page


def test_a_reviewers_page_is_the_same_whatever_a_colleague_did(
    team: people.Team, reports: list[Report]
) -> None:
    before = shown(team, team.ann)
    vote(team.bo, reports[5], "exclude")
    vote(team.bo, reports[2], "include")
    assert shown(team, team.ann) == before


def test_a_changed_vote_is_one_vote(team: people.Team, reports: list[Report]) -> None:
    first = Decision.objects.get(actor=team.ann, report=reports[3])
    withdraw_vote(voter=team.ann, decision=first, nonce="back")
    vote(team.ann, reports[3], "include")
    assert '<td class="number">4</td><td class="number">2</td>' in shown(team, team.lead)


def test_without_votes_the_page_says_so(team: people.Team) -> None:
    assert "No votes yet" in shown(team, team.lead)


def test_who_neither_leads_nor_votes_is_refused(team: people.Team) -> None:
    page = signed_in(team.observer).get(url("progress", team.review, STAGE))
    assert page.status_code == 403
