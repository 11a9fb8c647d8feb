"""Members who leave: what they held goes back, what they did stays, nothing waits for ever.

And who comes back, or comes with the address of somebody who left, is nobody but themselves.
What is marked ``both`` runs a second time on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse

from review.models import Membership, Report, Review, User
from review.services.people import add_member, change_account
from screening.audit import differences
from screening.models import Decision, Seat, SeatState, Standing
from screening.services.leaving import remove_member
from screening.services.merging import merge_reports
from screening.stuck import stuck
from screening.views import queue
from tests import factories, people
from tests.factories import next_report, vote
from tests.screening.pages import signed_in, url
from tests.screening.wire import Browser, at_once, ballot, button, ruling, words

pytestmark = pytest.mark.django_db(transaction=True)
AT = "title_abstract"


@pytest.fixture
def team(live: str) -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 3)


@pytest.fixture
def browse(live: str) -> Callable[[User], Browser]:
    return lambda user: Browser(live, user)


@pytest.fixture(autouse=True)
def consistent(team: people.Team) -> Iterator[None]:
    yield
    assert list(differences(team.review)) == []


def of(team: people.Team, user: User) -> Membership:
    return Membership.objects.get(review=team.review, user=user)


def site(name: str, review: Review, *args: object) -> str:
    return reverse(f"site:{name}", args=[review.slug, *args])


def remove(team: people.Team, user: User, lead: Browser) -> str:
    """Remove somebody by the button on their page; the words of that page before."""
    address = site("member", team.review, of(team, user).pk)
    page = lead.get(address).text
    answer = lead.post(*button(page, f"{address}remove/"))
    assert answer.status == 303
    return words(page)


def waiting(review: Review) -> list[tuple[str, str, int]]:
    """What nobody can do: at which stage, settle or vote, on how many reports."""
    return [(each.stage.name, each.act, each.n) for each in stuck(review)]


# What somebody who leaves held and did -------------------------------------------------------


@pytest.mark.both
def test_claims_are_given_back_and_the_half_of_the_votes_stays_and_counts(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    vote(team.bo, reports[0], "include")
    assert next_report(team.bo, team.review) == reports[1]
    assert next_report(team.ann, team.review) == reports[0]
    remove(team, team.bo, browse(team.lead))
    held = Seat.objects.filter(reviewer=team.bo).values_list("report", "state")
    assert dict(held) == {reports[0].pk: SeatState.DONE, reports[1].pk: SeatState.RELEASED}
    vote(team.ann, reports[0], "include")
    reports[0].refresh_from_db()
    assert reports[0].position == "sought", "the vote of who left is one of the two"
    assert next_report(cy, team.review) == reports[1]


def test_the_vote_of_who_left_is_marked_where_it_is_shown_and_the_conflict_can_be_settled(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    vote(team.ann, reports[0], "include")
    vote(team.bo, reports[0], "exclude")
    remove(team, team.bo, browse(team.lead))
    judge = browse(team.adjudicator)
    page = judge.get(url("conflict", team.review, AT, reports[0].pk)).text
    assert "Bo left the review" in words(page) and "Ann left" not in words(page)
    assert judge.post(*ruling(page, "include", "Pain")).status == 303
    seen = words(judge.get(url("decisions", team.review, reports[0].pk)).text)
    assert "Exclude left the review" in seen
    assert waiting(team.review) == [(AT, "vote", 2)], "the others, which Ann cannot judge alone"


def test_what_somebody_sends_who_was_removed_meanwhile_is_refused_and_says_why(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    bo = browse(team.bo)
    form = ballot(bo.get(url("queue", team.review, AT)).text, "include", note="Good trial")
    remove(team, team.bo, browse(team.lead))
    answer = bo.post(*form)
    assert answer.status == 403
    assert "You are not a member of this review any more. Nothing was saved." in words(answer.text)
    assert not Decision.objects.exists()


@pytest.mark.both
def test_a_vote_that_was_let_in_before_the_removal_and_stored_after_it_is_refused(
    team: people.Team, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    bo, original = signed_in(team.bo), queue.cast_vote
    from tests.screening.pages import paper

    form = paper(bo, url("queue", team.review, AT), "include")

    def removed_first(**values: Any) -> Decision:
        remove_member(membership=of(team, team.bo), actor=team.lead)
        return original(**values)

    monkeypatch.setattr(queue, "cast_vote", removed_first)
    answer = bo.post(*form)
    assert answer.status_code == 403 and not Decision.objects.exists()
    assert not Seat.objects.filter(reviewer=team.bo).exclude(state=SeatState.RELEASED).exists()


@pytest.mark.both
def test_a_vote_and_the_removal_of_its_voter_at_once_leave_nothing_half_done(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    bo, lead = browse(team.bo), browse(team.lead)
    form = ballot(bo.get(url("queue", team.review, AT)).text, "include")
    address = site("member", team.review, of(team, team.bo).pk)
    leaving = button(lead.get(address).text, f"{address}remove/")
    voted, removed = at_once(lambda: bo.post(*form), lambda: lead.post(*leaving))
    assert removed.status == 303 and voted.status in (303, 403)
    assert Decision.objects.count() == (1 if voted.status == 303 else 0)
    assert not Seat.objects.filter(reviewer=team.bo, state=SeatState.OPEN).exists()


def test_who_is_no_reviewer_any_more_gives_back_what_they_held(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    assert next_report(team.bo, team.review) == reports[0]
    lead, address = browse(team.lead), site("member", team.review, of(team, team.bo).pk)
    token = button(lead.get(address).text, f"{address}remove/")[1]
    assert lead.post(address, token | {"roles": "observer"}).status == 303
    assert not Seat.objects.filter(reviewer=team.bo, state=SeatState.OPEN).exists()


# Nothing waits for people who are not there --------------------------------------------------


@pytest.mark.both
def test_the_lead_is_told_before_and_after_that_a_conflict_could_be_settled_by_nobody(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    for report in reports:
        vote(team.ann, report, "include")
    for report in reports[:2]:
        vote(team.bo, report, "exclude")
    lead = browse(team.lead)
    before = remove(team, team.adjudicator, lead)
    assert "2 conflicts on title and abstract could be settled by nobody then" in before
    assert "trial number 1002" in before and "trial number 1003" not in before
    after = words(lead.get(site("members", team.review)).text)
    assert "2 conflicts on title and abstract could be settled by nobody:" in after
    assert "Make somebody adjudicator who has not" in after
    assert waiting(team.review) == [(AT, "settle", 2)]
    ann = words(browse(team.ann).get(site("members", team.review)).text)
    assert "settled by nobody" not in ann, "only who can do something about it is told"

    dee = people.person("dee@example.org")
    add_member(review=team.review, email=dee.email, roles=["adjudicator"], actor=team.lead)
    assert waiting(team.review) == []


@pytest.mark.both
def test_the_lead_is_told_that_reports_could_not_get_all_votes(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    vote(team.bo, reports[0], "include")
    vote(team.ann, reports[1], "include")
    lead = browse(team.lead)
    before = remove(team, team.bo, lead)
    # Ann can still complete the first with Bo's vote; on the second she has voted herself
    assert "2 reports on title and abstract could not get all votes then" in before
    after = words(lead.get(site("members", team.review)).text)
    assert "2 reports on title and abstract could not get all votes:" in after
    assert "Add a reviewer" in after and "trial number 1001" not in after
    assert next_report(team.ann, team.review) == reports[0]
    cy = people.person("cy@example.org")
    add_member(review=team.review, email=cy.email, roles=["reviewer"], actor=team.lead)
    assert waiting(team.review) == []


@pytest.mark.parametrize(
    ("rules", "n"),
    [
        ({}, 1),
        ({"voter_may_settle": True}, 0),
        ({"consensus": True}, 0),
    ],
)
def test_an_adjudicator_who_voted_is_nobody_unless_the_protocol_says_otherwise(
    team: people.Team, reports: list[Report], rules: dict[str, bool], n: int
) -> None:
    of(team, team.adjudicator).delete()
    Membership.objects.filter(user=team.ann).update(is_adjudicator=True)
    vote(team.ann, reports[0], "include")
    vote(team.bo, reports[0], "exclude")
    team.review.stages.update(**rules)
    assert waiting(team.review) == [(AT, "settle", 1)] * n
    remove_member(membership=of(team, team.bo), actor=team.lead)
    lost = 0 if rules.get("voter_may_settle") else 1
    assert [each for each in waiting(team.review) if each[1] == "settle"] == [
        (AT, "settle", 1)
    ] * lost, "a consensus needs both"


def test_who_voted_on_a_duplicate_voted_on_the_report_that_absorbed_it(
    team: people.Team, reports: list[Report]
) -> None:
    of(team, team.adjudicator).delete()
    Membership.objects.filter(user=team.bo).update(is_adjudicator=True)
    vote(team.ann, reports[0], "include")
    vote(team.bo, reports[1], "exclude")
    merge_reports(survivor=reports[0], absorbed=reports[1], why="Same", actor=team.lead)
    assert waiting(team.review) == [(AT, "settle", 1)]


def test_where_only_chosen_people_vote_the_others_do_not_complete_a_report(
    team: people.Team, reports: list[Report]
) -> None:
    stage = factories.stage(team.review)
    stage.chosen.set([team.ann])
    team.review.stages.filter(pk=stage.pk).update(voters="chosen")
    assert waiting(team.review) == [(AT, "vote", 3)]
    stage.chosen.set([team.ann, team.bo])
    assert waiting(team.review) == []


# Who comes back, or comes with an address that was somebody else's ---------------------------


@pytest.mark.both
def test_who_is_taken_back_has_their_own_votes_and_nothing_they_held_before(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    vote(team.bo, reports[0], "include")
    assert next_report(team.bo, team.review) == reports[1]
    Membership.objects.filter(user=team.bo).update(is_adjudicator=True)
    remove(team, team.bo, browse(team.lead))
    add_member(review=team.review, email=team.bo.email, roles=["reviewer"], actor=team.lead)
    assert of(team, team.bo).role_names == ["reviewer"], "no role comes back by itself"
    bo = browse(team.bo)
    mine = words(bo.get(url("mine", team.review, AT)).text)
    assert "trial number 1001" in mine
    assert Seat.objects.get(reviewer=team.bo, report=reports[1]).state == SeatState.RELEASED
    assert next_report(team.bo, team.review) == reports[1]


@pytest.mark.both
def test_a_new_account_with_the_address_of_who_left_is_another_person(
    team: people.Team, reports: list[Report], browse: Callable[[User], Browser]
) -> None:
    vote(team.bo, reports[0], "include")
    session = browse(team.bo)
    remove(team, team.bo, browse(team.lead))
    change_account(
        user=team.bo, actor=team.admin, email="bo@elsewhere.org", name="Bo",
        is_active=True, is_site_admin=False,
    )  # fmt: skip
    new = add_member(
        review=team.review, email="bo@example.org", roles=["reviewer"], actor=team.lead
    ).user
    assert new != team.bo
    assert session.get(url("mine", team.review, AT)).status == 403, "the old log-in is still Bo's"

    theirs = browse(new)
    assert "trial number 1001" not in theirs.get(url("mine", team.review, AT)).text
    assert next_report(new, team.review) == reports[0], "they have no vote on it"
    undo = url("undo", team.review, AT, Decision.objects.get().pk)
    assert theirs.post(undo, {"csrfmiddlewaretoken": theirs.cookies["csrftoken"]}).status == 404
    vote(new, reports[0], "exclude")
    assert Standing.objects.get(report=reports[0]).votes == 2
    seen = words(theirs.get(url("decisions", team.review, reports[0].pk)).text)
    assert "Bo: Include left the review" in seen and "bo@example.org: Exclude" in seen
