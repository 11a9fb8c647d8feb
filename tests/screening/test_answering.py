"""Who may say that two reports are the same, and what follows; many at once; taking it back.

A merge puts the votes on both copies together, so it must not be a way to read a colleague's vote.
"""

from __future__ import annotations

import pytest

from review.models import Event, Pair, Report
from review.models.matching import Answer, Link
from review.site.audit import differences
from screening.errors import AnsweredAlready
from screening.models import Decision, Proposal, Standing
from screening.services.answering import accept_pairs, give_answer, merge_by_hand, take_back
from screening.services.merging import settle_pair
from tests import factories, people
from tests.factories import vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 4)


def ask(first: Report, second: Report, score: float = 0.9) -> Pair:
    first, second = sorted((first, second), key=lambda report: report.pk)
    return Pair.objects.create(
        review=first.review, first=first, second=second, why="Titles alike.", score=score
    )


def live(team: people.Team) -> int:
    assert list(differences(team.review)) == []
    return Report.objects.of(team.review).count()


def waiting(team: people.Team) -> list[tuple[int, int]]:
    rows = Pair.objects.unanswered(team.review)
    return [(pair.first_id, pair.second_id) for pair in rows]


def say(pair: Pair, actor: people.User, answer: str = "same", link: str = "") -> bool:
    return give_answer(pair=pair, answer=answer, actor=actor, link=link)


# What a merge must not show -----------------------------------------------------------------


def blinded(team: people.Team, reports: list[Report], bos: str = "exclude") -> Pair:
    """A pair of which Ann has voted on one report and Bo on the other."""
    vote(team.ann, reports[0], "include")
    vote(team.bo, reports[1], bos)
    return ask(reports[0], reports[1])


@pytest.mark.parametrize("bos", ["include", "exclude"])
def test_a_voter_alone_cannot_merge_two_reports_and_so_read_a_colleagues_vote(
    team: people.Team, reports: list[Report], bos: str
) -> None:
    pair = blinded(team, reports, bos)
    assert say(pair, team.ann) is False
    assert live(team) == 4 and not Standing.objects.exclude(status="pending").exists()
    seen = Decision.objects.visible_to(team.ann)
    assert {decision.actor for decision in seen} == {team.ann}
    assert say(pair, team.ann) is False, "nor by saying it twice"
    assert waiting(team) == [(reports[0].pk, reports[1].pk)]


def test_nor_can_a_voter_do_so_by_hand(team: people.Team, reports: list[Report]) -> None:
    vote(team.ann, reports[0], "include")
    vote(team.bo, reports[1], "exclude")
    done = merge_by_hand(one=reports[0], other=reports[1], why="One trial", actor=team.ann)
    assert done is None and live(team) == 4
    assert Pair.objects.unanswered(team.review).get().why == "One trial"
    assert Proposal.objects.get().actor == team.ann


def test_nor_can_a_lead_who_votes(team: people.Team, reports: list[Report]) -> None:
    both = people.person("both@example.org")
    people.member(team.review, both, "lead", "reviewer")
    assert say(blinded(team, reports), both) is False


def test_a_second_voter_who_says_the_same_merges_them(
    team: people.Team, reports: list[Report]
) -> None:
    pair = blinded(team, reports)
    say(pair, team.ann)
    assert say(pair, team.bo) is True
    assert live(team) == 3 and waiting(team) == []
    assert Standing.objects.get(report=reports[0]).status == "conflict"


@pytest.mark.parametrize("who", ["lead", "adjudicator"])
def test_who_does_not_vote_there_merges_at_once(
    team: people.Team, reports: list[Report], who: str
) -> None:
    assert say(blinded(team, reports), getattr(team, who)) is True
    assert live(team) == 3


def test_a_report_that_nobody_has_opened_is_merged_by_anybody(
    team: people.Team, reports: list[Report]
) -> None:
    vote(team.bo, reports[0], "exclude")
    assert say(ask(reports[0], reports[1]), team.ann) is True
    assert live(team) == 3


def test_reports_that_all_have_voted_on_are_merged_by_anybody(
    team: people.Team, reports: list[Report]
) -> None:
    for report in reports[:2]:
        factories.include_on_abstract(report, team.ann, team.bo)
    assert say(ask(reports[0], reports[1]), team.ann) is True
    assert live(team) == 3


@pytest.mark.parametrize(("answer", "link"), [("different", ""), ("linked", Link.ERRATUM)])
def test_different_needs_no_second_person(
    team: people.Team, reports: list[Report], answer: str, link: str
) -> None:
    pair = blinded(team, reports)
    assert say(pair, team.ann, answer, link) is True
    pair.refresh_from_db()
    assert (pair.answer, pair.link, pair.answered_by) == (answer, link, team.ann)
    assert live(team) == 4 and waiting(team) == []


# Answers and taking them back ---------------------------------------------------------------


def test_who_is_late_is_told_who_answered_and_what(
    team: people.Team, reports: list[Report]
) -> None:
    pair = ask(reports[0], reports[1])
    say(pair, team.ann, "different")
    with pytest.raises(AnsweredAlready, match=r"Ann has answered .*: different reports"):
        say(pair, team.bo)
    assert live(team) == 4


@pytest.mark.parametrize("answer", ["same", "different"])
def test_an_answer_that_is_sent_again_is_the_answer_that_was_given(
    team: people.Team, reports: list[Report], answer: str
) -> None:
    pair = ask(reports[0], reports[1])
    assert say(pair, team.ann, answer) and say(pair, team.ann, answer)
    assert live(team) == (3 if answer == "same" else 4)
    with pytest.raises(AnsweredAlready):
        say(pair, team.ann, "different" if answer == "same" else "same")


def test_a_pair_of_which_one_was_merged_away_is_not_answered(
    team: people.Team, reports: list[Report]
) -> None:
    stale = ask(reports[1], reports[2])
    merge_by_hand(one=reports[0], other=reports[1], why="One trial", actor=team.lead)
    with pytest.raises(AnsweredAlready, match="merged or withdrawn"):
        say(stale, team.ann)
    assert waiting(team) == [(reports[0].pk, reports[2].pk)], "but asked of the one that stays"


@pytest.mark.parametrize("answer", ["same", "different"])
def test_an_answer_that_is_taken_back_leaves_both_as_they_were_and_the_pair_waiting(
    team: people.Team, reports: list[Report], answer: str
) -> None:
    pair = ask(reports[0], reports[1])
    say(pair, team.ann, answer)
    take_back(pair=pair, actor=team.ann)
    assert live(team) == 4 and waiting(team) == [(reports[0].pk, reports[1].pk)]
    pair.refresh_from_db()
    assert (pair.answered_by, pair.answered_at) == (None, None)
    assert Event.objects.get(what__startswith="took back").old == (
        answer if answer == "different" else Answer.DIFFERENT  # the split had said so
    )


def test_what_was_proposed_is_taken_back_too(team: people.Team, reports: list[Report]) -> None:
    pair = blinded(team, reports)
    say(pair, team.ann)
    take_back(pair=pair, actor=team.ann)
    assert say(pair, team.bo) is False and live(team) == 4


def test_nobody_takes_back_anothers_answer(team: people.Team, reports: list[Report]) -> None:
    pair = ask(reports[0], reports[1])
    say(pair, team.ann, "different")
    with pytest.raises(AnsweredAlready):
        take_back(pair=pair, actor=team.bo)
    assert waiting(team) == []


# Many at once -------------------------------------------------------------------------------


def test_pairs_are_accepted_together_also_those_that_meet_in_one_report(
    team: people.Team, reports: list[Report]
) -> None:
    one, two, three, _ = reports
    keys = [ask(one, two, 0.99).pk, ask(two, three, 0.98).pk]
    done = accept_pairs(review=team.review, pairs=keys, actor=team.ann)
    assert (done.merged, done.proposed, done.left) == (2, 0, 0)
    assert live(team) == 2 and waiting(team) == []
    assert set(Report.objects.filter(survivor=one)) == {two, three}


def test_a_pair_whose_copies_were_told_apart_is_left(
    team: people.Team, reports: list[Report]
) -> None:
    one, two, three, _ = reports
    settle_pair(pair=ask(one, three), answer="different", actor=team.bo)
    keys = [ask(one, two, 0.99).pk, ask(two, three, 0.98).pk]
    done = accept_pairs(review=team.review, pairs=keys, actor=team.ann)
    assert (done.merged, done.left) == (1, 1) and live(team) == 3


def test_what_needs_a_second_person_waits_also_among_many(
    team: people.Team, reports: list[Report]
) -> None:
    keys = [blinded(team, reports).pk, ask(reports[2], reports[3]).pk]
    done = accept_pairs(review=team.review, pairs=keys, actor=team.ann)
    assert (done.merged, done.proposed) == (1, 1) and live(team) == 3


def test_what_somebody_answered_meanwhile_is_left(team: people.Team, reports: list[Report]) -> None:
    pair = ask(reports[0], reports[1])
    say(pair, team.bo, "different")
    done = accept_pairs(review=team.review, pairs=[pair.pk], actor=team.ann)
    assert (done.merged, done.left) == (0, 1) and live(team) == 4
