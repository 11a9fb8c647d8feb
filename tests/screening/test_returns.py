"""A decided report goes back to a stage: what came after ends in sight, nobody's vote is wiped.

What is marked ``both`` runs a second time on PostgreSQL.
"""

from __future__ import annotations

import pytest
from django.test import Client

from extraction.overview import study_lines
from review.errors import Incomplete, WrongPosition
from review.models import Event, Move, Report
from review.services.retrieval import give_up, record_attempt
from review.services.studies import link_reports
from review.site.audit import differences
from review.site.flow import counts_of
from screening.models import Decision, Kind, Standing
from screening.pairs import first_votes
from screening.services.merging import merge_reports, split_reports
from screening.services.returning import Return, return_report
from screening.services.settle import Ruling, settle
from screening.services.votes import Ballot, cast_vote
from tests import factories, people
from tests.factories import next_report, vote
from tests.screening.pages import hidden, paper, signed_in, url
from tests.screening.wire import words

pytestmark = pytest.mark.django_db
AT = "title_abstract"
WHY = "The full text shows another trial"


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def included(team: people.Team) -> Report:
    """Included on both stages, and linked into a study."""
    (report,) = factories.reports(factories.search(team.review), 1)
    factories.hold(factories.include_on_abstract(report, team.ann, team.bo), team.lead)
    vote(team.ann, report, "include", at="full_text")
    vote(team.bo, report, "include", at="full_text")
    link_reports(review=team.review, reports=[report.pk], actor=team.ann, label="Younger 2013")
    return fresh(report)


def fresh(report: Report) -> Report:
    report.refresh_from_db()
    return report


def back(team: people.Team, report: Report, to: str = AT, reason: str = WHY) -> Decision:
    fresh(report)
    sent = Return(reason, str(report.position), f"back {Decision.objects.count()}")
    at = factories.stage(team.review, to)
    done = return_report(report=report, stage=at, sent=sent, actor=team.lead)
    assert list(differences(team.review)) == []
    fresh(report)
    return done


def standing(report: Report, at: str = AT) -> tuple[str, str]:
    found = Standing.objects.get(report=report, stage__name=at)
    return found.status, found.choice


def votes(report: Report, at: str = AT) -> list[tuple[str, str]]:
    """Every vote that was ever cast, in order."""
    cast = Decision.objects.filter(report=report, stage__name=at, kind=Kind.VOTE).order_by("pk")
    return [(str(each.actor), each.choice) for each in cast.select_related("actor")]


def page(client: Client, address: str) -> str:
    return words(client.get(address).content.decode())


# What follows --------------------------------------------------------------------------------


@pytest.mark.both
def test_an_include_taken_back_after_full_text_work_ends_everything_after_it_in_sight(
    team: people.Team, included: Report
) -> None:
    before = counts_of(team.review)
    assert (before.new_studies, before.left.assessed, before.records_screened) == (1, 1, 1)
    back(team, included)
    assert (included.position, standing(included)) == ("screening", ("pending", ""))
    after = counts_of(team.review)
    assert (after.new_studies, after.left.sought, after.left.screening_pending) == (0, 0, 1)
    (line,) = study_lines(team.review)
    assert not line.is_included and any("is no longer included" in w for w in line.warnings)
    last = Move.objects.filter(report=included).order_by("pk").last()
    assert last is not None
    assert (last.origin, last.target, last.actor) == ("included", "screening", team.lead)
    event = Event.objects.get(what="returned a report to title and abstract")
    assert (event.old, event.new, event.reason) == ("included", "screening", WHY)


@pytest.mark.both
def test_nobodys_vote_is_wiped_and_each_may_vote_again(team: people.Team, included: Report) -> None:
    cast = votes(included)
    back(team, included)
    assert votes(included) == cast == [("Ann", "include"), ("Bo", "include")]
    for voter in (team.ann, team.bo):
        assert next_report(voter, team.review) == included
        vote(voter, included, "exclude")
    assert votes(included) == [*cast, ("Ann", "exclude"), ("Bo", "exclude")]
    assert fresh(included).position == "excluded"
    assert list(differences(team.review)) == []


@pytest.mark.both
def test_votes_on_the_full_text_count_again_when_the_report_is_included_again(
    team: people.Team, included: Report
) -> None:
    back(team, included)
    for voter in (team.ann, team.bo):
        vote(voter, included, "include")
    assert fresh(included).position == "included"
    assert len(votes(included, "full_text")) == 2
    assert list(differences(team.review)) == []


def test_back_to_full_text_the_abstract_stays_decided(team: people.Team, included: Report) -> None:
    back(team, included, to="full_text")
    assert included.position == "assessing"
    assert (standing(included), standing(included, "full_text")) == (
        ("final", "include"),
        ("pending", ""),
    )
    vote(team.ann, included, "exclude", at="full_text", reason="Wrong population")
    vote(team.bo, included, "exclude", at="full_text", reason="Wrong population")
    assert str(fresh(included).reason) == "Wrong population"
    assert list(differences(team.review)) == []


def test_somebody_else_may_vote_instead_and_one_old_vote_decides_nothing(
    team: people.Team, included: Report
) -> None:
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    back(team, included)
    vote(cy, included, "exclude")
    assert fresh(included).position == "screening"
    vote(team.ann, included, "include")
    assert standing(included) == ("conflict", "")
    assert next_report(team.bo, team.review) is None
    assert list(differences(team.review)) == []


def test_a_vote_is_changed_from_my_decisions_too(team: people.Team, included: Report) -> None:
    mine = Decision.objects.get(actor=team.ann, stage__name=AT)
    back(team, included)
    again = Ballot(included.pk, "exclude", "changed", supersedes=mine.pk)
    cast_vote(voter=team.ann, stage=factories.stage(team.review), ballot=again)
    vote(team.bo, included, "exclude")
    assert fresh(included).position == "excluded"
    assert list(differences(team.review)) == []


@pytest.mark.both
def test_a_settlement_stays_in_the_history_and_settles_nothing_any_more(
    team: people.Team, included: Report
) -> None:
    (report,) = factories.reports(included.counted_by, 1, first=2001)  # type: ignore[arg-type]
    vote(team.ann, report, "include")
    last = vote(team.bo, report, "exclude")
    at = factories.stage(team.review)
    for round_ in ("first", "second"):
        ruling = Ruling("include", "Pain", last.pk, round_)
        settle(adjudicator=team.adjudicator, report=report, stage=at, ruling=ruling)
        assert fresh(report).position == "sought"
        back(team, report)
        vote(team.ann, report, "include")
        last = vote(team.bo, report, "exclude")
        assert standing(report) == ("conflict", "")
    assert Decision.objects.filter(kind=Kind.SETTLE, report=report).count() == 2
    assert list(differences(team.review)) == []


def test_agreement_rests_on_the_first_votes_whatever_is_returned(
    team: people.Team, included: Report
) -> None:
    at = factories.stage(team.review)
    before = first_votes(at)
    back(team, included)
    vote(team.ann, included, "include")
    vote(team.bo, included, "exclude")
    assert (
        first_votes(at)
        == before
        == {included.pk: [(team.ann.pk, "include"), (team.bo.pk, "include")]}
    )


def test_a_report_whose_full_text_could_not_be_had_goes_back_and_is_not_retrieved_again(
    team: people.Team,
) -> None:
    (report,) = factories.reports(factories.search(team.review), 1)
    factories.include_on_abstract(report, team.ann, team.bo)
    record_attempt(report=report, tried_on=factories.TRIED_ON, how="Library", actor=team.lead)
    give_up(report=report, actor=team.lead)
    back(team, report)
    factories.include_on_abstract(report, team.ann, team.bo)
    assert report.position == "not_retrieved"


def test_a_return_holds_for_every_copy_and_a_split_gives_them_back_to_be_voted_on(
    team: people.Team,
) -> None:
    one, two = factories.reports(factories.search(team.review), 2)
    vote(team.ann, one, "include")
    vote(team.bo, two, "include")
    merge = merge_reports(survivor=one, absorbed=two, why="Same", actor=team.lead)
    assert fresh(one).position == "sought"
    back(team, one)
    assert standing(one) == ("pending", "")
    split_reports(merge=merge, actor=team.lead)
    assert [fresh(report).position for report in (one, two)] == ["screening", "screening"]
    assert next_report(team.bo, team.review) == one
    assert list(differences(team.review)) == []


def test_a_duplicate_that_comes_after_a_return_brings_its_votes(team: people.Team) -> None:
    one, two = factories.reports(factories.search(team.review), 2)
    factories.include_on_abstract(one, team.ann, team.bo)
    vote(team.ann, two, "exclude")
    vote(team.bo, two, "exclude")
    back(team, one)
    merge_reports(survivor=one, absorbed=two, why="Same", actor=team.lead)
    assert fresh(one).position == "excluded", "only the first was returned"
    assert list(differences(team.review)) == []


# Refusals ------------------------------------------------------------------------------------


def test_a_return_needs_a_reason(team: people.Team, included: Report) -> None:
    with pytest.raises(Incomplete, match="Say why"):
        back(team, included, reason="  ")


@pytest.mark.parametrize("to", [AT, "full_text"])
def test_what_is_not_decided_at_a_stage_is_not_returned_to_it(team: people.Team, to: str) -> None:
    (report,) = factories.reports(factories.search(team.review), 1)
    with pytest.raises(WrongPosition, match="“to screen” now"):
        back(team, report, to=to)


def test_a_return_sent_twice_is_one_and_a_stale_page_returns_nothing(
    team: people.Team, included: Report
) -> None:
    at, sent = factories.stage(team.review), Return(WHY, "included", "same click")
    first = return_report(report=included, stage=at, sent=sent, actor=team.lead)
    assert return_report(report=included, stage=at, sent=sent, actor=team.lead) == first
    with pytest.raises(WrongPosition):
        late = Return(WHY, "included", "another tab")
        return_report(report=included, stage=at, sent=late, actor=team.lead)
    assert Decision.objects.filter(kind=Kind.RETURN).count() == 1


# The page ------------------------------------------------------------------------------------


def test_the_lead_returns_a_report_from_its_page_and_voters_read_why(
    team: people.Team, included: Report
) -> None:
    lead, address = signed_in(team.lead), url("return", team.review, included.pk)
    history = url("decisions", team.review, included.pk)
    assert f'href="{address}"' in lead.get(history).content.decode()
    html = lead.get(address).content.decode()
    told = words(html)
    assert "Nobody’s vote is wiped" in told and "It stays linked to Younger 2013" in told
    sent = {name: hidden(html, name) for name in ("stood", "nonce")}
    bare = lead.post(address, sent | {"stage": AT})
    assert bare.status_code == 422 and "This field is required" in bare.content.decode()
    answer = lead.post(address, sent | {"stage": AT, "reason": WHY}, follow=True)
    assert "Returned to title and abstract. It waits for all its votes again." in words(
        answer.content.decode()
    )

    ann = signed_in(team.ann)
    queue = url("queue", team.review, AT)
    shown = page(ann, queue)
    assert "Lead returned this report to title and abstract" in shown and WHY in shown
    assert "returned since" in page(ann, url("mine", team.review, AT))
    report = page(ann, f"/r/{team.review.slug}/reports/{included.pk}/")
    assert "Returned to title and abstract, by Lead" in report
    mine = page(ann, history)
    assert "Lead returned it to title and abstract" in mine and WHY in mine
    assert "Ann: Include" in mine and "Bo: Include" not in mine, "blind until all vote again"
    assert ann.post(*paper(ann, queue, "exclude")).status_code == 303
    vote(team.bo, included, "exclude")
    assert "Bo: Include" in page(ann, history), "the earlier votes stay in the history"


def test_only_a_lead_returns_reports(team: people.Team, included: Report) -> None:
    address = url("return", team.review, included.pk)
    for who in (team.ann, team.adjudicator, team.observer, team.admin):
        assert signed_in(who).get(address).status_code == 403
    assert "Return it to a stage" not in page(
        signed_in(team.ann), url("decisions", team.review, included.pk)
    )


def test_a_report_on_which_nothing_was_decided_says_so(team: people.Team) -> None:
    (report,) = factories.reports(factories.search(team.review), 1)
    assert "nothing to return" in page(signed_in(team.lead), url("return", team.review, report.pk))


def test_a_vote_on_the_full_text_that_was_under_way_is_kept_as_an_opinion(
    team: people.Team, included: Report
) -> None:
    back(team, included, to="full_text")
    ann = signed_in(team.ann)
    late = paper(ann, url("queue", team.review, "full_text"), "include", note="Read it twice")
    vote(team.bo, included, "include", at="full_text")
    back_to_abstract = Return(WHY, "assessing", "again")
    at = factories.stage(team.review)
    return_report(report=fresh(included), stage=at, sent=back_to_abstract, actor=team.lead)
    answer = ann.post(*late)
    told = words(answer.content.decode())
    assert answer.status_code == 409 and "“To screen”" in told.replace("to screen", "To screen")
    assert "kept as your opinion" in told and "Read it twice" in told
    assert list(differences(team.review)) == []
