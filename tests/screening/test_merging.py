"""Late duplicates: votes of all copies count, and a split gives each report its own back.

The rules are those of prisma.md section 4: rule 6.
"""

from __future__ import annotations

from itertools import product

import pytest

from review.errors import WrongPosition
from review.models import Merge, Move, Pair, Record, Report
from review.services.studies import link_reports
from screening.audit import differences
from screening.models import Decision, Seat, SeatState, Standing
from screening.services.merging import merge_reports, settle_pair, split_reports, survivor_first
from screening.services.settle import Ruling, settle
from screening.services.votes import Ballot, cast_vote, withdraw_vote
from tests import factories, people
from tests.factories import next_report, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def pair(team: people.Team) -> tuple[Report, Report]:
    first, second = factories.reports(factories.search(team.review), 2)
    return first, second


def merge(team: people.Team, survivor: Report, absorbed: Report) -> Merge:
    made = merge_reports(survivor=survivor, absorbed=absorbed, why="Same trial", actor=team.lead)
    survivor.refresh_from_db()
    absorbed.refresh_from_db()
    assert list(differences(team.review)) == []
    return made


def split(team: people.Team, made: Merge, *reports: Report) -> None:
    split_reports(merge=made, actor=team.lead)
    for report in reports:
        report.refresh_from_db()
    assert list(differences(team.review)) == []


def status(report: Report, at: str = "title_abstract") -> str:
    standing = Standing.objects.filter(report=report, stage__name=at).first()
    return standing.status if standing else ""


VOTES = {"include": "sought", "exclude": "excluded"}


@pytest.mark.parametrize(("ann", "bo"), list(product(VOTES, VOTES)))
def test_one_vote_on_each_copy_is_two_votes_on_the_report(
    team: people.Team, pair: tuple[Report, Report], ann: str, bo: str
) -> None:
    first, second = pair
    vote(team.ann, first, ann)
    vote(team.bo, second, bo)
    merge(team, first, second)
    if ann == bo:
        assert (first.position, status(first)) == (VOTES[ann], "final")
    else:
        assert (first.position, status(first)) == ("screening", "conflict")
    assert second.position is None and second.survivor == first


def test_copies_decided_differently_are_a_conflict(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    cy, dee = people.person("cy@example.org"), people.person("dee@example.org")
    for voter in (team.ann, team.bo):
        vote(voter, first, "exclude")
    for voter in (cy, dee):
        vote(voter, second, "include")
    merge(team, first, second)
    assert (first.position, status(first)) == ("screening", "conflict")


def test_one_person_who_voted_differently_on_two_copies_is_a_conflict(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    vote(team.ann, first, "include")
    vote(team.ann, second, "exclude")
    vote(team.bo, second, "exclude")
    merge(team, first, second)
    assert (first.position, status(first)) == ("screening", "conflict")


@pytest.mark.parametrize("further_survives", [True, False])
def test_if_the_decisions_agree_the_furthest_position_stands(
    team: people.Team, pair: tuple[Report, Report], further_survives: bool
) -> None:
    behind, further = pair
    factories.hold(factories.include_on_abstract(further, team.ann, team.bo), team.lead)
    vote(team.ann, further, "include", at="full_text")
    vote(team.bo, further, "include", at="full_text")
    vote(team.ann, behind, "include")
    survivor, absorbed = (further, behind) if further_survives else (behind, further)
    merge(team, survivor, absorbed)
    assert survivor.position == "included"


def test_a_full_text_exclusion_keeps_its_reason_in_a_merge_and_a_split(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    factories.hold(factories.include_on_abstract(second, team.ann, team.bo), team.lead)
    for voter in (team.ann, team.bo):
        vote(voter, second, "exclude", at="full_text", reason="Wrong population")
    vote(team.ann, first, "include")
    made = merge(team, first, second)
    assert (first.position, str(first.reason)) == ("excluded_full_text", "Wrong population")
    moves = Move.objects.filter(report=first).values_list("target", flat=True)
    assert list(moves) == ["screening", "excluded_full_text"]
    split(team, made, first, second)
    assert (first.position, first.reason) == ("screening", None)
    assert (second.position, str(second.reason)) == ("excluded_full_text", "Wrong population")


def test_a_split_gives_each_report_its_records_votes_and_position_back(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    vote(team.ann, first, "exclude")
    vote(team.bo, first, "exclude")
    vote(team.ann, second, "include")
    records = {r.pk: set(r.records.values_list("pk", flat=True)) for r in pair}
    before = [(r.pk, _state(r)) for r in pair]
    made = merge(team, first, second)
    assert set(first.records.values_list("pk", flat=True)) == set.union(*records.values())
    split(team, made, first, second)
    assert {r.pk: set(r.records.values_list("pk", flat=True)) for r in pair} == records
    assert [(r.pk, _state(r)) for r in pair] == before
    assert not Record.objects.filter(report__position=None).exists()


def _state(report: Report) -> tuple[object, ...]:
    report.refresh_from_db()
    votes = Decision.objects.on(report, factories.stage(report.review)).heads()
    seats = Seat.objects.filter(report=report, state=SeatState.DONE).order_by("reviewer")
    return (
        report.position,
        status(report),
        [(d.actor_id, d.choice) for d in votes],
        list(seats.values_list("reviewer", flat=True)),
    )


def test_a_survivor_without_votes_of_its_own_is_screened_again_after_the_split(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    factories.include_on_abstract(second, team.ann, team.bo)
    made = merge(team, first, second)
    assert (first.position, status(first)) == ("sought", "final")
    split(team, made, first, second)
    assert (first.position, status(first)) == ("screening", "pending")
    assert (second.position, status(second)) == ("sought", "final")
    assert next_report(team.ann, team.review) == first


def test_after_a_merge_nobody_is_asked_for_a_vote_that_is_not_needed(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    first, second = pair
    vote(team.ann, first, "include")
    assert next_report(cy, team.review) == first
    vote(team.bo, second, "exclude")
    merge(team, first, second)
    assert status(first) == "conflict"
    for person in (team.ann, team.bo, cy):
        assert next_report(person, team.review) is None


def test_one_person_on_both_copies_is_one_voter_and_a_second_is_asked(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    vote(team.ann, first, "include")
    vote(team.ann, second, "include")
    merge(team, first, second)
    assert status(first) == "pending"
    assert next_report(team.bo, team.review) == first
    vote(team.bo, first, "include")
    first.refresh_from_db()
    assert first.position == "sought"


def test_who_voted_on_a_copy_can_change_that_vote_on_the_report(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    vote(team.ann, first, "include")
    on_copy = vote(team.bo, second, "exclude")
    merge(team, first, second)
    at = factories.stage(team.review)
    cast_vote(voter=team.bo, stage=at, ballot=Ballot(first.pk, "include", "n"))
    first.refresh_from_db()
    assert first.position == "sought"
    assert not Decision.objects.heads().filter(pk=on_copy.pk).exists()


def test_a_vote_on_a_copy_can_be_taken_back_and_the_report_asked_for_again(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    vote(team.ann, first, "include")
    on_copy = vote(team.bo, second, "exclude")
    merge(team, first, second)
    withdraw_vote(voter=team.bo, decision=on_copy, nonce="w")
    assert status(first) == "pending"
    assert next_report(team.bo, team.review) == first


def test_three_voters_of_two_copies_may_all_change_their_votes(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    cy = people.person("cy@example.org")
    vote(team.ann, first, "include")
    vote(team.bo, first, "include")
    vote(cy, second, "exclude")
    merge(team, first, second)
    assert status(first) == "conflict"
    at = factories.stage(team.review)
    cast_vote(voter=cy, stage=at, ballot=Ballot(first.pk, "include", "n"))
    first.refresh_from_db()
    assert first.position == "sought"


def test_a_settled_copy_does_not_silence_the_other_copys_own_decision(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    vote(team.ann, first, "include")
    last = vote(team.bo, first, "exclude")
    at = factories.stage(team.review)
    ruling = Ruling("exclude", "Children", last.pk, "n")
    settle(adjudicator=team.adjudicator, report=first, stage=at, ruling=ruling)
    for voter in (team.ann, team.bo):
        vote(voter, second, "include")
    merge(team, first, second)
    assert (first.position, status(first)) == ("screening", "conflict")


def test_a_conflict_of_copies_can_be_settled_for_all_of_them(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    vote(team.ann, first, "include")
    vote(team.bo, second, "exclude")
    merge(team, first, second)
    at = factories.stage(team.review)
    seen = Standing.objects.get(report=first).last_id
    ruling = Ruling("include", "It is pain", seen, "n")  # type: ignore[arg-type]
    settle(adjudicator=team.adjudicator, report=first, stage=at, ruling=ruling)
    first.refresh_from_db()
    assert first.position == "sought"


def test_the_full_text_held_of_a_copy_is_held_of_the_report(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    factories.hold(factories.include_on_abstract(second, team.ann, team.bo), team.lead)
    vote(team.ann, first, "include")
    merge(team, first, second)
    assert first.position == "assessing"
    assert next_report(team.ann, team.review, at="full_text") == first


def test_a_survivor_takes_the_place_of_its_copy_in_the_study(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    factories.include_on_abstract(second, team.ann, team.bo)
    study = link_reports(
        review=team.review, reports=[second.pk], actor=team.lead, label="Younger 2013"
    )
    merge(team, first, second)
    assert first.study == study


def test_three_copies_merge_and_split_in_any_order(team: people.Team) -> None:
    one, two, three = factories.reports(factories.search(team.review), 3)
    vote(team.ann, three, "include")
    inner = merge(team, two, three)
    outer = merge(team, one, two)
    three.refresh_from_db()
    assert three.survivor == one
    vote(team.bo, one, "include")
    one.refresh_from_db()
    assert one.position == "sought"
    with pytest.raises(WrongPosition):
        split_reports(merge=inner, actor=team.lead)
    split(team, outer, one, two)
    assert (one.position, two.position) == ("screening", "screening")
    split(team, inner, two, three)
    assert [r.position for r in (one, two, three)] == ["screening"] * 3
    assert [status(r) for r in (one, two, three)] == ["pending"] * 3


def test_a_merge_sent_twice_is_refused_with_a_sentence(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    merge(team, *pair)
    with pytest.raises(WrongPosition, match="already"):
        merge_reports(survivor=pair[0], absorbed=pair[1], why="Same", actor=team.lead)
    with pytest.raises(WrongPosition):
        merge_reports(survivor=pair[0], absorbed=pair[0], why="Same", actor=team.lead)


def test_the_report_that_people_worked_on_survives(
    pair: tuple[Report, Report], team: people.Team
) -> None:
    first, second = pair
    assert survivor_first(second, first) == (first, second)
    vote(team.ann, second, "include")
    second.refresh_from_db()
    assert survivor_first(first, second) == (second, first)


@pytest.mark.parametrize(("answer", "live"), [("same", 1), ("different", 2)])
def test_a_pair_is_answered_once_for_all(
    team: people.Team, pair: tuple[Report, Report], answer: str, live: int
) -> None:
    first, second = pair
    asked = Pair.objects.create(review=team.review, first=first, second=second, why="Same DOI")
    settle_pair(pair=asked, answer=answer, actor=team.ann)
    assert Report.objects.of(team.review).count() == live
    assert not Pair.objects.unanswered(team.review).exists()


def test_every_step_of_a_merge_and_a_split_stands_in_the_ledger(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    made = merge(team, first, second)
    split(team, made, first, second)
    moves = Move.objects.filter(report=second).values_list("origin", "target")
    assert list(moves) == [(None, "screening"), ("screening", None), (None, "screening")]
