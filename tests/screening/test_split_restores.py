"""A late duplicate with votes on both copies: both histories stay, and a split restores both.

Each copy may have come as far as any other; prisma.md section 4 rule 6 says what they amount to
together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from review.models import Report
from review.services.retrieval import give_up, record_attempt
from review.services.studies import link_reports
from review.site.audit import differences
from review.site.flow import counts_of
from screening.models import Decision, Seat, SeatState, Standing
from screening.services.merging import merge_reports, split_reports
from screening.services.settle import Ruling, settle
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import signed_in, url
from tests.screening.wire import words

pytestmark = pytest.mark.django_db
AT = "title_abstract"
Way = Callable[[people.Team, Report], None]


@pytest.fixture
def team() -> people.Team:
    return people.team()


def half(team: people.Team, report: Report) -> None:
    vote(team.ann, report, "include")


def excluded(team: people.Team, report: Report) -> None:
    vote(team.ann, report, "exclude")
    vote(team.bo, report, "exclude")


def disputed(team: people.Team, report: Report) -> None:
    vote(team.ann, report, "include")
    vote(team.bo, report, "exclude")


def settled(team: people.Team, report: Report) -> None:
    disputed(team, report)
    at = factories.stage(team.review)
    last = Standing.objects.get(report=report, stage=at).last_id or 0
    ruling = Ruling("include", "Pain", last, f"settle {report.pk}")
    settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=ruling)


def sought(team: people.Team, report: Report) -> None:
    factories.include_on_abstract(report, team.ann, team.bo)


def not_retrieved(team: people.Team, report: Report) -> None:
    sought(team, report)
    record_attempt(report=report, tried_on=factories.TRIED_ON, how="Library", actor=team.lead)
    give_up(report=report, actor=team.lead)


def assessing(team: people.Team, report: Report) -> None:
    sought(team, report)
    factories.hold(report, team.lead)
    vote(team.ann, report, "include", at="full_text")


def included(team: people.Team, report: Report) -> None:
    assessing(team, report)
    vote(team.bo, report, "include", at="full_text")
    link_reports(
        review=team.review, reports=[report.pk], actor=team.lead, label=f"Trial {report.pk}"
    )


def rejected(team: people.Team, report: Report) -> None:
    sought(team, report)
    factories.hold(report, team.lead)
    for voter in (team.ann, team.bo):
        vote(voter, report, "exclude", at="full_text", reason="Wrong population")


WAYS: list[Way] = [
    lambda team, report: None,
    half, excluded, disputed, settled, sought, not_retrieved, assessing, included, rejected,
]  # fmt: skip


def state(report: Report) -> dict[str, Any]:
    """Everything that a person can see of a report and its votes."""
    report.refresh_from_db()
    standings = Standing.objects.filter(report=report).exclude(status="pending")
    seats = Seat.objects.filter(report=report, state=SeatState.DONE)
    votes = Decision.objects.filter(report=report, kind="vote").counting()
    return {
        "position": report.position,
        "reason": str(report.reason),
        "study": report.study_id,
        "records": sorted(report.records.values_list("pk", flat=True)),
        "held": sorted(report.full_texts.values_list("form", flat=True)),
        "tried": sorted(report.retrievals.values_list("how", flat=True)),
        "votes": sorted(votes.values_list("stage__name", "actor", "choice")),
        "seats": sorted(seats.values_list("stage__name", "reviewer")),
        "standings": sorted(
            standings.values_list("stage__name", "status", "choice", "settled_by", "votes")
        ),
    }


def restores(team: people.Team, first: Way, second: Way) -> None:
    """Send two copies their ways, merge them, split them: all is as before."""
    one, two = factories.reports(factories.search(team.review), 2)
    first(team, one)
    second(team, two)
    before = [state(one), state(two)]
    numbers = counts_of(team.review).as_json()
    history = set(Decision.objects.values_list("pk", flat=True))
    for survivor, absorbed in ((one, two), (two, one)):
        merge = merge_reports(survivor=survivor, absorbed=absorbed, why="Same", actor=team.lead)
        assert list(differences(team.review)) == []
        assert set(Decision.objects.values_list("pk", flat=True)) == history
        split_reports(merge=merge, actor=team.lead)
        assert [state(one), state(two)] == before
        assert counts_of(team.review).as_json() == numbers
        assert list(differences(team.review)) == []


@pytest.mark.both
def test_a_split_gives_a_settled_and_an_included_copy_back(team: people.Team) -> None:
    restores(team, settled, included)


@pytest.mark.parametrize("place", range(len(WAYS)), ids=lambda place: f"way {place}")
def test_a_split_restores_both_copies_whatever_had_been_decided_on_each(
    team: people.Team, place: int
) -> None:
    restores(team, WAYS[place], WAYS[(place * 3 + 1) % len(WAYS)])


@pytest.mark.long
def test_a_split_restores_any_two_copies(team: people.Team) -> None:
    for first in WAYS:
        for second in WAYS:
            with transaction.atomic():
                restores(team, first, second)
                transaction.set_rollback(True)


@pytest.mark.both
def test_after_a_merge_the_page_says_by_which_rule_both_copies_votes_count(
    team: people.Team,
) -> None:
    one, two = factories.reports(factories.search(team.review), 2)
    for voter, report, choice in ((team.ann, one, "include"), (team.bo, two, "exclude")):
        vote(voter, report, choice)
    lead = signed_in(team.lead)
    shown = words(lead.get(url("merge", team.review, one.pk), {"other": two.pk}).content.decode())
    assert "Records and votes of both are judged together" in shown
    sent = {"other": two.pk, "why": "Same trial"}
    said = words(lead.post(url("merge", team.review, one.pk), sent, follow=True).content.decode())
    assert "The last vote of each reviewer on either copy counts" in said
    assert "in conflict on title and abstract" in said

    conflict = words(lead.get(url("conflict", team.review, AT, one.pk)).content.decode())
    assert "Votes on both copies count" in conflict and "on a duplicate of this report" in conflict
    history = words(lead.get(url("decisions", team.review, one.pk)).content.decode())
    assert "Ann: Include" in history and "Bo: Exclude" in history
