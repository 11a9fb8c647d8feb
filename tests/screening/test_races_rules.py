"""Votes in the same instant as a lock, a closing, a change of rules: on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from review.errors import ReviewError, Stale
from review.models import Report, Stage
from review.models.jobs import State
from review.services.stages import set_rules
from screening.audit import differences
from screening.errors import StageShut, StillOpen
from screening.models import Decision, RuleChange, Standing
from screening.services import rules, votes
from screening.services import stages as turning
from screening.services.rules import change_rules, undo_change
from screening.services.seats import claim_seats
from screening.services.stages import turn_stage
from screening.services.votes import withdraw_vote
from tests import factories, people
from tests.factories import vote
from tests.screening.test_races import at_once, meet, reports, voting

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture(autouse=True)
def consistent(team: people.Team) -> Iterator[None]:
    """After every race what is derived equals what the history and the rules in force say."""
    yield
    assert list(differences(team.review)) == []


def stage(team: people.Team) -> Stage:
    return factories.stage(team.review)


def turning_to(team: people.Team, state: str) -> Callable[[], object]:
    at = stage(team)
    return lambda: turn_stage(stage=at, state=state, reason="Now", actor=team.lead)


def changing(team: people.Team, **values: object) -> Callable[[], RuleChange]:
    at = stage(team)
    latest = RuleChange.objects.filter(stage=at).order_by("-pk").first()
    seen = latest.pk if latest else 0
    return lambda: change_rules(
        stage=at, values=values, seen=seen, actor=team.lead, reason="Because"
    )


def hold_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a vote that has read the rules wait until they are changed, where a lock allows it.

    The change waits, too, before it judges the reports again: both then run on at once.
    """
    barrier = threading.Barrier(2)
    read, judge = votes.in_force, rules.judge_again

    def wait() -> None:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(2)

    def read_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        wait()
        return found

    def wait_and_judge(*args: Any) -> None:
        wait()
        judge(*args)

    monkeypatch.setattr(votes, "in_force", read_and_wait)
    monkeypatch.setattr(rules, "judge_again", wait_and_judge)


def standing(report: Report) -> tuple[str | None, str, int]:
    report.refresh_from_db()
    found = Standing.objects.get(report=report)
    return report.position, found.status, found.votes


@pytest.mark.parametrize("step", ["lock_reports", "in_force"])
def test_a_vote_and_a_lock_in_the_same_instant_one_comes_first(
    team: people.Team, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (report,) = reports(team, 1)
    meet(monkeypatch, votes, step)
    meet(monkeypatch, turning, "lock_all_reports")
    cast, locked = at_once(voting(team.ann, report, "include"), turning_to(team, "locked"))
    assert not isinstance(locked, ReviewError)
    assert stage(team).state == "locked"
    assert isinstance(cast, StageShut) is not Decision.objects.exists()


def test_what_votes_while_a_stage_is_locked_and_unlocked_is_stored_or_told(
    team: people.Team,
) -> None:
    found = reports(team, 6)
    acts = [voting(who, each, "include") for each in found for who in (team.ann, team.bo)]
    answers = at_once(turning_to(team, "locked"), *acts)
    refused = [each for each in answers if isinstance(each, StageShut)]
    assert Decision.objects.count() == len(acts) - len(refused)
    turning_to(team, "open")()
    at_once(*acts)  # each sends the same page again
    assert Decision.objects.count() == len(acts)
    assert {standing(each) for each in found} == {("sought", "final", 2)}


def test_a_stage_is_not_closed_over_a_vote_that_is_taken_back_in_the_same_instant(
    team: people.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    (report,) = reports(team, 1)
    vote(team.ann, report, "exclude")
    mine = vote(team.bo, report, "exclude")
    meet(monkeypatch, votes, "in_force")
    meet(monkeypatch, turning, "lock_all_reports")

    def taking_back() -> Decision:
        return withdraw_vote(voter=team.bo, decision=mine, nonce="w")

    back, closed = at_once(taking_back, turning_to(team, "closed"))
    if isinstance(closed, StillOpen):
        assert (stage(team).state, standing(report)[1]) == ("open", "pending")
    else:
        assert isinstance(back, StageShut)
        assert (stage(team).state, standing(report)[1]) == ("closed", "final")


@pytest.mark.parametrize(
    ("former", "now", "after"),
    [(2, 1, ("sought", "final", 1)), (1, 2, ("screening", "pending", 1))],
)
def test_a_first_vote_in_the_instant_of_a_change_is_counted_by_the_new_rules(
    team: people.Team,
    monkeypatch: pytest.MonkeyPatch,
    former: int,
    now: int,
    after: tuple[str, str, int],
) -> None:
    """The report has no vote yet, so nothing but its lock could tell that one is on its way."""
    set_rules(stage=stage(team), actor=None, votes_needed=former)
    (report,) = reports(team, 1)
    hold_up(monkeypatch)
    cast, changed = at_once(voting(team.ann, report, "include"), changing(team, votes_needed=now))
    assert isinstance(cast, Decision) and isinstance(changed, RuleChange)
    assert changed.job is not None and changed.job.state == State.DONE
    assert standing(report) == after


def test_many_votes_during_a_change_and_its_undoing_lose_nothing(team: people.Team) -> None:
    found = reports(team, 8)
    for report in found[:4]:
        vote(team.ann, report, "include")
    at_once(
        changing(team, votes_needed=1),
        *[voting(team.bo, each, "exclude") for each in found[2:6]],
        *[voting(team.ann, each, "exclude") for each in found[4:]],
    )
    cast = Decision.objects.filter(kind="vote").count()
    undo = RuleChange.objects.get()
    at_once(
        lambda: undo_change(change=undo, actor=team.lead),
        *[voting(team.bo, each, "include") for each in found[6:]],
    )
    assert Decision.objects.filter(kind="vote").count() >= cast
    for report in found:
        status = Standing.objects.get(report=report)
        assert (status.status == "pending") == (status.votes < 2)


def test_of_two_leads_in_the_same_instant_one_is_told(team: people.Team) -> None:
    reports(team, 1)
    answers = at_once(changing(team, votes_needed=1), changing(team, votes_needed=3))
    assert len([each for each in answers if isinstance(each, Stale)]) == 1
    assert RuleChange.objects.count() == 1
    assert stage(team).votes_needed == RuleChange.objects.get().event.new["votes_needed"]


def test_claims_in_the_instant_of_a_change_seat_no_more_than_needed_then(
    team: people.Team,
) -> None:
    reports(team, 5)
    at = stage(team)
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    claims = [
        lambda who=who: claim_seats(reviewer=who, stage=at)  # type: ignore[misc]
        for who in (team.ann, team.bo, cy)
    ]
    at_once(changing(team, votes_needed=1), *claims)
    claimed = at_once(*claims)  # with a stage that is older than the change
    assert not [each for each in claimed if isinstance(each, ReviewError)]
