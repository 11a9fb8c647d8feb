"""The pages of conflicts and of a report's decisions."""

from __future__ import annotations

import pytest
from django.test import Client

from review.models import Report
from review.services.stages import set_rules
from screening.models import Decision, Kind, Standing
from screening.services.merging import merge_reports
from screening.services.votes import Ballot, cast_vote
from screening.views import conflicts
from tests import factories, people
from tests.screening.pages import hidden, signed_in, url

pytestmark = pytest.mark.django_db
AT = "title_abstract"


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 3)


@pytest.fixture
def conflict(team: people.Team, reports: list[Report]) -> Report:
    """Ann includes, Bo excludes, each with a note."""
    at = factories.stage(team.review)
    for voter, choice, note in [
        (team.ann, "include", "Fibromyalgia is pain"),
        (team.bo, "exclude", "No pain outcome"),
    ]:
        ballot = Ballot(reports[0].pk, choice, f"{voter.pk}", note=note)
        cast_vote(voter=voter, stage=at, ballot=ballot)
    return reports[0]


def page(client: Client, report: Report) -> tuple[str, str]:
    """Address and text of a conflict's page."""
    address = url("conflict", report.review, AT, report.pk)
    return address, client.get(address).content.decode()


def ruling(html: str, verdict: str, rationale: str) -> dict[str, str]:
    sent = {name: hidden(html, name) for name in ("seen", "nonce")}
    return sent | {"verdict": verdict, "rationale": rationale}


def test_an_adjudicator_sees_both_votes_with_their_notes_and_settles(
    team: people.Team, conflict: Report
) -> None:
    judge = signed_in(team.adjudicator)
    listed = judge.get(url("conflicts", team.review, AT)).content.decode()
    assert "trial number 1001" in listed and "trial number 1002" not in listed
    address, html = page(judge, conflict)
    assert all(word in html for word in ("Ann", "Fibromyalgia is pain", "Bo", "No pain outcome"))
    answer = judge.post(address, ruling(html, "include", "Pain is chronic here."), follow=True)
    assert "Settled: include." in answer.content.decode()
    conflict.refresh_from_db()
    assert conflict.position == "sought"


def test_without_a_rationale_the_page_asks_for_it(team: people.Team, conflict: Report) -> None:
    judge = signed_in(team.adjudicator)
    address, html = page(judge, conflict)
    answer = judge.post(address, ruling(html, "include", " "))
    assert answer.status_code == 422 and "Write the rationale" in answer.content.decode()


def test_a_vote_changed_meanwhile_is_shown_and_the_rationale_kept(
    team: people.Team, conflict: Report
) -> None:
    judge = signed_in(team.adjudicator)
    address, html = page(judge, conflict)
    mine = Decision.objects.get(actor=team.ann)
    changed = Ballot(conflict.pk, "maybe", "again", note="On second thought", supersedes=mine.pk)
    cast_vote(voter=team.ann, stage=factories.stage(team.review), ballot=changed)
    answer = judge.post(address, ruling(html, "include", "Pain is chronic here."))
    again = answer.content.decode()
    assert answer.status_code == 409
    assert "changed while you read it" in again
    assert "On second thought" in again and "Pain is chronic here." in again
    assert judge.post(address, ruling(again, "include", "Still pain.")).status_code == 303


def test_members_who_do_not_settle_look_without_a_form(team: people.Team, conflict: Report) -> None:
    for member in (team.observer, team.lead, team.ann):
        _, html = page(signed_in(member), conflict)
        assert "No pain outcome" in html and 'name="verdict"' not in html


def test_a_voter_who_adjudicates_is_told_that_another_has_to_settle(
    team: people.Team, conflict: Report
) -> None:
    team.review.memberships.filter(user=team.ann).update(is_adjudicator=True)
    ann = signed_in(team.ann)
    address, html = page(ann, conflict)
    assert "asks for another adjudicator" in html and 'name="verdict"' not in html
    sent = {"verdict": "include", "rationale": "Mine", "nonce": "n"}
    seen = Standing.objects.get(report=conflict).last_id
    answer = ann.post(address, sent | {"seen": seen})
    assert answer.status_code == 422 and "another adjudicator" in answer.content.decode()
    set_rules(stage=factories.stage(team.review), actor=None, voter_may_settle=True)
    _, html = page(ann, conflict)
    assert ann.post(address, ruling(html, "include", "Allowed")).status_code == 303


def test_two_voters_settle_by_consensus_where_the_protocol_allows_it(
    team: people.Team, conflict: Report
) -> None:
    set_rules(stage=factories.stage(team.review), actor=None, consensus=True)
    part = url("agree", team.review, AT, conflict.pk)
    ann, bo = signed_in(team.ann), signed_in(team.bo)
    _, html = page(ann, conflict)
    said = ann.post(part, ruling(html, "exclude", "Bo is right"), follow=True).content.decode()
    assert "ends when the others agree" in said and "Ann agrees to" in said
    _, html = page(bo, conflict)
    assert "Bo is right" in html
    said = bo.post(part, ruling(html, "exclude", ""), follow=True).content.decode()
    assert "You all agree" in said
    conflict.refresh_from_db()
    assert conflict.position == "excluded"


def test_consensus_is_refused_where_the_protocol_has_none(
    team: people.Team, conflict: Report
) -> None:
    seen = Standing.objects.get(report=conflict).last_id
    sent = {"verdict": "include", "rationale": "x", "nonce": "n", "seen": seen}
    answer = signed_in(team.ann).post(url("agree", team.review, AT, conflict.pk), sent)
    assert answer.status_code == 422
    assert "leaves conflicts at this stage to the adjudicator" in answer.content.decode()


def test_a_settled_conflict_leads_to_its_decisions(team: people.Team, conflict: Report) -> None:
    judge = signed_in(team.adjudicator)
    address, html = page(judge, conflict)
    judge.post(address, ruling(html, "include", "Pain"))
    late = judge.post(address, ruling(html, "exclude", "No") | {"nonce": "late"}, follow=True)
    said = late.content.decode()
    assert "Adjudicator settled this already: include." in said
    assert "Adjudicator settled:" in said and "Fibromyalgia is pain" in said
    assert Decision.objects.filter(kind=Kind.SETTLE).count() == 1


def test_conflicts_come_in_pages_by_key(
    team: people.Team, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "PER_PAGE", 2)
    for report in reports:
        factories.vote(team.ann, report, "include")
        factories.vote(team.bo, report, "exclude")
    judge, address = signed_in(team.adjudicator), url("conflicts", team.review, AT)
    first = judge.get(address).content.decode()
    assert f"?after={reports[1].place}" in first and "trial number 1003" not in first
    rest = judge.get(f"{address}?after={reports[1].place}").content.decode()
    assert "trial number 1003" in rest and "trial number 1002" not in rest


def test_my_own_vote_shows_at_once_and_a_colleagues_when_all_are_in(
    team: people.Team, reports: list[Report]
) -> None:
    ann, address = signed_in(team.ann), url("decisions", team.review, reports[0].pk)
    factories.vote(team.ann, reports[0], "maybe")
    assert "Maybe" in ann.get(address).content.decode()
    factories.vote(team.bo, reports[1], "exclude")
    hidden_still = ann.get(url("decisions", team.review, reports[1].pk)).content.decode()
    assert "Bo" not in hidden_still and "Nothing to show yet" in hidden_still
    factories.vote(team.bo, reports[0], "exclude")
    html = ann.get(address).content.decode()
    assert "Bo" in html and "Exclude" in html


def test_the_decisions_of_a_report_are_its_whole_history(
    team: people.Team, conflict: Report
) -> None:
    first = Decision.objects.get(actor=team.ann)
    changed = Ballot(conflict.pk, "maybe", "again", supersedes=first.pk)
    cast_vote(voter=team.ann, stage=factories.stage(team.review), ballot=changed)
    html = signed_in(team.observer).get(url("decisions", team.review, conflict.pk)).content.decode()
    assert html.index("Include</span>") < html.index("changed to")
    assert "Fibromyalgia is pain" in html


def test_votes_on_a_duplicate_are_shown_with_the_report_that_absorbed_it(
    team: people.Team, reports: list[Report]
) -> None:
    factories.vote(team.ann, reports[0], "include")
    factories.vote(team.bo, reports[1], "exclude")
    merge_reports(survivor=reports[0], absorbed=reports[1], why="Same", actor=team.lead)
    _, html = page(signed_in(team.adjudicator), reports[0])
    assert "on a duplicate of this report" in html
    old = signed_in(team.observer).get(url("decisions", team.review, reports[1].pk))
    assert old.status_code == 200
