"""Agreement is counted from the votes as they stood when they were complete, whatever follows."""

from __future__ import annotations

import pytest

from review.models import Report, User
from screening.pairs import first_votes, paired_votes
from screening.services.merging import merge_reports, split_reports
from screening.services.settle import Ruling, settle
from screening.services.votes import withdraw_vote
from tests import factories, people
from tests.factories import vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 4)


def kept(report: Report) -> list[tuple[str, str]]:
    votes = first_votes(factories.stage(report.review)).get(report.pk, [])
    names = User.objects.in_bulk()
    return sorted((names[who].email.partition("@")[0], choice) for who, choice in votes)


def test_nothing_is_kept_before_all_votes_needed_are_in(
    team: people.Team, reports: list[Report]
) -> None:
    vote(team.ann, reports[0], "include")
    assert kept(reports[0]) == []
    vote(team.bo, reports[0], "exclude")
    assert kept(reports[0]) == [("ann", "include"), ("bo", "exclude")]


def test_a_mind_changed_before_completion_counts_as_changed(
    team: people.Team, reports: list[Report]
) -> None:
    first = vote(team.ann, reports[0], "include")
    withdraw_vote(voter=team.ann, decision=first, nonce="back")
    vote(team.ann, reports[0], "exclude")
    vote(team.bo, reports[0], "exclude")
    assert kept(reports[0]) == [("ann", "exclude"), ("bo", "exclude")]


def test_what_follows_completion_alters_nothing(team: people.Team, reports: list[Report]) -> None:
    vote(team.ann, reports[0], "include")
    last = vote(team.bo, reports[0], "exclude")
    before = paired_votes(factories.stage(team.review))
    withdraw_vote(voter=team.bo, decision=last, nonce="back")
    vote(team.bo, reports[0], "include")
    assert kept(reports[0]) == [("ann", "include"), ("bo", "exclude")]
    assert paired_votes(factories.stage(team.review)) == before


def test_a_settlement_alters_nothing(team: people.Team, reports: list[Report]) -> None:
    vote(team.ann, reports[0], "include")
    seen = vote(team.bo, reports[0], "exclude")
    ruling = Ruling(choice="include", rationale="It is pain", seen=seen.pk, nonce="r")
    settle(adjudicator=team.adjudicator, report=reports[0], stage=seen.stage, ruling=ruling)
    assert kept(reports[0]) == [("ann", "include"), ("bo", "exclude")]


def test_one_vote_where_one_is_needed_agrees_with_nobody(
    team: people.Team, reports: list[Report]
) -> None:
    team.review.stages.update(votes_needed=1)
    vote(team.ann, reports[0], "include")
    assert kept(reports[0]) == []


def test_copies_that_are_merged_later_keep_what_was_kept_and_add_nothing(
    team: people.Team, reports: list[Report]
) -> None:
    for one in reports[:2]:
        vote(team.ann, one, "include")
        vote(team.bo, one, "include")
    merge = merge_reports(
        survivor=reports[0], absorbed=reports[1], why="Same trial", actor=team.lead
    )
    both = [("ann", "include"), ("bo", "include")]
    assert kept(reports[0]) == kept(reports[1]) == both
    split_reports(merge=merge, actor=team.lead)
    assert kept(reports[0]) == kept(reports[1]) == both


def test_votes_on_two_copies_that_together_are_complete_are_kept(
    team: people.Team, reports: list[Report]
) -> None:
    vote(team.ann, reports[0], "include")
    vote(team.bo, reports[1], "include")
    merge = merge_reports(
        survivor=reports[0], absorbed=reports[1], why="Same trial", actor=team.lead
    )
    assert kept(reports[0]) == [("ann", "include"), ("bo", "include")]
    split_reports(merge=merge, actor=team.lead)
    assert kept(reports[0]) == [("ann", "include"), ("bo", "include")]


def test_a_pair_is_counted_with_maybe_on_either_side(
    team: people.Team, reports: list[Report]
) -> None:
    for one, (ann, bo) in zip(
        reports, [("maybe", "include"), ("maybe", "exclude"), ("exclude", "exclude")], strict=False
    ):
        vote(team.ann, one, ann)
        vote(team.bo, one, bo)
    stage = factories.stage(team.review)
    (included,), (excluded,) = paired_votes(stage), paired_votes(stage, "exclude")
    assert (included.first, included.second) == (team.ann, team.bo)
    assert included.table == ((1, 1), (0, 1))
    assert excluded.table == ((0, 0), (1, 2))
