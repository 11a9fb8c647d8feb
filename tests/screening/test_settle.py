"""Conflicts: who may end them, how, and that nobody rules on votes they have not seen."""

from __future__ import annotations

import secrets

import pytest

from review.errors import Incomplete, NotAllowed, Stale
from review.models import Report, Review
from review.services.stages import set_rules
from screening.errors import AlreadySettled, NotInConflict
from screening.models import Decision, Kind, Standing
from screening.services.merging import merge_reports
from screening.services.settle import Ruling, agree, settle
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
def conflict(team: people.Team, report: Report) -> Report:
    vote(team.ann, report, "include")
    vote(team.bo, report, "exclude")
    return report


def ruling(
    report: Report, choice: str = "include", at: str = "title_abstract", **values: object
) -> Ruling:
    """A ruling as the page that was just opened would send it."""
    standing = Standing.objects.get(report=report, stage__name=at)
    defaults: dict[str, object] = {
        "rationale": "It is chronic pain.",
        "seen": standing.last_id,
        "nonce": secrets.token_hex(8),
    }
    return Ruling(choice=choice, **(defaults | values))  # type: ignore[arg-type]


def allow(review: Review, **rules: object) -> None:
    for at in review.stages.all():
        set_rules(stage=at, actor=None, **rules)


def rule(team: people.Team, report: Report, **values: object) -> Decision:
    at = factories.stage(team.review)
    return settle(
        adjudicator=team.adjudicator,
        report=report,
        stage=at,
        ruling=ruling(report, **values),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("choice", "position"), [("include", "sought"), ("exclude", "excluded")])
def test_an_adjudicator_ends_a_conflict_and_the_votes_stay(
    team: people.Team, conflict: Report, choice: str, position: str
) -> None:
    settled = rule(team, conflict, choice=choice)
    conflict.refresh_from_db()
    assert conflict.position == position
    assert settled.note == "It is chronic pain."
    votes = Decision.objects.heads().filter(kind=Kind.VOTE).order_by("pk")
    assert [v.choice for v in votes] == ["include", "exclude"]


def test_a_settlement_needs_a_rationale(team: people.Team, conflict: Report) -> None:
    with pytest.raises(Incomplete, match="rationale"):
        rule(team, conflict, rationale="  \n")


@pytest.mark.parametrize("choice", ["maybe", "", "drop"])
def test_a_conflict_is_settled_by_include_or_exclude_only(
    team: people.Team, conflict: Report, choice: str
) -> None:
    with pytest.raises(Incomplete, match="include or exclude"):
        rule(team, conflict, choice=choice)


def test_a_settlement_at_full_text_names_one_reason_of_the_criteria(
    team: people.Team, report: Report
) -> None:
    factories.hold(factories.include_on_abstract(report, team.ann, team.bo), team.lead)
    vote(team.ann, report, "include", at="full_text")
    vote(team.bo, report, "exclude", at="full_text", reason="Wrong population")
    at = factories.stage(team.review, "full_text")
    foreign = people.team("other", shared=team).review.reasons.get(label="Wrong population").pk
    for reason in (None, foreign):
        sent = ruling(report, "exclude", at="full_text", reason=reason)
        with pytest.raises(Incomplete):
            settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=sent)
    own = team.review.reasons.get(label="Wrong intervention")
    sent = ruling(report, "exclude", at="full_text", reason=own.pk)
    settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=sent)
    report.refresh_from_db()
    assert (report.position, report.reason) == ("excluded_full_text", own)


def test_nobody_settles_a_conflict_whose_votes_changed_meanwhile(
    team: people.Team, conflict: Report
) -> None:
    page = ruling(conflict)
    mine = Decision.objects.get(actor=team.ann)
    at = factories.stage(team.review)
    changed = Ballot(conflict.pk, "maybe", "n1", supersedes=mine.pk)
    cast_vote(voter=team.ann, stage=at, ballot=changed)
    with pytest.raises(Stale):
        settle(adjudicator=team.adjudicator, report=conflict, stage=at, ruling=page)
    assert not Decision.objects.filter(kind=Kind.SETTLE).exists()


def test_a_report_that_still_awaits_a_vote_has_no_conflict_to_settle(
    team: people.Team, report: Report
) -> None:
    mine = vote(team.ann, report, "include")
    at = factories.stage(team.review)
    sent = Ruling("include", "Because", mine.pk, "n")
    with pytest.raises(NotInConflict):
        settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=sent)


def test_a_conflict_that_was_taken_back_cannot_be_settled(
    team: people.Team, conflict: Report
) -> None:
    page = ruling(conflict)
    mine = Decision.objects.get(actor=team.ann)
    withdraw_vote(voter=team.ann, decision=mine, nonce="w")
    at = factories.stage(team.review)
    with pytest.raises(NotInConflict):
        settle(adjudicator=team.adjudicator, report=conflict, stage=at, ruling=page)


def test_a_second_adjudicator_is_told_who_settled_it_and_how(
    team: people.Team, conflict: Report
) -> None:
    page = ruling(conflict, "exclude")
    rule(team, conflict)
    dee = people.person("dee@example.org")
    with pytest.raises(AlreadySettled, match="Adjudicator settled this already: include"):
        settle(adjudicator=dee, report=conflict, stage=factories.stage(team.review), ruling=page)


def test_a_settlement_sent_twice_is_stored_once(team: people.Team, conflict: Report) -> None:
    page = ruling(conflict)
    at = factories.stage(team.review)
    once = settle(adjudicator=team.adjudicator, report=conflict, stage=at, ruling=page)
    again = settle(adjudicator=team.adjudicator, report=conflict, stage=at, ruling=page)
    assert once == again
    assert Decision.objects.filter(kind=Kind.SETTLE).count() == 1


def test_a_nonce_used_for_another_ruling_is_not_taken_for_saved(
    team: people.Team, conflict: Report
) -> None:
    page = ruling(conflict, nonce="same")
    at = factories.stage(team.review)
    settle(adjudicator=team.adjudicator, report=conflict, stage=at, ruling=page)
    other = ruling(conflict, "exclude", nonce="same")
    with pytest.raises(AlreadySettled):
        settle(adjudicator=team.adjudicator, report=conflict, stage=at, ruling=other)


def test_a_voter_does_not_settle_their_own_conflict_unless_the_protocol_allows_it(
    team: people.Team, conflict: Report
) -> None:
    at = factories.stage(team.review)
    with pytest.raises(NotAllowed, match="another adjudicator"):
        settle(adjudicator=team.ann, report=conflict, stage=at, ruling=ruling(conflict))
    allow(team.review, voter_may_settle=True)
    at.refresh_from_db()
    settle(adjudicator=team.ann, report=conflict, stage=at, ruling=ruling(conflict))
    conflict.refresh_from_db()
    assert conflict.position == "sought"


def test_a_rule_changed_after_the_page_was_made_holds(team: people.Team, conflict: Report) -> None:
    allow(team.review, voter_may_settle=True, consensus=True)
    at = factories.stage(team.review)
    allow(team.review, voter_may_settle=False, consensus=False)
    with pytest.raises(NotAllowed):
        settle(adjudicator=team.ann, report=conflict, stage=at, ruling=ruling(conflict))
    with pytest.raises(NotAllowed):
        agree(voter=team.ann, report=conflict, stage=at, ruling=ruling(conflict))


def test_consensus_needs_every_voter_and_the_protocols_leave(
    team: people.Team, conflict: Report
) -> None:
    at = factories.stage(team.review)
    with pytest.raises(NotAllowed, match="leaves conflicts"):
        agree(voter=team.ann, report=conflict, stage=at, ruling=ruling(conflict))
    allow(team.review, consensus=True)
    at.refresh_from_db()
    agree(voter=team.ann, report=conflict, stage=at, ruling=ruling(conflict))
    assert Standing.objects.get(report=conflict).status == "conflict"
    agree(voter=team.bo, report=conflict, stage=at, ruling=ruling(conflict))
    standing = Standing.objects.get(report=conflict)
    assert (standing.status, standing.choice, standing.settled_by) == (
        "final",
        "include",
        "consensus",
    )


def test_voters_who_name_different_outcomes_stay_in_conflict_and_may_name_another(
    team: people.Team, conflict: Report
) -> None:
    allow(team.review, consensus=True)
    at = factories.stage(team.review)
    agree(voter=team.ann, report=conflict, stage=at, ruling=ruling(conflict, "include"))
    agree(voter=team.bo, report=conflict, stage=at, ruling=ruling(conflict, "exclude"))
    assert Standing.objects.get(report=conflict).status == "conflict"
    agree(voter=team.ann, report=conflict, stage=at, ruling=ruling(conflict, "exclude"))
    conflict.refresh_from_db()
    assert conflict.position == "excluded"


def test_who_did_not_vote_has_no_part_in_the_consensus(team: people.Team, conflict: Report) -> None:
    allow(team.review, consensus=True)
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    at = factories.stage(team.review)
    with pytest.raises(NotAllowed, match="people who voted"):
        agree(voter=cy, report=conflict, stage=at, ruling=ruling(conflict))


def test_a_consensus_that_was_begun_does_not_stop_the_adjudicator(
    team: people.Team, conflict: Report
) -> None:
    allow(team.review, consensus=True)
    at = factories.stage(team.review)
    agree(voter=team.ann, report=conflict, stage=at, ruling=ruling(conflict, "exclude"))
    rule(team, conflict, choice="include")
    conflict.refresh_from_db()
    assert conflict.position == "sought"


def test_a_full_text_include_that_was_opened_again_returns_with_its_votes(
    team: people.Team, report: Report
) -> None:
    """Opened again at title and abstract by a late duplicate, then included once more."""
    factories.hold(factories.include_on_abstract(report, team.ann, team.bo), team.lead)
    vote(team.ann, report, "include", at="full_text")
    vote(team.bo, report, "include", at="full_text")
    late = factories.reports(report.counted_by, 1, first=3001)[0]  # type: ignore[arg-type]
    vote(team.ann, late, "exclude")
    merge_reports(survivor=report, absorbed=late, why="Same", actor=team.lead)
    report.refresh_from_db()
    assert report.position == "screening"
    rule(team, report, choice="include")
    report.refresh_from_db()
    assert report.position == "included"
