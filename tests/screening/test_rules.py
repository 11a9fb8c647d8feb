"""Rules that change while people vote: what follows, that no vote is lost, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.errors import AlreadyRunning, Incomplete, NotAllowed, Stale
from review.models import Event, Move, Report, Retrieval, Stage, User
from review.models.jobs import State
from review.services import jobs
from review.services.retrieval import give_up, record_attempt
from review.services.stages import former_values, rules_of, set_rules
from review.services.studies import link_reports
from review.site.audit import differences
from screening.judging import effects, rules_with
from screening.models import Decision, Kind, RuleChange, RuleEffect, Seat, SeatState, Standing
from screening.services import rules as changing
from screening.services.judging_again import judge_again
from screening.services.rules import change_rules, undo_change
from screening.services.settle import Ruling, agree, settle
from screening.services.votes import withdraw_vote
from tests import factories, people
from tests.factories import next_report, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def cy(team: people.Team) -> User:
    third = people.person("cy@example.org")
    people.member(team.review, third, "reviewer")
    return third


def reports(team: people.Team, n: int) -> list[Report]:
    return factories.reports(factories.search(team.review), n)


def change(
    team: people.Team, at: str = "title_abstract", reason: str = "Asked by Cochrane", **values: Any
) -> RuleChange:
    """Change rules as the lead does on the page that was just opened, and audit the review."""
    stage = factories.stage(team.review, at)
    seen = RuleChange.objects.filter(stage=stage).order_by("-pk").first()
    made = change_rules(
        stage=stage,
        values=values,
        seen=seen.pk if seen else 0,
        actor=team.lead,
        reason=reason,
    )
    assert made.job is None or made.job.state == State.DONE
    assert list(differences(team.review)) == []
    return made


def undo(team: people.Team, made: RuleChange) -> RuleChange:
    undone = undo_change(change=made, actor=team.lead)
    assert list(differences(team.review)) == []
    return undone


def where(report: Report, at: str = "title_abstract") -> tuple[str | None, str]:
    report.refresh_from_db()
    standing = Standing.objects.filter(report=report, stage__name=at).first()
    return report.position, standing.status if standing else ""


def state(team: people.Team) -> list[tuple[object, ...]]:
    """Where every report of the review stands, at both stages, with the reason."""
    rows = []
    for report in Report.objects.filter(review=team.review).order_by("pk"):
        stands = Standing.objects.filter(report=report).order_by("stage")
        columns = ("stage", "status", "choice", "reason", "settled_by", "votes")
        rows.append((report.pk, report.position, report.reason_id, *stands.values_list(*columns)))
    return rows


# The number of votes --------------------------------------------------------------------------


def test_with_fewer_votes_needed_what_has_enough_is_decided(team: people.Team) -> None:
    one, other, untouched = reports(team, 3)
    vote(team.ann, one, "include")
    vote(team.bo, other, "exclude")
    made = change(team, votes_needed=1)
    assert where(one) == ("sought", "final")
    assert where(other) == ("excluded", "final")
    assert where(untouched) == ("screening", "")
    rows = made.effects.values_list("report", "old_status", "new_status", "new_position")
    assert list(rows) == [
        (one.pk, "pending", "final", "sought"),
        (other.pk, "pending", "final", "excluded"),
    ]
    moves = Move.objects.filter(cause=f"rules {made.pk}")
    assert {(m.report, m.target, m.actor) for m in moves} == {
        (one, "sought", team.lead),
        (other, "excluded", team.lead),
    }


def test_with_more_votes_needed_what_lacks_one_waits_again_for_somebody_else(
    team: people.Team,
) -> None:
    set_rules(stage=factories.stage(team.review), actor=None, votes_needed=1)
    one, other = reports(team, 2)
    vote(team.ann, one, "include")
    vote(team.bo, other, "exclude")
    change(team, votes_needed=2)
    assert where(one) == where(other) == ("screening", "pending")
    assert next_report(team.bo, team.review) == one
    assert next_report(team.ann, team.review) == other
    vote(team.bo, one, "include")
    assert where(one) == ("sought", "final")


def test_votes_beyond_the_number_stay_and_count(team: people.Team) -> None:
    """Two disagreed; one vote would be enough now, but neither of them is silenced."""
    agreed, disputed = reports(team, 2)
    for voter, choice in ((team.ann, "include"), (team.bo, "include")):
        vote(voter, agreed, choice)
    vote(team.ann, disputed, "include")
    vote(team.bo, disputed, "exclude")
    change(team, votes_needed=1)
    assert (where(agreed)[1], where(disputed)[1]) == ("final", "conflict")
    assert Decision.objects.heads().filter(kind=Kind.VOTE).count() == 4


@pytest.mark.parametrize("needed", [3, 4])
def test_three_or_four_people_vote_and_must_agree(team: people.Team, cy: User, needed: int) -> None:
    dee = people.person("dee@example.org")
    people.member(team.review, dee, "reviewer")
    change(team, votes_needed=needed)
    same, disputed = reports(team, 2)
    voters = [team.ann, team.bo, cy, dee][:needed]
    for voter in voters[:-1]:
        vote(voter, same, "include")
        vote(voter, disputed, "include")
        assert where(same)[1] == where(disputed)[1] == "pending"
    vote(voters[-1], same, "maybe")
    vote(voters[-1], disputed, "exclude")
    assert where(same) == ("sought", "final")
    assert where(disputed) == ("screening", "conflict")
    held = Seat.objects.filter(report=same, state=SeatState.DONE).values_list("number", flat=True)
    assert sorted(held) == list(range(1, needed + 1))
    assert list(differences(team.review)) == []


def test_an_open_seat_that_is_not_needed_any_more_is_given_back(
    team: people.Team, cy: User
) -> None:
    (report,) = reports(team, 1)
    change(team, votes_needed=3)
    for person in (team.ann, team.bo, cy):
        assert next_report(person, team.review) == report
    vote(team.ann, report, "exclude")
    change(team, votes_needed=1)
    assert where(report) == ("excluded", "final")
    kept = Seat.objects.exclude(state=SeatState.RELEASED).values_list("reviewer", flat=True)
    assert list(kept) == [team.ann.pk]
    assert next_report(cy, team.review) is None


# What maybe means, what different reasons mean ---------------------------------------------------


def test_another_meaning_of_maybe_makes_and_ends_conflicts(team: people.Team) -> None:
    (report,) = reports(team, 1)
    vote(team.ann, report, "include")
    vote(team.bo, report, "maybe")
    assert where(report) == ("sought", "final")
    made = change(team, maybe_means="conflict")
    assert where(report) == ("screening", "conflict")
    undo(team, made)
    assert where(report) == ("sought", "final")


def test_a_settlement_stays_when_the_conflict_would_be_none_any_more(team: people.Team) -> None:
    change(team, maybe_means="conflict")
    (report,) = reports(team, 1)
    vote(team.ann, report, "include")
    last = vote(team.bo, report, "maybe")
    at = factories.stage(team.review)
    ruling = Ruling("exclude", "Children", last.pk, "n")
    settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=ruling)
    change(team, maybe_means="include")
    assert where(report) == ("excluded", "final")


def test_two_reasons_become_a_conflict_and_the_first_reason_again(team: people.Team) -> None:
    (report,) = reports(team, 1)
    factories.hold(factories.include_on_abstract(report, team.ann, team.bo), team.lead)
    vote(team.ann, report, "exclude", at="full_text", reason="Wrong study design")
    vote(team.bo, report, "exclude", at="full_text", reason="Wrong population")
    before = state(team)
    made = change(team, "full_text", reasons_differ="conflict")
    assert where(report, "full_text") == ("assessing", "conflict")
    undo(team, made)
    assert state(team) == before
    report.refresh_from_db()
    assert (report.position, str(report.reason)) == ("excluded_full_text", "Wrong population")


def test_a_consensus_waits_for_the_third_vote_and_stands_again_without(
    team: people.Team,
) -> None:
    change(team, consensus=True)
    (report,) = reports(team, 1)
    at = factories.stage(team.review)
    vote(team.ann, report, "include")
    vote(team.bo, report, "exclude")
    for who in (team.ann, team.bo):
        seen = Standing.objects.get(report=report).last_id
        ruling = Ruling("include", "", seen or 0, f"n{who.pk}")
        agree(voter=who, report=report, stage=at, ruling=ruling)
    before = state(team)
    made = change(team, votes_needed=3)
    assert where(report) == ("screening", "pending")
    undo(team, made)
    assert state(team) == before


# Downstream -------------------------------------------------------------------------------------


@pytest.fixture
def downstream(team: people.Team) -> dict[str, Report]:
    """One report at every position that people can bring it to, by one vote on its abstract."""
    set_rules(stage=factories.stage(team.review), actor=None, votes_needed=1)
    names = ("excluded", "sought", "tried", "gave up", "assessing", "one vote", "conflict")
    names += ("out", "settled", "included", "extracted")
    found = dict(zip(names, reports(team, len(names)), strict=True))
    for name, report in found.items():
        vote(team.ann, report, "exclude" if name == "excluded" else "include")
    for name in ("tried", "gave up"):
        record_attempt(
            report=found[name], tried_on=factories.TRIED_ON, how="Library", actor=team.lead
        )
    give_up(report=found["gave up"], actor=team.lead)
    for name in names[4:]:
        factories.hold(found[name], team.lead)
    votes = {
        "one vote": "i",
        "conflict": "ie",
        "settled": "ie",
        "out": "ee",
        "included": "ii",
        "extracted": "ii",
    }
    for name, cast in votes.items():
        for voter, letter in zip((team.ann, team.bo), cast, strict=False):
            choice, reason = ("include", "") if letter == "i" else ("exclude", "Wrong population")
            vote(voter, found[name], choice, at="full_text", reason=reason)
    at = factories.stage(team.review, "full_text")
    seen = Standing.objects.get(report=found["settled"], stage=at).last_id
    ruling = Ruling("include", "It is a trial", seen or 0, "n")
    settle(adjudicator=team.adjudicator, report=found["settled"], stage=at, ruling=ruling)
    keys = [found["extracted"].pk]
    link_reports(review=team.review, reports=keys, actor=team.lead, label="Younger 2013")
    assert list(differences(team.review)) == []
    return found


def test_what_was_judged_further_on_waits_and_comes_back_exactly(
    team: people.Team, downstream: dict[str, Report]
) -> None:
    before, votes = state(team), Decision.objects.count()
    made = change(team, votes_needed=2)
    assert {where(report) for report in downstream.values()} == {("screening", "pending")}
    assert Decision.objects.count() == votes
    downstream["extracted"].refresh_from_db()
    assert str(downstream["extracted"].study) == "Younger 2013"
    undo(team, made)
    assert state(team) == before
    assert Retrieval.objects.count() == 2


def test_each_comes_back_when_its_second_vote_is_in(
    team: people.Team, downstream: dict[str, Report]
) -> None:
    before = {name: where(report)[0] for name, report in downstream.items()}
    change(team, votes_needed=2)
    for name, report in downstream.items():
        vote(team.bo, report, "exclude" if name == "excluded" else "include")
    assert {name: where(report)[0] for name, report in downstream.items()} == before
    assert list(differences(team.review)) == []


def test_a_full_text_conflict_waits_while_the_abstract_is_open_again(
    team: people.Team, downstream: dict[str, Report]
) -> None:
    at = factories.stage(team.review, "full_text")
    assert Standing.objects.in_conflict(at).count() == 1
    change(team, votes_needed=2)
    assert Standing.objects.in_conflict(at).count() == 0


def test_who_votes_again_is_not_told_what_was_decided_on_the_full_text(
    team: people.Team, cy: User, downstream: dict[str, Report]
) -> None:
    report = downstream["included"]
    decided = Decision.objects.filter(report=report)
    assert decided.visible_to(cy).count() == 3
    change(team, votes_needed=2)
    assert not decided.visible_to(cy).exists()


# What was shown before is what happens ------------------------------------------------------------

WORLD = {  # votes of Ann and Bo on one report each
    "nothing": "",
    "one include": "i",
    "one maybe": "m",
    "two include": "ii",
    "include, maybe": "im",
    "conflict": "ie",
    "two exclude": "ee",
}
CHOICES = {"i": "include", "e": "exclude", "m": "maybe"}


def furnish(team: people.Team) -> dict[str, Report]:
    found = dict(zip(WORLD, reports(team, len(WORLD)), strict=True))
    for name, cast in WORLD.items():
        for voter, letter in zip((team.ann, team.bo), cast, strict=False):
            vote(voter, found[name], CHOICES[letter])
    return found


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"votes_needed": 1}, {"judged": {"one include", "one maybe"}}),
        (
            {"votes_needed": 3},
            {"waiting": {"two include", "include, maybe", "conflict", "two exclude"}},
        ),
        ({"maybe_means": "conflict"}, {"conflict": {"include, maybe"}}),
        (
            {"maybe_means": "conflict", "votes_needed": 1},
            {"judged": {"one include", "one maybe"}, "conflict": {"include, maybe"}},
        ),
        ({"maybe_means": "tentative"}, {}),
    ],
)
def test_the_page_shows_beforehand_what_the_change_does(
    team: people.Team, values: dict[str, object], shown: dict[str, set[str]]
) -> None:
    names = {report.pk: name for name, report in furnish(team).items()}
    at = factories.stage(team.review)
    groups = effects(at, rules_with(at, **values))
    assert {g.kind: {names[r.pk] for r in g.reports} for g in groups} == shown
    before = {s.report_id: s for s in Standing.objects.filter(stage=at)}
    made = change(team, **values)
    touched = {row.report_id for row in made.effects.all()}
    assert touched == {r.pk for g in groups for r in g.reports}
    for row in made.effects.all():
        was, now = before[row.report_id], Standing.objects.get(report=row.report_id)
        assert (row.old_status, row.old_choice) == (was.status, was.choice)
        assert (row.new_status, row.new_choice) == (now.status, now.choice)


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "votes_needed": st.integers(1, 4),
        "maybe_means": st.sampled_from(["include", "conflict", "tentative"]),
        "reasons_differ": st.sampled_from(["first", "conflict"]),
    },
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(VALUES, min_size=1, max_size=3))
def test_any_changes_undone_one_after_the_other_give_every_state_back(
    team: people.Team, steps: list[dict[str, object]]
) -> None:
    with transaction.atomic():
        furnish(team)
        votes = Decision.objects.count()
        made: list[tuple[RuleChange, object]] = []
        for values in steps:
            before = state(team)
            try:
                made.append((change(team, **values), before))
            except Incomplete:  # nothing would change
                continue
        for each, before in reversed(made):
            change(team, **former_values(each.event))
            assert state(team) == before
        assert Decision.objects.count() == votes
        transaction.set_rollback(True)


# Undoing ------------------------------------------------------------------------------------------


def test_undoing_is_a_change_of_its_own_and_can_be_undone(team: people.Team) -> None:
    (report,) = reports(team, 1)
    vote(team.ann, report, "include")
    made = change(team, votes_needed=1, reason="We are short of people")
    undone = undo(team, made)
    assert (where(report), undone.undoes) == (("screening", "pending"), made)
    undo(team, undone)
    assert where(report) == ("sought", "final")
    events = Event.objects.filter(what="changed the rules of title and abstract").order_by("pk")
    assert [(e.old, e.new) for e in events] == [
        ({"votes_needed": 2}, {"votes_needed": 1}),
        ({"votes_needed": 1}, {"votes_needed": 2}),
        ({"votes_needed": 2}, {"votes_needed": 1}),
    ]
    assert events[0].reason == "We are short of people"


def test_only_the_latest_change_is_undone_and_only_once(team: people.Team) -> None:
    first = change(team, votes_needed=1)
    change(team, maybe_means="conflict")
    with pytest.raises(Stale, match="latest"):
        undo_change(change=first, actor=team.lead)
    assert rules_of(factories.stage(team.review))["votes_needed"] == 1


def test_votes_that_came_after_a_change_stay_when_it_is_undone(team: people.Team) -> None:
    (report,) = reports(team, 1)
    made = change(team, votes_needed=3)
    vote(team.ann, report, "include")
    vote(team.bo, report, "include")
    assert where(report) == ("screening", "pending")
    undo(team, made)
    assert where(report) == ("sought", "final")


# Refusals -----------------------------------------------------------------------------------------


def send(team: people.Team, seen: int = 0, reason: str = "Because", **values: Any) -> RuleChange:
    at = factories.stage(team.review)
    return change_rules(stage=at, values=values, seen=seen, actor=team.lead, reason=reason)


def test_two_leads_do_not_overwrite_each_other(team: people.Team) -> None:
    send(team, votes_needed=3)
    with pytest.raises(Stale, match="since you began"):
        send(team, votes_needed=1)
    assert rules_of(factories.stage(team.review))["votes_needed"] == 3


def test_once_people_voted_a_change_needs_a_reason(team: people.Team) -> None:
    first = send(team, votes_needed=1, reason="")
    (report,) = reports(team, 1)
    vote(team.ann, report, "include")
    with pytest.raises(Incomplete, match="Write why"):
        send(team, seen=first.pk, votes_needed=2, reason="  ")


def test_a_change_that_changes_nothing_is_refused_and_not_logged(team: people.Team) -> None:
    with pytest.raises(Incomplete, match="nothing would change"):
        send(team, votes_needed=2)
    assert not RuleChange.objects.exists()


def test_a_change_waits_until_the_one_before_is_applied(
    team: people.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "AT_ONCE", -1)  # as with thousands of reports: left to a worker
    first = send(team, votes_needed=1)
    with pytest.raises(AlreadyRunning, match="still being applied"):
        send(team, seen=first.pk, votes_needed=3)
    assert first.job is not None
    jobs.perform(first.job.pk, judge_again)
    send(team, seen=first.pk, votes_needed=3)


# Many reports: a job, in chunks -----------------------------------------------------------------


def test_a_job_that_was_lost_half_way_goes_on_where_it_stopped(
    team: people.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.services import judging_again

    found = reports(team, 7)
    for report in found:
        vote(team.ann, report, "include")
    monkeypatch.setattr(changing, "AT_ONCE", -1)
    monkeypatch.setattr(judging_again, "WRITTEN", 2)
    made = send(team, votes_needed=1)
    assert made.job is not None
    change_one, seen = judging_again._change, []

    def fall_over(*args: Any) -> Any:
        seen.append(args)
        if len(seen) == 4:
            raise RuntimeError("killed")
        return change_one(*args)

    monkeypatch.setattr(judging_again, "_change", fall_over)
    jobs.perform(made.job.pk, judge_again)
    assert [where(report)[1] for report in found] == ["final"] * 2 + ["pending"] * 5
    assert any("is being applied" in line for line in differences(team.review))
    jobs.resume(job=made.job)
    jobs.perform(made.job.pk, judge_again)
    assert [where(report)[1] for report in found] == ["final"] * 7
    assert RuleEffect.objects.filter(change=made).count() == 7
    assert list(differences(team.review)) == []


def test_a_vote_between_two_chunks_is_counted_by_the_new_rules(
    team: people.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = reports(team, 2)
    vote(team.ann, found[0], "include")
    monkeypatch.setattr(changing, "AT_ONCE", -1)
    made = send(team, votes_needed=1)
    vote(team.ann, found[1], "exclude")
    assert where(found[1]) == ("excluded", "final")
    assert made.job is not None
    jobs.perform(made.job.pk, judge_again)
    assert where(found[0]) == ("sought", "final")
    assert list(differences(team.review)) == []


# Who votes, in which order ------------------------------------------------------------------------


def test_who_is_not_chosen_gets_no_seat_and_gives_theirs_back(team: people.Team, cy: User) -> None:
    (report,) = reports(team, 1)
    assert next_report(cy, team.review) == report
    change(team, voters="chosen", chosen=[team.ann.pk, team.bo.pk])
    assert Seat.objects.get(reviewer=cy).state == SeatState.RELEASED
    vote(team.ann, report, "include")
    vote(team.bo, report, "include")
    assert where(report) == ("sought", "final")


def test_another_order_keeps_the_seats_and_sorts_them_anew(team: people.Team) -> None:
    reports(team, 12)
    next_report(team.ann, team.review)
    held = set(Seat.objects.filter(reviewer=team.ann).values_list("pk", flat=True))
    made = change(team, order="random")
    assert set(Seat.objects.filter(reviewer=team.ann).values_list("pk", flat=True)) == held
    chance = list(Seat.objects.filter(reviewer=team.ann).order_by("place").values_list("pk"))
    undo(team, made)
    arrival = list(Seat.objects.filter(reviewer=team.ann).order_by("place").values_list("pk"))
    assert arrival == sorted(arrival) != chance


def test_taking_a_vote_back_is_possible_whatever_was_changed(team: people.Team) -> None:
    (report,) = reports(team, 1)
    mine = vote(team.ann, report, "include")
    change(team, votes_needed=1)
    withdraw_vote(voter=team.ann, decision=mine, nonce="w")
    assert where(report) == ("screening", "pending")
    assert list(differences(team.review)) == []


def test_at_a_closed_stage_no_rule_is_changed(team: people.Team) -> None:
    Stage.objects.filter(review=team.review).update(state="closed")
    with pytest.raises(NotAllowed, match="Reopen it"):
        send(team, votes_needed=1)
