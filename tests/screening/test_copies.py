"""Acts on a report that absorbed a copy, or lost one again: nothing is lost, stuck or asked twice.

prisma.md section 4 rule 6; the merging itself is in test_merging.py.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from review.models import Merge, Report, User
from review.services.duplicates import match_records
from review.services.flow import lock_reports, move_many
from review.services.protocol import set_criteria
from review.services.records import Text, identify, store_texts
from review.services.retrieval import give_up, record_attempt
from review.site.audit import differences
from review.site.flow import counts_of
from screening.errors import MovedOn, NotInConflict
from screening.models import Decision, Seat, SeatState, Standing
from screening.services.merging import merge_reports, split_reports
from screening.services.opinions import keep_late_ruling
from screening.services.settle import Ruling, settle
from screening.services.votes import Ballot, cast_vote, withdraw_vote
from tests import factories, people
from tests.factories import TRIED_ON, _hand_run, next_report, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def pair(team: people.Team) -> tuple[Report, Report]:
    first, second = factories.reports(factories.search(team.review), 2)
    return first, second


@pytest.fixture
def cy(team: people.Team) -> User:
    third = people.person("cy@example.org")
    people.member(team.review, third, "reviewer")
    return third


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


def seated(report: Report) -> set[str]:
    done = Seat.objects.filter(report=report, state=SeatState.DONE)
    return set(done.values_list("reviewer__name", flat=True))


def assessed(team: people.Team, report: Report) -> Report:
    """The report, included on title and abstract, its full text held."""
    return factories.hold(factories.include_on_abstract(report, team.ann, team.bo), team.lead)


def settled(team: people.Team, report: Report, choice: str, at: str = "title_abstract") -> Decision:
    """A settlement of the report's conflict as the page would send it now."""
    stage = factories.stage(team.review, at)
    seen = Standing.objects.get(report=report, stage=stage).last_id
    ruling = Ruling(choice, "Read again", seen, f"settle-{seen}")  # type: ignore[arg-type]
    return settle(adjudicator=team.adjudicator, report=report, stage=stage, ruling=ruling)


def test_who_changes_a_vote_given_on_a_copy_keeps_the_seat(
    team: people.Team, pair: tuple[Report, Report], cy: User
) -> None:
    first, second = pair
    vote(team.ann, first, "include")
    vote(team.bo, second, "exclude")
    merge(team, first, second)
    at = factories.stage(team.review)
    cast_vote(voter=team.bo, stage=at, ballot=Ballot(first.pk, "maybe", "n"))
    assert seated(first) == {"Ann", "Bo"}
    assert next_report(cy, team.review) is None
    assert list(differences(team.review)) == []


def test_of_three_voters_one_who_goes_back_is_not_asked_again(
    team: people.Team, pair: tuple[Report, Report], cy: User
) -> None:
    first, second = pair
    vote(team.ann, first, "include")
    mine = vote(team.bo, first, "include")
    vote(cy, second, "exclude")
    merge(team, first, second)
    withdraw_vote(voter=team.bo, decision=mine, nonce="w")
    assert Standing.objects.get(report=first).status == "conflict"
    assert next_report(team.bo, team.review) is None
    assert seated(first) == {"Ann", "Cy"}
    assert list(differences(team.review)) == []


def test_where_one_vote_is_needed_both_voters_of_two_copies_keep_their_seats(
    team: people.Team, pair: tuple[Report, Report], cy: User
) -> None:
    first, second = pair
    team.review.stages.update(votes_needed=1)
    vote(team.ann, first, "include")
    vote(team.bo, second, "include")
    merge(team, first, second)
    assert seated(first) == {"Ann", "Bo"}


@pytest.mark.parametrize("choice", ["include", "exclude"])
def test_a_conflict_on_a_copy_that_was_merged_away_cannot_be_settled(
    team: people.Team, pair: tuple[Report, Report], choice: str
) -> None:
    first, second = pair
    vote(team.ann, second, "include")
    vote(team.bo, second, "exclude")
    merge(team, first, second)
    with pytest.raises(NotInConflict):
        settled(team, second, choice)
    assert list(differences(team.review)) == []


def test_a_full_text_conflict_waits_while_title_and_abstract_are_open_again(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    assessed(team, first)
    vote(team.ann, first, "include", at="full_text")
    vote(team.bo, first, "exclude", at="full_text", reason="Wrong population")
    vote(team.ann, second, "exclude")
    merge(team, first, second)
    assert first.position == "screening"
    stage = factories.stage(team.review, "full_text")
    assert not Standing.objects.in_conflict(stage).exists()
    with pytest.raises(NotInConflict):
        settled(team, first, "include", at="full_text")
    settled(team, first, "include")
    assert Standing.objects.in_conflict(stage).get().report == first


def test_a_conflict_that_waits_is_not_counted_among_those_to_settle(team: people.Team) -> None:
    first, second, third = factories.reports(factories.search(team.review), 3)
    for report in (first, third):
        assessed(team, report)
    vote(team.ann, first, "include", at="full_text")
    vote(team.bo, first, "exclude", at="full_text", reason="Wrong population")
    vote(team.ann, second, "exclude")
    merge(team, first, second)
    left = counts_of(team.review).left
    assert (left.screening_conflicts, left.full_text_conflicts) == (1, 0)
    assert (left.screening_pending, left.full_text_pending) == (0, 1)


@pytest.mark.parametrize("voted", [False, True])
def test_of_two_sought_copies_the_furthest_position_stands(
    team: people.Team, pair: tuple[Report, Report], voted: bool
) -> None:
    first, second = pair
    factories.include_on_abstract(first, team.ann, team.bo)
    assessed(team, second)
    if voted:
        for voter in (team.ann, team.bo):
            vote(voter, second, "include", at="full_text")
    merge(team, first, second)
    assert first.position == ("included" if voted else "assessing")


def test_a_report_gives_the_full_text_back_to_the_copy_that_had_it(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    factories.include_on_abstract(first, team.ann, team.bo)
    assessed(team, second)
    made = merge(team, first, second)
    split(team, made, first, second)
    assert (first.position, second.position) == ("sought", "assessing")


def test_a_report_whose_full_text_was_judged_stays_judged_after_the_split(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    factories.include_on_abstract(first, team.ann, team.bo)
    assessed(team, second)
    made = merge(team, first, second)
    for voter in (team.ann, team.bo):
        vote(voter, first, "include", at="full_text")
    split(team, made, first, second)
    assert (first.position, second.position) == ("included", "assessing")


def test_attempts_to_get_a_copy_are_attempts_to_get_the_report(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    mine = vote(team.ann, first, "include")
    for report in pair:
        for voter in (team.ann, team.bo):
            if (report, voter) != (first, team.ann):
                vote(voter, report, "include")
    record_attempt(report=second, tried_on=TRIED_ON, how="Asked the author", actor=team.lead)
    made = merge(team, first, second)
    with pytest.raises(MovedOn):
        withdraw_vote(voter=team.ann, decision=mine, nonce="w")
    give_up(report=first, actor=team.lead)
    split(team, made, first, second)
    assert (first.position, second.position) == ("sought", "sought")


def test_a_report_that_absorbed_what_people_handled_is_never_merged_away_by_rule(
    team: people.Team,
) -> None:
    embase = factories.search(team.review, source="Embase")
    identify(run=_hand_run(embase), identifiers=["1001"])  # its text follows
    first, second = factories.reports(factories.search(team.review), 2)
    vote(team.ann, second, "include")
    merge(team, first, second)
    stored = store_texts(search=embase, texts=[Text(factories.citation("1001"))], run=None)
    assert match_records(stored.first) == 1
    assert Merge.objects.get(rule="pmid").survivor == first
    vote(team.bo, first, "include")
    first.refresh_from_db()
    assert first.position == "sought"


def test_what_was_excluded_keeps_its_reason_when_the_criteria_change_their_order(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    assessed(team, first)
    version = team.review.criteria_versions.get().pk
    at = factories.stage(team.review, "full_text")
    for voter, label in ((team.ann, "Wrong study design"), (team.bo, "Wrong population")):
        reason = team.review.reasons.get(label=label).pk
        sent = Ballot(first.pk, "exclude", f"n {label}", reason=reason, criteria=version)
        cast_vote(voter=voter, stage=at, ballot=sent)
    set_criteria(review=team.review, criteria=people.CRITERIA[::-1], actor=team.lead)
    assert list(differences(team.review)) == []
    merge(team, first, second)
    assert str(first.reason) == "Wrong population"


def differing(team: people.Team, report: Report) -> Report:
    """The report with a conflict on title and abstract."""
    vote(team.ann, report, "include")
    vote(team.bo, report, "exclude")
    return report


def test_a_settled_report_stays_settled_when_an_unread_copy_comes(team: people.Team) -> None:
    first, second, third = factories.reports(factories.search(team.review), 3)
    for voter in (team.ann, team.bo):
        vote(voter, first, "include")
        vote(voter, second, "exclude")
    merge(team, first, second)
    settled(team, first, "include")
    merge(team, third, first)
    third.refresh_from_db()
    assert third.position == "sought"


@pytest.mark.parametrize(
    ("one", "other", "at"),
    [
        ("include", "include", "sought"),
        ("include", "exclude", "screening"),
        ("exclude", "include", "screening"),
    ],
)
def test_copies_that_were_settled_differently_are_a_conflict(
    team: people.Team, pair: tuple[Report, Report], one: str, other: str, at: str
) -> None:
    first, second = pair
    settled(team, differing(team, first), one)
    settled(team, differing(team, second), other)
    merge(team, first, second)
    assert first.position == at


def test_what_was_ruled_on_two_copies_counts_for_none_of_them_after_the_split(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    for voter in (team.ann, team.bo):
        vote(voter, first, "exclude")
        vote(voter, second, "include")
    made = merge(team, first, second)
    settled(team, first, "include")
    split(team, made, first, second)
    assert (first.position, second.position) == ("excluded", "sought")


def test_what_was_ruled_on_a_report_before_it_absorbed_a_copy_counts_again_after_the_split(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    settled(team, differing(team, first), "include")
    for voter in (team.ann, team.bo):
        vote(voter, second, "exclude")
    made = merge(team, first, second)
    settled(team, first, "exclude")
    split(team, made, first, second)
    assert (first.position, second.position) == ("sought", "excluded")


def test_who_takes_back_the_vote_on_one_copy_keeps_the_seat_of_the_other(
    team: people.Team, pair: tuple[Report, Report], cy: User
) -> None:
    first, second = pair
    mine = vote(team.ann, first, "include")
    vote(team.ann, second, "exclude")
    merge(team, first, second)
    withdraw_vote(voter=team.ann, decision=mine, nonce="w")
    assert list(differences(team.review)) == []
    assert seated(first) == {"Ann"}
    vote(team.bo, first, "exclude")
    assert next_report(cy, team.review) is None
    assert Standing.objects.get(report=first).choice == "exclude"


def out(team: people.Team, report: Report, target: str = "removed_other") -> Report:
    """The report, removed before screening."""
    with transaction.atomic():
        locked = lock_reports([report.pk])
        move_many(reports=locked, target=target, cause="removal by test", actor=team.lead)
    report.refresh_from_db()
    return report


@pytest.mark.parametrize("removed_survives", [True, False])
def test_a_removal_acts_on_the_whole_cluster_whichever_copy_stays(
    team: people.Team, pair: tuple[Report, Report], removed_survives: bool
) -> None:
    removed, unscreened = out(team, pair[0]), pair[1]
    kept, gone = (removed, unscreened) if removed_survives else (unscreened, removed)
    made = merge_reports(survivor=kept, absorbed=gone, why="Same", actor=team.lead)
    kept.refresh_from_db()
    assert kept.position == "removed_other"
    split_reports(merge=made, actor=team.lead)
    removed.refresh_from_db()
    unscreened.refresh_from_db()
    assert (removed.position, unscreened.position) == ("removed_other", "screening")


@pytest.mark.parametrize("removed_survives", [True, False])
@pytest.mark.parametrize(("votes", "at"), [(1, "screening"), (2, "excluded")])
def test_what_people_decided_on_a_copy_counts_although_the_other_was_removed(
    team: people.Team, pair: tuple[Report, Report], removed_survives: bool, votes: int, at: str
) -> None:
    removed, decided = out(team, pair[0]), pair[1]
    for voter in (team.ann, team.bo)[:votes]:
        vote(voter, decided, "exclude")
    kept, gone = (removed, decided) if removed_survives else (decided, removed)
    merge_reports(survivor=kept, absorbed=gone, why="Same", actor=team.lead)
    kept.refresh_from_db()
    assert kept.position == at


@pytest.mark.parametrize("first", ["removed_other", "removed_by_automation"])
def test_of_two_removals_a_persons_reason_stands(
    team: people.Team, pair: tuple[Report, Report], first: str
) -> None:
    other = {"removed_other": "removed_by_automation", "removed_by_automation": "removed_other"}
    one, two = out(team, pair[0], first), out(team, pair[1], other[first])
    merge_reports(survivor=one, absorbed=two, why="Same", actor=team.lead)
    one.refresh_from_db()
    assert one.position == "removed_other"


def test_an_opinion_on_a_full_text_that_nobody_has_is_no_full_text(
    team: people.Team, pair: tuple[Report, Report]
) -> None:
    first, second = pair
    factories.include_on_abstract(second, team.ann, team.bo)
    record_attempt(report=second, tried_on=TRIED_ON, how="Asked the author", actor=team.lead)
    give_up(report=second, actor=team.lead)
    late = Ruling("exclude", "Too late", 0, "late", team.review.reasons.all()[0].pk)
    at = factories.stage(team.review, "full_text")
    assert keep_late_ruling(adjudicator=team.adjudicator, report=second, stage=at, ruling=late)
    made = merge(team, first, second)
    assert first.position == "not_retrieved"
    split(team, made, first, second)
    assert (first.position, second.position) == ("screening", "not_retrieved")
