"""Votes: cast, changed and taken back, each stored once; what they do to a report."""

from __future__ import annotations

import dataclasses
import secrets

import pytest
from django.db import DatabaseError, transaction

from review.errors import Incomplete, NotAllowed
from review.models import Move, Position, Report, Review
from review.services.protocol import set_criteria
from review.services.retrieval import record_attempt
from review.services.stages import set_rules
from screening.errors import AlreadyComplete, AlreadyDecided, AlreadySettled, MovedOn
from screening.models import Decision, Seat, SeatState, Standing
from screening.services.settle import Ruling, settle
from screening.services.votes import Ballot, cast_vote, withdraw_vote
from tests import factories, people
from tests.factories import vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def report(team: people.Team) -> Report:
    return factories.reports(factories.search(team.review), 1)[0]


@pytest.fixture
def assessed(team: people.Team, report: Report) -> Report:
    """The report, included on title and abstract, its full text held."""
    return factories.hold(factories.include_on_abstract(report, team.ann, team.bo), team.lead)


def ballot(report: Report, choice: str, **values: object) -> Ballot:
    defaults: dict[str, object] = {"nonce": secrets.token_hex(8), "revision": report.face_id}
    return Ballot(report=report.pk, choice=choice, **(defaults | values))  # type: ignore[arg-type]


def reason(review: Review, label: str) -> int:
    return review.reasons.get(label=label).pk


def where(report: Report) -> tuple[str | None, str]:
    """Position and standing at title and abstract."""
    report.refresh_from_db()
    at = factories.stage(report.review)
    standing = Standing.objects.filter(report=report, stage=at).first()
    return report.position, standing.status if standing else ""


@pytest.mark.parametrize(
    ("ann", "bo", "position", "status"),
    [
        ("include", "include", "sought", "final"),
        ("include", "maybe", "sought", "final"),
        ("maybe", "maybe", "sought", "final"),
        ("exclude", "exclude", "excluded", "final"),
        ("include", "exclude", "screening", "conflict"),
        ("exclude", "maybe", "screening", "conflict"),
    ],
)
def test_two_votes_decide_or_conflict(
    team: people.Team, report: Report, ann: str, bo: str, position: str, status: str
) -> None:
    vote(team.ann, report, ann)
    assert where(report) == ("screening", "pending")
    vote(team.bo, report, bo)
    assert where(report) == (position, status)


def test_where_one_vote_is_needed_it_decides(team: people.Team, report: Report) -> None:
    set_rules(stage=factories.stage(team.review), actor=None, votes_needed=1)
    vote(team.ann, report, "include")
    assert where(report) == ("sought", "final")


def test_rules_are_those_in_force_when_the_vote_arrives(team: people.Team, report: Report) -> None:
    page_stage = factories.stage(team.review)
    set_rules(stage=factories.stage(team.review), actor=None, votes_needed=1)
    cast_vote(voter=team.ann, stage=page_stage, ballot=ballot(report, "exclude"))
    assert where(report) == ("excluded", "final")


def test_the_same_nonce_is_stored_once_and_answered_with_the_stored_vote(
    team: people.Team, report: Report
) -> None:
    once = ballot(report, "include")
    at = factories.stage(team.review)
    first = cast_vote(voter=team.ann, stage=at, ballot=once)
    assert cast_vote(voter=team.ann, stage=at, ballot=once) == first
    assert Decision.objects.count() == 1


def test_a_replay_after_the_report_was_decided_is_no_error(
    team: people.Team, report: Report
) -> None:
    at = factories.stage(team.review)
    vote(team.ann, report, "exclude")
    once = ballot(report, "exclude")
    first = cast_vote(voter=team.bo, stage=at, ballot=once)
    assert cast_vote(voter=team.bo, stage=at, ballot=once) == first


def test_the_same_nonce_with_another_choice_is_refused_with_what_was_decided(
    team: people.Team, report: Report
) -> None:
    at = factories.stage(team.review)
    once = ballot(report, "include")
    cast_vote(voter=team.ann, stage=at, ballot=once)
    with pytest.raises(AlreadyDecided, match="You already decided: include"):
        cast_vote(voter=team.ann, stage=at, ballot=dataclasses.replace(once, choice="exclude"))
    assert Decision.objects.get().choice == "include"


def test_a_reason_sent_with_an_include_is_dropped_and_its_replay_is_no_error(
    team: people.Team, assessed: Report
) -> None:
    at = factories.stage(team.review, "full_text")
    once = ballot(assessed, "include", reason=reason(team.review, "Wrong population"))
    first = cast_vote(voter=team.ann, stage=at, ballot=once)
    assert first.reason is None
    assert cast_vote(voter=team.ann, stage=at, ballot=once) == first


def test_two_people_may_use_the_same_nonce(team: people.Team, report: Report) -> None:
    at = factories.stage(team.review)
    once = ballot(report, "include")
    cast_vote(voter=team.ann, stage=at, ballot=once)
    cast_vote(voter=team.bo, stage=at, ballot=once)
    assert where(report) == ("sought", "final")


def test_a_second_tab_cannot_overwrite_a_vote_that_it_did_not_know(
    team: people.Team, report: Report
) -> None:
    vote(team.ann, report, "include")
    with pytest.raises(AlreadyDecided):
        vote(team.ann, report, "exclude")
    assert Decision.objects.get().choice == "include"


def test_a_change_is_a_new_row_that_supersedes_the_old(team: people.Team, report: Report) -> None:
    first = vote(team.ann, report, "include")
    vote(team.bo, report, "exclude")
    at = factories.stage(team.review)
    changed = cast_vote(
        voter=team.ann, stage=at, ballot=ballot(report, "exclude", supersedes=first.pk)
    )
    assert changed.supersedes == first
    assert where(report) == ("excluded", "final")
    with pytest.raises(AlreadyDecided):  # the old head is not the head any more
        cast_vote(voter=team.ann, stage=at, ballot=ballot(report, "maybe", supersedes=first.pk))


def test_a_change_after_agreement_opens_the_report_again(team: people.Team, report: Report) -> None:
    first = vote(team.ann, report, "exclude")
    vote(team.bo, report, "exclude")
    assert where(report) == ("excluded", "final")
    at = factories.stage(team.review)
    cast_vote(voter=team.ann, stage=at, ballot=ballot(report, "include", supersedes=first.pk))
    assert where(report) == ("screening", "conflict")
    moves = Move.objects.filter(report=report).values_list("target", flat=True)
    assert list(moves) == ["screening", "excluded", "screening"]


def test_taking_a_vote_back_returns_the_report_to_my_queue_and_to_pending(
    team: people.Team, report: Report
) -> None:
    cast = vote(team.ann, report, "include")
    vote(team.bo, report, "include")
    withdraw_vote(voter=team.ann, decision=cast, nonce="back")
    assert where(report) == ("screening", "pending")
    assert factories.next_report(team.ann, team.review) == report
    vote(team.ann, report, "exclude")
    assert where(report) == ("screening", "conflict")
    assert Decision.objects.filter(report=report).count() == 4


def test_taking_back_twice_changes_nothing(team: people.Team, report: Report) -> None:
    cast = vote(team.ann, report, "include")
    once = withdraw_vote(voter=team.ann, decision=cast, nonce="one")
    assert withdraw_vote(voter=team.ann, decision=cast, nonce="two") == once


def test_a_page_that_was_sent_for_something_else_takes_nothing_back(
    team: people.Team, report: Report
) -> None:
    first = vote(team.ann, report, "include")

    with pytest.raises(AlreadyDecided, match="Something else was sent"):
        withdraw_vote(voter=team.ann, decision=first, nonce=first.nonce)

    assert not Decision.objects.filter(supersedes=first).exists()


def test_a_changed_vote_is_not_taken_back_by_its_old_row(team: people.Team, report: Report) -> None:
    first = vote(team.ann, report, "include")
    at = factories.stage(team.review)
    cast_vote(voter=team.ann, stage=at, ballot=ballot(report, "exclude", supersedes=first.pk))
    with pytest.raises(AlreadyDecided, match="exclude"):
        withdraw_vote(voter=team.ann, decision=first, nonce="late")


def test_nobody_takes_back_a_colleagues_vote(team: people.Team, report: Report) -> None:
    cast = vote(team.ann, report, "include")
    with pytest.raises(NotAllowed):
        withdraw_vote(voter=team.bo, decision=cast, nonce="bo")


def test_a_third_reviewer_is_told_that_the_report_is_complete(
    team: people.Team, report: Report
) -> None:
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    vote(team.ann, report, "include")
    vote(team.bo, report, "exclude")
    with pytest.raises(AlreadyComplete, match="Enough colleagues"):
        vote(cy, report, "include")
    assert Decision.objects.count() == 2


def test_nobody_joins_a_report_that_is_decided(team: people.Team, report: Report) -> None:
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    vote(team.ann, report, "exclude")
    vote(team.bo, report, "exclude")
    with pytest.raises(AlreadyComplete, match="is decided"):
        vote(cy, report, "include")
    assert where(report) == ("excluded", "final")


def test_an_open_seat_gives_no_vote_on_a_decided_report(team: people.Team, report: Report) -> None:
    factories.next_report(team.ann, team.review)
    factories.next_report(team.bo, team.review)
    team.review.stages.update(votes_needed=1)  # as an older version allowed
    vote(team.ann, report, "exclude")
    with pytest.raises(AlreadyComplete):
        vote(team.bo, report, "include")
    assert where(report) == ("excluded", "final")


def test_after_a_settlement_votes_stay_as_they_are(team: people.Team, report: Report) -> None:
    first = vote(team.ann, report, "include")
    last = vote(team.bo, report, "exclude")
    at = factories.stage(team.review)
    ruling = Ruling(choice="exclude", rationale="Children", seen=last.pk, nonce="s")
    settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=ruling)
    with pytest.raises(AlreadySettled):
        cast_vote(voter=team.ann, stage=at, ballot=ballot(report, "exclude", supersedes=first.pk))
    with pytest.raises(AlreadySettled):
        withdraw_vote(voter=team.bo, decision=last, nonce="w")


def test_an_include_cannot_be_changed_once_its_full_text_is_being_sought(
    team: people.Team, report: Report
) -> None:
    first = vote(team.ann, report, "include")
    vote(team.bo, report, "include")
    record_attempt(report=report, tried_on=factories.TRIED_ON, how="Library", actor=team.lead)
    at = factories.stage(team.review)
    with pytest.raises(MovedOn):
        cast_vote(voter=team.ann, stage=at, ballot=ballot(report, "exclude", supersedes=first.pk))
    with pytest.raises(MovedOn):
        withdraw_vote(voter=team.ann, decision=first, nonce="w")


def test_full_text_exclusion_needs_a_reason_of_the_criteria(
    team: people.Team, assessed: Report
) -> None:
    with pytest.raises(Incomplete, match="Choose the reason"):
        vote(team.ann, assessed, "exclude", at="full_text")
    other = people.team("other", shared=team)
    at = factories.stage(team.review, "full_text")
    foreign = ballot(assessed, "exclude", reason=reason(other.review, "Wrong population"))
    with pytest.raises(Incomplete, match="not in the criteria"):
        cast_vote(voter=team.ann, stage=at, ballot=foreign)


def test_there_is_no_maybe_at_full_text(team: people.Team, assessed: Report) -> None:
    with pytest.raises(Incomplete, match="Choose include or exclude"):
        vote(team.ann, assessed, "maybe", at="full_text")


@pytest.mark.parametrize("choice", ["", "INCLUDE", "delete"])
def test_an_unknown_choice_is_refused(team: people.Team, report: Report, choice: str) -> None:
    with pytest.raises(Incomplete):
        vote(team.ann, report, choice)


def test_full_text_exclusions_with_two_reasons_take_the_one_that_stands_first(
    team: people.Team, assessed: Report
) -> None:
    vote(team.ann, assessed, "exclude", at="full_text", reason="Wrong study design")
    vote(team.bo, assessed, "exclude", at="full_text", reason="Wrong population")
    assessed.refresh_from_db()
    assert assessed.position == Position.EXCLUDED_FULL_TEXT
    assert str(assessed.reason) == "Wrong population"


def test_two_reasons_are_a_conflict_where_the_protocol_says_so(
    team: people.Team, report: Report
) -> None:
    at = factories.stage(team.review, "full_text")
    set_rules(stage=at, actor=None, reasons_differ="conflict")
    factories.hold(factories.include_on_abstract(report, team.ann, team.bo), team.lead)
    vote(team.ann, report, "exclude", at="full_text", reason="Wrong study design")
    vote(team.bo, report, "exclude", at="full_text", reason="Wrong population")
    assert Standing.objects.get(report=report, stage=at).status == "conflict"


def test_a_reason_that_left_the_criteria_still_counts_for_earlier_votes(
    team: people.Team, assessed: Report
) -> None:
    vote(team.ann, assessed, "exclude", at="full_text", reason="Wrong study design")
    vote(team.bo, assessed, "include", at="full_text")
    set_criteria(review=team.review, criteria=people.CRITERIA[:2], actor=None)
    at = factories.stage(team.review, "full_text")
    seen = Standing.objects.get(report=assessed, stage=at).last_id
    ruling = Ruling("include", "It is a trial", seen, "n")  # type: ignore[arg-type]
    settle(adjudicator=team.adjudicator, report=assessed, stage=at, ruling=ruling)
    assessed.refresh_from_db()
    assert assessed.position == Position.INCLUDED


def test_an_include_goes_straight_to_assessing_when_the_full_text_is_held(
    team: people.Team, report: Report
) -> None:
    report.full_texts.create(form="paper", actor=team.lead)
    vote(team.ann, report, "include")
    vote(team.bo, report, "include")
    assert where(report)[0] == "assessing"


def test_a_report_of_another_review_cannot_be_voted_on(team: people.Team) -> None:
    other = people.team("other", shared=team)
    foreign = factories.reports(factories.search(other.review), 1, first=2001)[0]
    with pytest.raises(MovedOn):
        cast_vote(
            voter=team.ann, stage=factories.stage(team.review), ballot=ballot(foreign, "include")
        )


def test_a_vote_keeps_the_text_and_criteria_that_were_read(
    team: people.Team, report: Report
) -> None:
    version = team.review.criteria_versions.get()
    at = factories.stage(team.review)
    kept = cast_vote(
        voter=team.ann, stage=at, ballot=ballot(report, "include", criteria=version.pk)
    )
    assert (kept.revision, kept.criteria) == (report.face, version)


def test_a_decision_can_be_neither_changed_nor_deleted(team: people.Team, report: Report) -> None:
    cast = vote(team.ann, report, "include")
    rows = Decision.objects.filter(pk=cast.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(choice="exclude")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows._raw_delete(using="default")
    assert Decision.objects.get().choice == "include"


def test_a_failed_vote_leaves_nothing_behind(team: people.Team, report: Report) -> None:
    factories.next_report(team.bo, team.review)
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    factories.next_report(cy, team.review)
    with pytest.raises(AlreadyComplete):
        vote(team.ann, report, "include")
    assert not Decision.objects.exists() and not Standing.objects.exists()
    assert not Seat.objects.filter(state=SeatState.DONE).exists()
