"""Seats: who holds a report, in what order, and that never more people than needed do."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.models import Report, Stage, User
from review.services.stages import set_rules
from screening.errors import AlreadyComplete, AlreadyDecided
from screening.models import Decision, Kind, Seat, SeatState
from screening.querysets import awaiting
from screening.services.leaving import remove_member
from screening.services.seats import BATCH, LEASE, claim_seats, may_sit, next_seat, skip
from screening.services.votes import withdraw_vote
from tests import factories, people
from tests.factories import next_report, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def at(team: people.Team) -> Stage:
    return factories.stage(team.review)


@pytest.fixture
def cy(team: people.Team) -> User:
    third = people.person("cy@example.org")
    people.member(team.review, third, "reviewer")
    return third


def reports(team: people.Team, n: int) -> list[Report]:
    return factories.reports(factories.search(team.review), n)


def expire(user: User) -> None:
    """Let the leases of this person's open seats run out."""
    past = timezone.now() - timedelta(minutes=1)
    Seat.objects.filter(reviewer=user, state=SeatState.OPEN).update(lease_until=past)


def test_a_queue_runs_in_order_of_arrival_and_ends(team: people.Team) -> None:
    found = reports(team, 3)
    for expected in found:
        assert next_report(team.ann, team.review) == expected
        vote(team.ann, expected, "include")
    assert next_report(team.ann, team.review) is None


def test_a_look_at_the_queue_claims_a_few_seats_not_the_pool(team: people.Team) -> None:
    reports(team, 3 * BATCH)
    next_report(team.ann, team.review)
    assert Seat.objects.filter(reviewer=team.ann).count() == BATCH
    next_report(team.ann, team.review)
    assert Seat.objects.filter(reviewer=team.ann).count() == BATCH


def test_near_the_end_one_seat_at_a_time_so_that_nobody_hoards_the_rest(team: people.Team) -> None:
    reports(team, 2 * BATCH - 1)
    next_report(team.ann, team.review)
    assert Seat.objects.filter(reviewer=team.ann).count() == 1


def test_a_third_person_gets_no_seat_beside_two(team: people.Team, at: Stage, cy: User) -> None:
    (only,) = reports(team, 1)
    assert next_report(team.ann, team.review) == only
    assert next_report(team.bo, team.review) == only
    assert next_report(cy, team.review) is None
    assert not may_sit(reviewer=cy, stage=at, report=only)


def test_a_seat_left_alone_is_free_again_when_its_lease_ends(
    team: people.Team, at: Stage, cy: User
) -> None:
    (only,) = reports(team, 1)
    next_report(team.ann, team.review)
    next_report(team.bo, team.review)
    expire(team.bo)
    assert next_report(cy, team.review) == only
    assert next_report(team.bo, team.review) is None


def test_who_comes_back_late_keeps_a_seat_that_nobody_took(team: people.Team) -> None:
    (only,) = reports(team, 1)
    next_report(team.ann, team.review)
    expire(team.ann)
    assert next_report(team.ann, team.review) == only
    assert Seat.objects.get().lease_until > timezone.now() + LEASE / 2


def test_a_late_vote_on_a_seat_that_was_taken_over_is_refused(team: people.Team, cy: User) -> None:
    (only,) = reports(team, 1)
    next_report(team.ann, team.review)
    next_report(team.bo, team.review)
    expire(team.ann)
    next_report(cy, team.review)
    with pytest.raises(AlreadyComplete):
        vote(team.ann, only, "include")


def test_a_late_vote_counts_when_the_seat_is_still_free(team: people.Team, cy: User) -> None:
    (only,) = reports(team, 1)
    next_report(team.ann, team.review)
    expire(team.ann)
    vote(team.ann, only, "include")
    assert next_report(team.bo, team.review) == only
    assert next_report(cy, team.review) is None


def test_what_was_skipped_comes_back_when_nothing_else_is_left(
    team: people.Team, at: Stage
) -> None:
    first, second = reports(team, 2)
    assert next_report(team.ann, team.review) == first
    skip(reviewer=team.ann, stage=at, report=first)
    assert next_report(team.ann, team.review) == second
    vote(team.ann, second, "include")
    assert next_report(team.ann, team.review) == first


def test_of_two_skipped_reports_the_one_skipped_first_comes_back_first(
    team: people.Team, at: Stage
) -> None:
    first, second = reports(team, 2)
    for report in (first, second, first):
        assert next_report(team.ann, team.review) == report
        skip(reviewer=team.ann, stage=at, report=report)
    assert next_report(team.ann, team.review) == second


def test_where_one_vote_is_needed_two_people_never_read_the_same(team: people.Team) -> None:
    first, second = reports(team, 2)
    set_rules(stage=factories.stage(team.review), actor=None, votes_needed=1)
    assert next_report(team.ann, team.review) == first
    assert next_report(team.bo, team.review) == second


def test_a_member_who_leaves_gives_back_open_seats_and_keeps_votes(
    team: people.Team, cy: User
) -> None:
    first, second = reports(team, 2)
    vote(team.ann, first, "include")
    vote(team.bo, first, "exclude")
    next_report(team.ann, team.review)
    next_report(team.bo, team.review)
    remove_member(membership=team.review.memberships.get(user=team.bo), actor=team.lead)
    assert next_report(cy, team.review) == second
    assert Decision.objects.filter(actor=team.bo, kind=Kind.VOTE).count() == 1


def test_a_report_that_left_the_stage_leaves_the_queue(team: people.Team) -> None:
    first, second = reports(team, 2)
    next_report(team.ann, team.review)
    Report.objects.filter(pk=first.pk).update(position="removed_other")
    assert next_report(team.ann, team.review) == second


def test_the_first_seat_marks_the_report_as_handled(team: people.Team) -> None:
    first, second = reports(team, 2)
    next_report(team.ann, team.review)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.handled_at is not None
    assert second.handled_at is None


def test_progress_counts_what_i_did_and_what_still_needs_me(
    team: people.Team, at: Stage, cy: User
) -> None:
    found = reports(team, 4)
    vote(team.ann, found[0], "include")
    for colleague in (team.bo, cy):
        vote(colleague, found[1], "exclude")  # needs nobody any more
    vote(team.bo, found[2], "exclude")
    seat = next_seat(reviewer=team.ann, stage=at)
    assert seat is not None
    assert (seat.n_done, seat.n_left) == (1, 2)  # type: ignore[attr-defined]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bo", "cy"]),
        st.sampled_from(["read", "include", "exclude", "back", "skip", "expire"]),
        st.integers(0, 2),
    ),
    max_size=25,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS, votes_needed=st.sampled_from([1, 2]))
def test_whatever_people_do_never_more_than_needed_hold_or_voted(
    team: people.Team, cy: User, acts: list[tuple[str, str, int]], votes_needed: int
) -> None:
    with transaction.atomic():
        found = reports(team, 3)
        set_rules(stage=factories.stage(team.review), actor=None, votes_needed=votes_needed)
        who = {"ann": team.ann, "bo": team.bo, "cy": cy}
        for name, what, index in acts:
            _act(who[name], what, found[index], factories.stage(team.review))
            _check(found, factories.stage(team.review))
        transaction.set_rollback(True)


def _act(user: User, what: str, report: Report, at: Stage) -> None:
    try:
        with transaction.atomic():
            if what == "read":
                next_seat(reviewer=user, stage=at)
            elif what == "expire":
                expire(user)
            elif what == "skip":
                skip(reviewer=user, stage=at, report=report)
            elif what == "back":
                mine = Decision.objects.latest_of(user, at).filter(report=report).first()
                if mine:
                    withdraw_vote(voter=user, decision=mine, nonce=f"back-{mine.pk}")
            else:
                vote(user, report, what)
    except (AlreadyComplete, AlreadyDecided):
        pass


def _check(found: list[Report], at: Stage) -> None:
    held = Counter(Seat.objects.exclude(state=SeatState.RELEASED).values_list("report", flat=True))
    votes = Counter(
        Decision.objects.heads().filter(kind=Kind.VOTE).values_list("report", flat=True)
    )
    done = Counter(Seat.objects.filter(state=SeatState.DONE).values_list("report", flat=True))
    for report in found:
        assert held[report.pk] <= at.votes_needed
        assert votes[report.pk] == done[report.pk] <= at.votes_needed


def test_claiming_again_takes_no_second_seat_on_the_same_report(
    team: people.Team, at: Stage
) -> None:
    reports(team, 1)
    claim_seats(reviewer=team.ann, stage=at)
    assert claim_seats(reviewer=team.ann, stage=at) == 0
    assert Seat.objects.count() == 1


def test_a_report_awaits_everybody_until_enough_sit(team: people.Team, at: Stage, cy: User) -> None:
    (only,) = reports(team, 1)
    assert only in awaiting(cy, at)
    vote(team.ann, only, "include")
    assert only in awaiting(cy, at) and only not in awaiting(team.ann, at)
    vote(team.bo, only, "exclude")
    assert only not in awaiting(cy, at)
