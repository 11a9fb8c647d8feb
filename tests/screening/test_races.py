"""Several people in the same instant, on the database that the settings name.

Threads start together at a barrier, each with a connection and a browser session of its own.
Marked ``both``: the suite runs it a second time on PostgreSQL.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import ModuleType
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from review.errors import ReviewError
from review.models import Move, Report, User
from screening.audit import differences
from screening.errors import AlreadyComplete, AlreadyDecided, AlreadySettled
from screening.models import Decision, Kind, Seat, SeatState, Standing
from screening.services import settle as settling
from screening.services import votes
from screening.services.seats import claim_seats
from screening.services.settle import Ruling, settle
from screening.services.votes import Ballot, cast_vote, withdraw_vote
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import paper

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]

Answer = TypeVar("Answer")


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def cy(team: people.Team) -> User:
    third = people.person("cy@example.org")
    people.member(team.review, third, "reviewer")
    return third


@pytest.fixture(autouse=True)
def consistent(team: people.Team) -> Iterator[None]:
    """After every race what is derived equals what the history says."""
    yield
    assert list(differences(team.review)) == []


def reports(team: people.Team, n: int) -> list[Report]:
    return factories.reports(factories.search(team.review), n)


def at_once(*acts: Callable[[], Answer]) -> list[Answer | ReviewError]:
    """Run these in as many threads, started by one signal; results or the domain's errors."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer | ReviewError:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            return act()
        except ReviewError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def voting(voter: User, report: Report, choice: str, nonce: str = "") -> Callable[[], Decision]:
    at = factories.stage(report.review)
    sent = Ballot(report.pk, choice, nonce or f"{voter.pk}-{report.pk}", revision=report.face_id)
    return lambda: cast_vote(voter=voter, stage=at, ballot=sent)


def meet(monkeypatch: pytest.MonkeyPatch, module: ModuleType, step: str) -> None:
    """Let two threads meet before this step, if nothing keeps one of them from getting there.

    Races that a fast machine would win by luck are then lost whenever they can be lost.
    """
    barrier, original = threading.Barrier(2), getattr(module, step)

    def met(*args: Any, **kwargs: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(1)
        return original(*args, **kwargs)

    monkeypatch.setattr(module, step, met)


def test_two_votes_cannot_both_be_judged_without_the_other(
    team: people.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    (report,) = reports(team, 1)
    meet(monkeypatch, votes, "in_force")  # the first step under the lock
    at_once(voting(team.ann, report, "include"), voting(team.bo, report, "exclude"))
    standing = Standing.objects.get(report=report)
    assert (standing.status, standing.votes) == ("conflict", 2)


def test_a_click_that_passes_the_replay_check_beside_its_twin_is_no_error(
    team: people.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    (report,) = reports(team, 1)
    meet(monkeypatch, votes, "lock_reports")
    click = voting(team.ann, report, "include", "the same click")
    first, second = at_once(click, click)
    assert first == second == Decision.objects.get()


def test_a_settlement_clicked_twice_in_the_same_instant_is_no_error(
    team: people.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    (report,) = reports(team, 1)
    vote(team.ann, report, "include")
    last = vote(team.bo, report, "exclude")
    at, ruling = factories.stage(team.review), Ruling("include", "Because", last.pk, "same click")

    def click() -> Decision:
        return settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=ruling)

    meet(monkeypatch, settling, "lock_reports")
    first, second = at_once(click, click)
    assert first == second == Decision.objects.get(kind=Kind.SETTLE)


@pytest.mark.parametrize(
    ("ann", "bo", "position", "status"),
    [
        ("include", "include", "sought", "final"),
        ("exclude", "exclude", "excluded", "final"),
        ("include", "exclude", "screening", "conflict"),
    ],
)
def test_two_reviewers_in_the_same_instant_agree_or_conflict(
    team: people.Team, ann: str, bo: str, position: str, status: str
) -> None:
    for report in reports(team, 8):
        at_once(voting(team.ann, report, ann), voting(team.bo, report, bo))
        report.refresh_from_db()
        standing = Standing.objects.get(report=report)
        assert (report.position, standing.status, standing.votes) == (position, status, 2)
        assert Move.objects.filter(report=report, target=position).count() == 1


def test_a_decision_clicked_twenty_times_is_stored_once(team: people.Team) -> None:
    (report,) = reports(team, 1)
    clicks = [voting(team.ann, report, "include", "the same click")] * 20
    answers = at_once(*clicks)
    assert {answer.pk for answer in answers if isinstance(answer, Decision)} == {
        Decision.objects.get().pk
    }
    assert all(isinstance(answer, Decision) for answer in answers)


def test_a_double_click_through_the_page_is_stored_once_and_looks_like_success(
    team: people.Team,
) -> None:
    reports(team, 3)
    client = Client()
    client.force_login(team.ann)
    address = reverse("screening:queue", args=[team.review.slug, "title_abstract"])
    sent = paper(client, address, "exclude")
    cookies = client.cookies

    def click() -> int:
        again = Client()
        again.cookies = cookies
        return again.post(*sent).status_code

    assert at_once(*[click] * 20) == [303] * 20
    assert Decision.objects.count() == 1


def test_the_same_person_in_two_windows_gets_one_vote_and_one_refusal(team: people.Team) -> None:
    (report,) = reports(team, 1)
    answers = at_once(
        voting(team.ann, report, "include", "one"), voting(team.ann, report, "exclude", "two")
    )
    refused = [answer for answer in answers if isinstance(answer, AlreadyDecided)]
    assert len(refused) == 1 and Decision.objects.count() == 1


def test_of_three_reviewers_in_the_same_instant_the_third_is_told(
    team: people.Team, cy: User
) -> None:
    for report in reports(team, 5):
        answers = at_once(*[voting(who, report, "include") for who in (team.ann, team.bo, cy)])
        refused = [answer for answer in answers if isinstance(answer, ReviewError)]
        assert [type(error) for error in refused] == [AlreadyComplete]
        assert Decision.objects.filter(report=report).count() == 2
        assert Standing.objects.get(report=report).status == "final"


def test_claims_in_the_same_instant_seat_no_more_than_needed(team: people.Team, cy: User) -> None:
    found = reports(team, 12)
    at = factories.stage(team.review)
    claims = [
        lambda who=who: claim_seats(reviewer=who, stage=at)  # type: ignore[misc]
        for who in (team.ann, team.bo, cy)
        for _ in range(3)
    ]
    at_once(*claims)
    for report in found:
        held = Seat.objects.filter(report=report).exclude(state=SeatState.RELEASED)
        assert held.count() <= 2
        assert len({seat.reviewer_id for seat in held}) == held.count()


def test_two_adjudicators_in_the_same_instant_settle_once(team: people.Team) -> None:
    (report,) = reports(team, 1)
    vote(team.ann, report, "include")
    last = vote(team.bo, report, "exclude")
    dee = people.person("dee@example.org")
    at = factories.stage(team.review)

    def ruled_by(who: User, choice: str) -> Callable[[], Decision]:
        ruling = Ruling(choice, "Because", last.pk, f"nonce of {who.pk}")
        return lambda: settle(adjudicator=who, report=report, stage=at, ruling=ruling)

    answers = at_once(ruled_by(team.adjudicator, "include"), ruled_by(dee, "exclude"))
    assert len([answer for answer in answers if isinstance(answer, AlreadySettled)]) == 1
    assert Decision.objects.filter(kind=Kind.SETTLE).count() == 1


def test_a_settlement_and_a_vote_taken_back_in_the_same_instant_exclude_each_other(
    team: people.Team,
) -> None:
    at = factories.stage(team.review)
    for report in reports(team, 5):
        vote(team.ann, report, "include")
        last = vote(team.bo, report, "exclude")
        ruling = Ruling("include", "Because", last.pk, f"s{report.pk}")

        def ruling_on(report: Report = report, ruling: Ruling = ruling) -> Decision:
            return settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=ruling)

        def taking_back(last: Decision = last) -> Decision:
            return withdraw_vote(voter=team.bo, decision=last, nonce=f"w{last.pk}")

        answers = at_once(ruling_on, taking_back)
        assert len([answer for answer in answers if isinstance(answer, ReviewError)]) == 1
        report.refresh_from_db()
        status = Standing.objects.get(report=report).status
        assert (report.position, status) in {("sought", "final"), ("screening", "pending")}
