"""Pages of the rules: one form, what it would change, the change, and the way back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from review.models import Report, Stage
from review.services import jobs
from review.services.stages import rules_of, set_rules
from review.site.audit import differences
from screening.models import Decision, RuleChange, Standing
from screening.services import rules as changing
from screening.services.judging_again import judge_again
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import signed_in, url
from tests.screening.test_blinding import masked

pytestmark = pytest.mark.django_db

DEFAULTS = {
    "votes_needed": "2",
    "voters": "all",
    "maybe_means": "include",
    "reasons_differ": "first",
    "order": "arrival",
    "seen": "0",
}


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def lead(team: people.Team) -> Client:
    return signed_in(team.lead)


def stage(team: people.Team, name: str = "title_abstract") -> Stage:
    return factories.stage(team.review, name)


def send(client: Client, team: people.Team, at: str = "title_abstract", **values: Any) -> Any:
    return client.post(url("rules", team.review, at), DEFAULTS | values)


def text(answer: HttpResponse) -> str:
    """What a person reads, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def voted(team: people.Team) -> list[Report]:
    """One report included by both, one with a single vote, one in conflict."""
    found = factories.reports(factories.search(team.review), 3)
    for voter in (team.ann, team.bo):
        vote(voter, found[0], "include")
    vote(team.ann, found[1], "exclude")
    vote(team.ann, found[2], "include")
    vote(team.bo, found[2], "exclude")
    return found


def test_before_anybody_votes_the_rules_are_saved_at_once(team: people.Team, lead: Client) -> None:
    answer = send(lead, team, votes_needed="3", maybe_means="tentative", consensus="on")
    assert answer.status_code == 303
    rules = rules_of(stage(team))
    assert (rules["votes_needed"], rules["maybe_means"]) == (3, "tentative")
    assert rules["consensus"] is True
    assert rules_of(stage(team, "full_text"))["votes_needed"] == 2


def test_the_form_shows_the_rules_in_force_and_helps_in_words(
    team: people.Team, lead: Client
) -> None:
    set_rules(stage=stage(team), actor=None, votes_needed=4, hide_authors=True)
    page = lead.get(url("rules", team.review, "title_abstract"))
    form = page.context["form"]
    assert (form["votes_needed"].value(), form["hide_authors"].value()) == (4, True)
    assert "Four reviewers, independently" in text(page)
    assert "miss fewer studies" in text(page)


def test_full_text_has_no_maybe_and_names_its_authors(team: people.Team, lead: Client) -> None:
    form = lead.get(url("rules", team.review, "full_text")).context["form"]
    assert {"maybe_means", "ask_reasons", "hide_authors"}.isdisjoint(form.fields)
    sent = {"votes_needed": "1", "hide_authors": "on", "maybe_means": "conflict"}
    assert send(lead, team, "full_text", **sent).status_code == 303
    assert rules_of(stage(team, "full_text"))["hide_authors"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"votes_needed": "5"},
        {"votes_needed": "0"},
        {"votes_needed": ""},
        {"maybe_means": "perhaps"},
        {"voters": "friends"},
        {"order": "best first"},
        {"voters": "chosen", "chosen": ["999999"]},
        {"voters": "chosen", "chosen": []},
        {"seen": "x"},
    ],
)
def test_a_rule_that_does_not_exist_is_refused(
    team: people.Team, lead: Client, change: dict[str, Any]
) -> None:
    before = rules_of(stage(team))
    assert send(lead, team, **change).status_code == 422
    assert rules_of(stage(team)) == before


def test_once_people_voted_the_page_shows_what_changes_before_it_does(
    team: people.Team, lead: Client
) -> None:
    found = voted(team)
    answer = send(lead, team, votes_needed="3")
    assert answer.status_code == 200
    words = text(answer)
    assert "Two reviewers, independently Three reviewers, independently" in words
    assert "2 reports wait for votes again." in words
    assert "“full text sought” (1)" in words
    for report in (found[0], found[2]):
        assert factories.citation("").title or report.face
        assert f"trial number {report.face.citation.identifier}" in words
    assert not RuleChange.objects.exists() and stage(team).votes_needed == 2


def confirm(client: Client, team: people.Team, **values: Any) -> Any:
    return send(client, team, act="change", reason="Two are enough", **values)


def test_confirmed_it_is_changed_with_its_reason_and_undone_by_one_click(
    team: people.Team, lead: Client
) -> None:
    found = voted(team)
    answer = confirm(lead, team, votes_needed="1")
    change = RuleChange.objects.get()
    assert answer["Location"] == url("rule_change", team.review, "title_abstract", change.pk)
    page = lead.get(answer["Location"])
    assert "Two are enough" in text(page) and "1 got enough votes" in text(page)
    assert f"trial number {found[1].face.citation.identifier}" in text(page)
    found[1].refresh_from_db()
    assert found[1].position == "excluded"
    undone = lead.post(url("rule_undo", team.review, "title_abstract", change.pk))
    assert undone.status_code == 303
    found[1].refresh_from_db()
    assert (found[1].position, stage(team).votes_needed) == ("screening", 2)
    assert list(differences(team.review)) == []


def test_without_a_reason_the_page_asks_for_it_and_keeps_the_rules_chosen(
    team: people.Team, lead: Client
) -> None:
    voted(team)
    answer = send(lead, team, act="change", votes_needed="1", consensus="on", reason=" ")
    assert answer.status_code == 422
    assert "Write why" in text(answer)
    assert "Why optional" not in text(answer)
    assert answer.context["form"]["votes_needed"].value() == "1"
    back = send(lead, team, act="back", votes_needed="1", consensus="on")
    assert back.context["form"]["votes_needed"].value() == "1"
    assert stage(team).votes_needed == 2


def test_the_second_of_two_leads_sees_what_the_first_changed(
    team: people.Team, lead: Client
) -> None:
    voted(team)
    confirm(lead, team, votes_needed="3")
    for act in ("", "change"):
        answer = send(lead, team, act=act, votes_needed="1", reason="Because")
        assert answer.status_code == 409
        assert "Somebody else changed these rules" in text(answer)
        assert answer.context["form"]["votes_needed"].value() == "1"
    assert stage(team).votes_needed == 3


def test_nothing_changed_is_said_so(team: people.Team, lead: Client) -> None:
    voted(team)
    answer = send(lead, team)
    assert (answer.status_code, "nothing would change" in text(answer)) == (422, True)


def test_a_long_change_shows_how_far_it_is_and_can_be_resumed(
    team: people.Team, lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    voted(team)
    monkeypatch.setattr(changing, "AT_ONCE", -1)
    where = confirm(lead, team, votes_needed="1")["Location"]
    change = RuleChange.objects.get()
    assert change.job is not None
    assert "Waiting for the worker" in text(lead.get(where))
    polled = lead.get(where, headers={"HX-Request": "true"})
    assert polled.status_code == 200 and "hx-get" in polled.content.decode()
    jobs.cancel(job=change.job)
    lead.post(url("rule_resume", team.review, "title_abstract", change.pk))
    jobs.perform(change.job.pk, judge_again)
    polled = lead.get(where, headers={"HX-Request": "true"})
    assert (polled.status_code, polled["HX-Refresh"]) == (286, "true")
    assert "1 got enough votes" in text(lead.get(where))


def test_a_change_of_another_stage_is_not_found(team: people.Team, lead: Client) -> None:
    confirm(lead, team, votes_needed="1")
    change = RuleChange.objects.get()
    assert lead.get(url("rule_change", team.review, "full_text", change.pk)).status_code == 404
    assert lead.get(url("rules", team.review, "third")).status_code == 404


def test_everybody_reads_rules_and_their_changes_on_the_protocol_page(
    team: people.Team, lead: Client
) -> None:
    voted(team)
    chosen = [str(team.ann.pk), str(team.bo.pk)]
    values = {"voters": "chosen", "chosen": chosen, "hide_authors": "on", "order": "random"}
    confirm(lead, team, **values)
    words = text(signed_in(team.observer).get(f"/r/{team.review.slug}/protocol/"))
    assert "Only Ann, Bo." in words
    assert "Hidden from voters" in words
    assert f"(number {stage(team).order_seed})" in words
    assert "Lead changed the rules of title and abstract Two are enough" in words


# Blinding -----------------------------------------------------------------------------------------


def leads_pages(team: people.Team, values: dict[str, Any]) -> str:
    """What the lead is shown of a change before it is made, as far as keys do not differ."""
    answer = send(signed_in(team.lead), team, **values)
    assert answer.status_code == 200
    return masked(type("World", (), {"team": team}), answer)


@pytest.mark.parametrize(
    "values",
    [
        {"votes_needed": "1"},
        {"votes_needed": "1", "maybe_means": "conflict"},
        {"votes_needed": "3"},
        {"maybe_means": "conflict"},
    ],
)
def test_what_would_change_does_not_tell_how_a_colleague_voted(values: dict[str, Any]) -> None:
    shared, pages = people.team("shared"), []
    for bos in ("include", "exclude", "maybe"):
        team = people.team(f"twin-{bos}", shared=shared)
        found = factories.reports(factories.search(team.review), 2)
        vote(team.bo, found[0], bos)
        for voter in (team.ann, team.bo):
            vote(voter, found[1], "include")
        pages.append(leads_pages(team, values))
    assert pages[0] == pages[1] == pages[2]


@pytest.mark.parametrize("values", [{"votes_needed": "1"}, {"votes_needed": "3"}])
def test_a_lead_who_votes_is_not_even_told_whether_a_colleague_did(values: dict[str, Any]) -> None:
    shared, pages = people.team("shared"), []
    for bos in ("include", None):
        team = people.team(f"twin-{bos}", shared=shared)
        membership = team.review.memberships.get(user=team.lead)
        membership.is_reviewer = True
        membership.save()
        found = factories.reports(factories.search(team.review), 2)
        vote(team.lead, found[1], "include")
        if bos:
            vote(team.bo, found[0], bos)
        pages.append(leads_pages(team, values))
        assert "You vote at this stage yourself" in pages[-1]
    assert pages[0] == pages[1]


def test_after_a_change_reports_that_wait_again_are_listed_without_their_votes(
    team: people.Team, lead: Client
) -> None:
    voted(team)
    where = confirm(lead, team, votes_needed="3")["Location"]
    page = text(lead.get(where))
    assert "waits for votes again" in page
    assert "nclude" not in page.split("What it did to the reports")[1].replace("Excluded", "")
    assert Decision.objects.count() == 5
    assert Standing.objects.filter(status="pending").count() == 3
