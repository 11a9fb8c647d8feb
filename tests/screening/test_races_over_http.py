"""Several browsers in the same instant, over real HTTP: what each of them is told.

Everybody who is refused reads why, keeps what they typed, and can go on. Marked ``both``: the
suite runs it a second time on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from review.models import Report, User
from screening.audit import differences
from screening.models import Decision, Kind, Seat, SeatState, Standing
from screening.services.seats import next_seat
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import url
from tests.screening.wire import Answer, Browser, Form, at_once, ballot, button, ruling, words

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
AT = "title_abstract"


@pytest.fixture
def team(live: str) -> people.Team:
    return people.team()


@pytest.fixture
def report(team: people.Team) -> Report:
    return factories.reports(factories.search(team.review), 1)[0]


@pytest.fixture
def browse(live: str) -> Callable[[User], Browser]:
    return lambda user: Browser(live, user)


@pytest.fixture(autouse=True)
def consistent(team: people.Team) -> Iterator[None]:
    """After every race what is derived equals what the history says."""
    yield
    assert list(differences(team.review)) == []


def reviewer(team: people.Team, email: str) -> User:
    found = people.person(email)
    people.member(team.review, found, "reviewer")
    return found


def sending(browser: Browser, form: Form) -> Callable[[], Answer]:
    return lambda: browser.post(*form)


def voting(browser: Browser, report: Report, verdict: str, note: str = "") -> Callable[[], Answer]:
    """Open the report's page now; the result sends the decision."""
    page = browser.get(url("vote", report.review, AT, report.pk)).text
    return sending(browser, ballot(page, verdict, note=note))


def conflict(team: people.Team, report: Report) -> Decision:
    vote(team.ann, report, "include")
    return vote(team.bo, report, "exclude")


def the_one(answers: list[Answer], status: int) -> Answer:
    """The only answer with this status."""
    (found,) = [answer for answer in answers if answer.status == status]
    return found


def standing(report: Report) -> tuple[str, str, str | None]:
    found = Standing.objects.get(report=report, stage__name=AT)
    report.refresh_from_db()
    return found.status, found.choice, report.position


def history(report: Report) -> list[tuple[str, str, str]]:
    """Kind, choice and person of every row, in order."""
    rows = Decision.objects.filter(report=report).order_by("pk").select_related("actor")
    return [(row.kind, row.choice, str(row.actor)) for row in rows]


# The same decision ----------------------------------------------------------------------------


def test_one_click_that_arrives_twenty_times_is_stored_once_and_answered_twenty_times_alike(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    click = voting(browse(team.ann), report, "include")
    answers = at_once(*[click] * 20)
    assert {(answer.status, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert "?voted=" in answers[0].location
    assert history(report) == [("vote", "include", "Ann")]


def test_of_two_tabs_with_different_verdicts_the_second_is_told_and_may_change_it(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    ann = browse(team.ann)
    tabs = [voting(ann, report, "include", "tab one"), voting(ann, report, "exclude", "tab two")]
    answers = at_once(*tabs)
    told, first = the_one(answers, 409), Decision.objects.get()
    assert f"You already decided: {first.choice}. Change it?" in words(told.text)
    lost = "tab one" if first.choice == "exclude" else "tab two"
    assert lost in told.text, "the note of the refused tab is still in its form"

    other = "include" if first.choice == "exclude" else "exclude"
    assert ann.post(*ballot(told.text, other, note=lost)).status == 303
    changed = Decision.objects.heads().get()
    assert (changed.choice, changed.note, changed.supersedes) == (other, lost, first)


# More people than seats -----------------------------------------------------------------------


def test_of_three_reviewers_at_once_the_third_is_told_and_the_note_is_kept(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    voters = [team.ann, team.bo, reviewer(team, "cy@example.org")]
    acts = [voting(browse(who), report, "include", f"note of {who}") for who in voters]
    answers = at_once(*acts)
    assert sorted(answer.status for answer in answers) == [303, 303, 409]
    third = voters[[answer.status for answer in answers].index(409)]
    told = words(the_one(answers, 409).text)
    assert "does not need your vote" in told or "Enough colleagues" in told
    assert "kept as your opinion" in told and f"note of {third}" in told
    kept = Decision.objects.get(kind=Kind.OPINION)
    assert (kept.actor, kept.choice, kept.note) == (third, "include", f"note of {third}")
    assert Seat.objects.filter(report=report, state=SeatState.DONE).count() == 2
    assert standing(report) == ("final", "include", "sought")


def test_who_was_away_while_a_colleague_took_the_seat_keeps_the_work_as_an_opinion(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    cy = reviewer(team, "cy@example.org")
    ann = browse(team.ann)
    page = ann.get(url("queue", team.review, AT)).text
    lunch = timezone.now() - timedelta(minutes=1)
    Seat.objects.filter(reviewer=team.ann).update(lease_until=lunch)
    at = factories.stage(team.review)
    assert next_seat(reviewer=team.bo, stage=at) and next_seat(reviewer=cy, stage=at)

    form = ballot(page, "exclude", note="Dose is 50 mg, see table 2")
    answers = at_once(*[sending(ann, form)] * 3)
    assert [answer.status for answer in answers] == [409] * 3, "a repeated click is told the same"
    told = words(answers[0].text)
    assert "kept as your opinion" in told and "Dose is 50 mg, see table 2" in told
    assert history(report) == [("opinion", "exclude", "Ann")]
    held = Seat.objects.filter(report=report).exclude(state=SeatState.RELEASED)
    assert {seat.reviewer for seat in held} == {team.bo, cy}

    address = url("decisions", team.review, report.pk)
    vote(team.bo, report, "include")
    assert "50 mg" not in browse(team.bo).get(address).text, "not before all votes are in"
    vote(cy, report, "exclude")
    judge = browse(team.adjudicator)
    seen = judge.get(url("conflict", team.review, AT, report.pk)).text
    assert "Dose is 50 mg, see table 2" in seen
    assert "Ann’s opinion, too late to count" in words(browse(team.bo).get(address).text)
    assert standing(report)[0] == "conflict", "an opinion counts for nothing"


# Conflicts ------------------------------------------------------------------------------------


def test_of_two_adjudicators_at_once_the_second_sees_who_and_when_and_both_are_kept(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    dee = people.person("dee@example.org")
    people.member(team.review, dee, "adjudicator")
    conflict(team, report)
    address = url("conflict", team.review, AT, report.pk)
    judges = {user: browse(user) for user in (team.adjudicator, dee)}
    forms = [
        ruling(judge.get(address).text, choice, f"Because {choice}")
        for judge, choice in zip(judges.values(), ("include", "exclude"), strict=True)
    ]
    acts = [sending(judge, form) for judge, form in zip(judges.values(), forms, strict=True)]
    answers = at_once(*acts)
    final, late = Decision.objects.get(kind=Kind.SETTLE), Decision.objects.get(kind=Kind.OPINION)
    assert {final.actor, late.actor} == set(judges) and final.choice != late.choice
    assert standing(report)[:2] == ("final", final.choice)

    place = list(judges).index(late.actor)
    told = words(judges[late.actor].follow(answers[place]).text)
    assert f"{final.actor} settled this already: {final.choice}. It was on" in told
    assert f"{final.at:%H:%M}" in told and "kept there as your opinion" in told
    assert "Because include" in told and "Because exclude" in told


@pytest.mark.parametrize("allowed", [False, True])
def test_a_voter_settles_their_own_conflict_only_where_the_protocol_allows_it(
    team: people.Team, report: Report, browse: Callable[[User], Browser], allowed: bool
) -> None:
    team.review.memberships.filter(user=team.ann).update(is_adjudicator=True)
    last = conflict(team, report)
    ann, address = browse(team.ann), url("conflict", team.review, AT, report.pk)
    team.review.stages.update(voter_may_settle=allowed)
    shown = words(ann.get(address).text)
    assert ("asks for another adjudicator" in shown) is not allowed
    sent = {"verdict": "include", "rationale": "Mine", "nonce": "n", "seen": str(last.pk)}
    answer = ann.post(address, sent | {"csrfmiddlewaretoken": ann.cookies["csrftoken"]})
    assert answer.status == (303 if allowed else 422)
    if not allowed:
        assert "another adjudicator has to settle it" in words(answer.text)
    assert Decision.objects.filter(kind=Kind.SETTLE).exists() is allowed


def test_a_conflict_whose_vote_changed_is_looked_at_again_before_it_is_settled(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    conflict(team, report)
    judge, address = browse(team.adjudicator), url("conflict", team.review, AT, report.pk)
    stale = ruling(judge.get(address).text, "include", "Pain is chronic here")
    assert voting(browse(team.ann), report, "maybe", "On second thought")().status == 303
    told = judge.post(*stale)
    assert told.status == 409 and "A vote on this report changed" in words(told.text)
    assert "On second thought" in told.text and "Pain is chronic here" in told.text
    assert not Decision.objects.filter(kind=Kind.SETTLE).exists()
    assert judge.post(*ruling(told.text, "include", "Still pain")).status == 303


def test_a_conflict_that_vanished_is_not_settled_and_the_rationale_is_kept(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    conflict(team, report)
    judge, address = browse(team.adjudicator), url("conflict", team.review, AT, report.pk)
    stale = ruling(judge.get(address).text, "include", "Pain is chronic here")
    assert voting(browse(team.ann), report, "exclude")().status == 303
    told = words(judge.follow(judge.post(*stale)).text)
    assert "not in conflict any more" in told and "Pain is chronic here" in told
    assert standing(report) == ("final", "exclude", "excluded")


def test_a_settlement_and_a_changed_vote_at_once_exclude_each_other(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    conflict(team, report)
    judge, address = browse(team.adjudicator), url("conflict", team.review, AT, report.pk)
    settling = sending(judge, ruling(judge.get(address).text, "include", "Pain is chronic here"))
    settled, changed = at_once(settling, voting(browse(team.ann), report, "maybe"))
    if changed.status == 303:
        assert settled.status == 409 and standing(report)[0] == "conflict"
    else:
        assert (settled.status, changed.status) == (303, 409)
        assert "This conflict was settled" in words(changed.text)
        assert standing(report) == ("final", "include", "sought")


# Taking back ----------------------------------------------------------------------------------


def undoing(browser: Browser, cast: Decision) -> Callable[[], Answer]:
    """Open my decisions now; the result presses "Take back"."""
    page = browser.get(url("mine", cast.review, AT)).text
    return sending(browser, button(page, url("undo", cast.review, AT, cast.pk)))


def test_taking_back_and_a_colleagues_vote_at_once_both_count_in_some_order(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    cast = vote(team.ann, report, "include")
    acts = (undoing(browse(team.ann), cast), voting(browse(team.bo), report, "include"))
    assert [answer.status for answer in at_once(*acts)] == [303, 303]
    assert {kind for kind, _, _ in history(report)} == {"vote", "withdraw"}
    assert standing(report) == ("pending", "", "screening")


def test_taking_back_and_changing_the_same_vote_at_once_one_wins_and_the_other_is_told(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    cast = vote(team.ann, report, "include")
    ann = browse(team.ann)
    undone, changed = at_once(undoing(ann, cast), voting(ann, report, "exclude", "Children"))
    assert {undone.status, changed.status} == {303, 409}
    if undone.status == 303:
        told = words(changed.text)
        assert "You took this vote back in another window" in told and "Children" in told
    else:
        assert "You already decided: exclude" in words(undone.text)
    later = Decision.objects.get(supersedes=cast)
    assert Decision.objects.filter(report=report).count() == 2
    assert later.kind == (Kind.WITHDRAW if undone.status == 303 else Kind.VOTE)


def test_taking_back_twice_at_once_is_one_row_and_two_successes(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    cast = vote(team.ann, report, "include")
    act = undoing(browse(team.ann), cast)
    assert [answer.status for answer in at_once(act, act)] == [303, 303]
    assert history(report) == [("vote", "include", "Ann"), ("withdraw", "", "Ann")]


def test_an_old_page_takes_nothing_back_that_was_decided_again(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    cast = vote(team.ann, report, "include")
    ann = browse(team.ann)
    old = undoing(ann, cast)
    assert undoing(ann, cast)().status == 303
    assert voting(ann, report, "exclude")().status == 303
    told = old()
    assert told.status == 409 and "You already decided: exclude" in words(told.text)
    assert Decision.objects.heads().get().choice == "exclude"


def test_nothing_is_taken_back_after_the_adjudicator_settled(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    last = conflict(team, report)
    bo, judge = browse(team.bo), browse(team.adjudicator)
    late = undoing(bo, last)
    page = judge.get(url("conflict", team.review, AT, report.pk)).text
    assert judge.post(*ruling(page, "include", "Pain")).status == 303
    told = late()
    assert told.status == 409 and "This conflict was settled" in words(told.text)
    assert standing(report) == ("final", "include", "sought")


def test_nobody_takes_back_a_colleagues_vote_by_its_address(
    team: people.Team, report: Report, browse: Callable[[User], Browser]
) -> None:
    cast = vote(team.ann, report, "include")
    bo = browse(team.bo)
    bo.get(url("mine", team.review, AT))
    sent = {"csrfmiddlewaretoken": bo.cookies["csrftoken"]}
    theirs = bo.post(url("undo", team.review, AT, cast.pk), sent)
    absent = bo.post(url("undo", team.review, AT, cast.pk + 1000), sent)
    assert theirs.status == absent.status == 404 and words(theirs.text) == words(absent.text)
    assert history(report) == [("vote", "include", "Ann")]
