"""A stage that is locked or closed: refused with 423 and a sentence, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from review.errors import Incomplete, NotAVoter, Stale
from review.models import Event, Pair, Report
from review.services.stages import set_rules
from review.site.audit import differences
from screening.errors import StageShut, StillOpen
from screening.models import Decision, Seat, Standing
from screening.services.settle import Ruling, agree, settle
from screening.services.stages import turn_stage
from screening.services.votes import Ballot, cast_vote, withdraw_vote
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import paper, signed_in, url

pytestmark = pytest.mark.django_db

WHY = "We discuss the first hundred on Monday."


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def ann(team: people.Team) -> Client:
    return signed_in(team.ann)


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 3)


def turn(team: people.Team, state: str, at: str = "title_abstract", why: str = WHY) -> Event:
    stage = factories.stage(team.review, at)
    return turn_stage(stage=stage, state=state, reason=why, actor=team.lead)


def text(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def typed(answer: HttpResponse) -> Any:
    return answer.context["form"]["note"].value()


# Locked between the page and the click (C10) ------------------------------------------------------


@pytest.mark.parametrize("fragment", [False, True])
def test_a_vote_at_a_stage_locked_meanwhile_is_refused_and_the_note_is_kept(
    team: people.Team, ann: Client, reports: list[Report], fragment: bool
) -> None:
    address = url("queue", team.review, "title_abstract")
    where, sent = paper(ann, address, "exclude", note="Children only, see the methods.")
    turn(team, "locked")
    headers = {"HX-Request": "true"} if fragment else {}
    answer = ann.post(where, sent, headers=headers)
    assert answer.status_code == 423
    assert "The lead has locked title and abstract" in text(answer)
    assert WHY in text(answer)
    assert "is not saved yet, and what you typed is still here" in text(answer)
    assert typed(answer) == "Children only, see the methods."
    assert "Exclude" in text(answer)  # the buttons are there: it can be sent again
    assert not Decision.objects.exists()
    turn(team, "open", why="Discussed")
    again = {
        "token": hidden_token(answer),
        "verdict": "exclude",
        "note": typed(answer),
        "back": "",
    }
    assert ann.post(where, again).status_code == 303
    assert Decision.objects.get().note == "Children only, see the methods."
    assert list(differences(team.review)) == []


def hidden_token(answer: HttpResponse) -> str:
    found = re.search(r'name="token" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_the_same_page_may_also_just_be_sent_again_once_it_is_unlocked(
    team: people.Team, ann: Client, reports: list[Report]
) -> None:
    where, sent = paper(ann, url("queue", team.review, "title_abstract"), "include")
    turn(team, "locked")
    assert ann.post(where, sent).status_code == 423
    turn(team, "open", why="Discussed")
    assert ann.post(where, sent).status_code == 303
    assert Decision.objects.count() == 1


def test_a_vote_that_was_stored_before_the_lock_is_answered_as_stored_when_sent_again(
    team: people.Team, ann: Client, reports: list[Report]
) -> None:
    where, sent = paper(ann, url("queue", team.review, "title_abstract"), "include")
    assert ann.post(where, sent).status_code == 303
    turn(team, "locked")
    assert ann.post(where, sent).status_code == 303
    assert Decision.objects.count() == 1


def test_nothing_is_taken_back_or_settled_while_it_is_locked(
    team: people.Team, ann: Client, reports: list[Report]
) -> None:
    mine = vote(team.ann, reports[0], "include")
    last = vote(team.bo, reports[0], "exclude")
    turn(team, "locked")
    undo = ann.post(url("undo", team.review, "title_abstract", mine.pk))
    assert (undo.status_code, WHY in text(undo)) == (423, True)
    with pytest.raises(StageShut):
        withdraw_vote(voter=team.ann, decision=mine, nonce="w")
    sent = {"verdict": "include", "rationale": "It is pain", "seen": last.pk, "nonce": "n"}
    ruling = signed_in(team.adjudicator).post(
        url("conflict", team.review, "title_abstract", reports[0].pk), sent
    )
    assert ruling.status_code == 423
    assert ruling.context["form"]["rationale"].value() == "It is pain"
    assert Decision.objects.count() == 2
    turn(team, "open", why="Discussed")
    settle(
        adjudicator=team.adjudicator,
        report=reports[0],
        stage=factories.stage(team.review),
        ruling=Ruling("include", "It is pain", last.pk, "n"),
    )


def test_at_a_locked_stage_nobody_gets_a_report_and_is_told_why(
    team: people.Team, ann: Client, reports: list[Report]
) -> None:
    turn(team, "locked")
    page = ann.get(url("queue", team.review, "title_abstract"))
    assert page.status_code == 200
    assert "Title and abstract is locked" in text(page) and WHY in text(page)
    assert not Seat.objects.exists()
    read = ann.get(url("vote", team.review, "title_abstract", reports[0].pk))
    assert read.status_code == 200 and "decide" not in read.content.decode()
    home = ann.get(f"/r/{team.review.slug}/")
    assert "to screen" not in [todo.what for todo in home.context["todos"]]


def test_the_other_stage_goes_on(team: people.Team, reports: list[Report]) -> None:
    factories.hold(factories.include_on_abstract(reports[0], team.ann, team.bo), team.lead)
    turn(team, "locked")
    vote(team.ann, reports[0], "include", at="full_text")


# Closing (users.md B8) ----------------------------------------------------------------------------


def matters(team: people.Team, at: str = "title_abstract") -> dict[str, int]:
    page = signed_in(team.lead).get(url("state", team.review, at))
    return {matter.kind: matter.n for matter in page.context["matters"]}


def test_closing_lists_each_report_that_is_open_and_refuses(
    team: people.Team, reports: list[Report]
) -> None:
    lacking, disputed, other = reports
    vote(team.ann, lacking, "include")
    vote(team.ann, disputed, "include")
    vote(team.bo, disputed, "exclude")
    for voter in (team.ann, team.bo):
        vote(voter, other, "exclude")
    Pair.objects.create(review=team.review, first=lacking, second=other, why="The same DOI.")
    assert matters(team) == {"votes": 1, "conflicts": 1, "pairs": 1}
    lead = signed_in(team.lead)
    where = url("state", team.review, "title_abstract")
    page = text(lead.get(where))
    for report in (lacking, disputed, other):
        assert f"trial number {report.face.citation.identifier}" in page
    answer = lead.post(where, {"act": "close", "reason": "Done"})
    assert answer.status_code == 409
    assert "1 report that lacks a vote, 1 open conflict, 1 possible duplicate" in text(answer)
    assert answer.context["form"]["reason"].value() == "Done"
    assert factories.stage(team.review).state == "open"


def test_a_full_text_stage_is_not_closed_while_a_full_text_is_sought(
    team: people.Team, reports: list[Report]
) -> None:
    factories.include_on_abstract(reports[0], team.ann, team.bo)
    assert matters(team, "full_text") == {"sought": 1}
    with pytest.raises(StillOpen, match="1 full text still sought"):
        turn(team, "closed", "full_text")


def finish(team: people.Team, reports: list[Report]) -> None:
    for report in reports:
        for voter in (team.ann, team.bo):
            vote(voter, report, "exclude")


def test_with_nothing_open_it_closes_and_can_be_reopened_each_logged_with_its_reason(
    team: people.Team, ann: Client, reports: list[Report]
) -> None:
    finish(team, reports)
    lead = signed_in(team.lead)
    where = url("state", team.review, "title_abstract")
    assert "Close the stage" in text(lead.get(where))
    assert lead.post(where, {"act": "close", "reason": "All screened"}).status_code == 303
    page = ann.get(url("queue", team.review, "title_abstract"))
    assert "Title and abstract is closed" in text(page)
    mine = Decision.objects.filter(actor=team.ann).first()
    assert ann.post(url("undo", team.review, "title_abstract", mine.pk)).status_code == 423
    assert lead.post(where, {"act": "reopen", "reason": "Late records"}).status_code == 303
    logged = Event.objects.filter(subject="title_abstract").order_by("pk")
    assert [(e.what, e.reason, e.actor) for e in logged] == [
        ("closed title and abstract", "All screened", team.lead),
        ("reopened title and abstract", "Late records", team.lead),
    ]
    assert "All screened" in text(ann.get(f"/r/{team.review.slug}/protocol/"))


def test_what_arrives_after_the_closing_is_shown_to_the_lead(
    team: people.Team, reports: list[Report]
) -> None:
    finish(team, reports)
    turn(team, "closed")
    factories.reports(factories.search(team.review, source="Embase"), 1, first=9001)
    page = text(signed_in(team.lead).get(url("state", team.review, "title_abstract")))
    assert "What came up since" in page and "1 report that lacks a vote" in page


@pytest.mark.parametrize(
    ("now", "wanted", "why", "refusal"),
    [
        ("open", "locked", "  ", Incomplete),
        ("open", "open", WHY, Stale),
        ("locked", "locked", WHY, Stale),
        ("closed", "locked", WHY, Stale),
    ],
)
def test_a_stage_is_turned_only_with_a_reason_and_only_once(
    team: people.Team, now: str, wanted: str, why: str, refusal: type[Exception]
) -> None:
    team.review.stages.update(state=now, state_at=timezone.now() - timedelta(days=1))
    with pytest.raises(refusal):
        turn(team, wanted, why=why)
    assert factories.stage(team.review).state == now
    assert not Event.objects.filter(subject="title_abstract").exists()


# Who votes ----------------------------------------------------------------------------------------


def test_who_is_not_chosen_is_told_so_and_keeps_what_they_voted(
    team: people.Team, ann: Client, reports: list[Report]
) -> None:
    vote(team.ann, reports[0], "include")
    where, sent = paper(ann, url("queue", team.review, "title_abstract"), "include")
    at = factories.stage(team.review)
    set_rules(stage=at, actor=None, voters="chosen", chosen=[team.bo.pk], votes_needed=1)
    answer = ann.post(where, sent)
    assert answer.status_code == 403
    assert "The lead has chosen other people to vote on title and abstract" in text(answer)
    assert ann.get(url("queue", team.review, "full_text")).status_code == 200
    assert Decision.objects.count() == 1
    assert Standing.objects.get().votes == 1
    home = ann.get(f"/r/{team.review.slug}/")
    assert "to screen" not in [todo.what for todo in home.context["todos"]]


def test_the_list_of_voters_is_read_under_the_lock_whatever_the_page_knew(
    team: people.Team, reports: list[Report]
) -> None:
    vote(team.ann, reports[0], "include")
    last = vote(team.bo, reports[0], "exclude")
    at = factories.stage(team.review)
    set_rules(stage=at, actor=None, consensus=True)
    page = factories.stage(team.review)
    set_rules(stage=at, actor=None, voters="chosen", chosen=[team.bo.pk], votes_needed=1)
    ruling = Ruling("include", "", last.pk, "n")
    with pytest.raises(NotAVoter):
        agree(voter=team.ann, report=reports[0], stage=page, ruling=ruling)
    with pytest.raises(NotAVoter):
        cast_vote(voter=team.ann, stage=page, ballot=Ballot(reports[1].pk, "include", "n"))
    assert Decision.objects.count() == 2


# Reasons on abstracts -----------------------------------------------------------------------------


def test_reasons_are_asked_on_abstracts_only_where_the_lead_wants_it(
    team: people.Team, ann: Client, reports: list[Report]
) -> None:
    address = url("queue", team.review, "title_abstract")
    assert "If you exclude: why" not in text(ann.get(address))
    set_rules(stage=factories.stage(team.review), actor=None, ask_reasons=True)
    assert "the first that applies, or none" in text(ann.get(address))
    wrong = team.review.reasons.get(label="Wrong population")
    assert ann.post(*paper(ann, address, "exclude", reason=wrong.pk)).status_code == 303
    assert ann.post(*paper(ann, address, "exclude")).status_code == 303
    assert [d.reason for d in Decision.objects.order_by("pk")] == [wrong, None]
