"""How many statements the hot pages may send to the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from review.models import Report
from review.services.studies import link_reports
from screening.models import Decision, Seat
from screening.services.seats import BATCH
from tests import factories, people
from tests.screening.pages import paper

NEXT_REPORT = 8
DECISION = 12

pytestmark = pytest.mark.django_db


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was sent, without the frame of the transaction itself."""
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    sent = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in sent if not sql.startswith(frame)]


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 30)


@pytest.fixture
def ann(team: people.Team) -> Client:
    client = Client()
    client.force_login(team.ann)
    return client


def sent_by(act: Callable[[], object]) -> list[str]:
    """The statements of an act; a failing test shows them."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return statements(captured)


def queue(team: people.Team, at: str) -> str:
    return reverse("screening:queue", args=[team.review.slug, at])


def test_the_next_report_on_title_and_abstract(
    team: people.Team, reports: list[Report], ann: Client
) -> None:
    address = queue(team, "title_abstract")
    ann.post(*paper(ann, address, "include"))
    assert len(sent_by(lambda: ann.get(address))) <= NEXT_REPORT


def test_claiming_a_batch_of_seats_happens_once_per_batch(
    team: people.Team, reports: list[Report], ann: Client
) -> None:
    address = queue(team, "title_abstract")
    claiming = sent_by(lambda: ann.get(address))
    assert Seat.objects.count() == BATCH
    for _ in range(BATCH):
        assert len(sent_by(lambda: ann.get(address))) <= NEXT_REPORT
        ann.post(*paper(ann, address, "include"))
    assert len(claiming) <= NEXT_REPORT + 4 * BATCH


def test_the_next_full_text_of_a_study_with_other_reports(
    team: people.Team, reports: list[Report], ann: Client
) -> None:
    for report in reports[:3]:
        factories.hold(factories.include_on_abstract(report, team.ann, team.bo), team.lead)
    keys = [report.pk for report in reports[:3]]
    link_reports(review=team.review, reports=keys, actor=team.lead, label="Younger 2013")
    address = queue(team, "full_text")
    ann.post(*paper(ann, address, "include"))
    assert "Other reports of this study" in ann.get(address).content.decode()
    assert len(sent_by(lambda: ann.get(address))) <= NEXT_REPORT


@pytest.mark.parametrize("mine", ["include", "exclude", "maybe"])
@pytest.mark.parametrize("colleague", [None, "include", "exclude"])
def test_a_decision_on_title_and_abstract(
    team: people.Team, reports: list[Report], ann: Client, colleague: str | None, mine: str
) -> None:
    if colleague:
        factories.vote(team.bo, reports[0], colleague)
    sent = paper(ann, queue(team, "title_abstract"), mine)
    assert len(sent_by(lambda: ann.post(*sent))) <= DECISION
    assert Decision.objects.filter(actor=team.ann, report=reports[0]).exists()


@pytest.mark.parametrize("votes_needed", [1, 2])
@pytest.mark.parametrize("theirs", ["Wrong population", "Wrong study design", ""])
def test_a_decision_on_a_full_text(
    team: people.Team, reports: list[Report], ann: Client, theirs: str, votes_needed: int
) -> None:
    team.review.stages.filter(name="full_text").update(votes_needed=votes_needed)
    report = factories.include_on_abstract(reports[0], team.ann, team.bo)
    factories.hold(report, team.lead)
    if votes_needed == 2:
        choice = "exclude" if theirs else "include"
        factories.vote(team.bo, report, choice, at="full_text", reason=theirs)
    reason = team.review.reasons.get(label="Wrong study design").pk
    sent = paper(ann, queue(team, "full_text"), "exclude", reason=reason)
    assert len(sent_by(lambda: ann.post(*sent))) <= DECISION
    assert Decision.objects.filter(actor=team.ann, stage__name="full_text").exists()


def test_a_changed_decision(team: people.Team, reports: list[Report], ann: Client) -> None:
    factories.vote(team.ann, reports[0], "include")
    factories.vote(team.bo, reports[0], "exclude")
    again = reverse("screening:vote", args=[team.review.slug, "title_abstract", reports[0].pk])
    sent = paper(ann, again, "exclude")
    assert len(sent_by(lambda: ann.post(*sent))) <= DECISION
    reports[0].refresh_from_db()
    assert reports[0].position == "excluded"
