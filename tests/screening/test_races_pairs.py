"""Several people answer one pair of reports in the same instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from review.models import Merge, Pair, Report, User
from review.site.audit import differences
from screening.errors import AnsweredAlready
from screening.models import Proposal
from screening.services import answering
from screening.services.answering import give_answer, take_back
from tests import factories, people
from tests.factories import vote
from tests.screening.test_races import at_once, meet

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def pair(team: people.Team) -> Pair:
    first, second = factories.reports(factories.search(team.review), 2)
    return Pair.objects.create(review=team.review, first=first, second=second, why="Alike.")


@pytest.fixture(autouse=True)
def consistent(team: people.Team) -> Iterator[None]:
    """After every race what is derived equals what the history says."""
    yield
    assert list(differences(team.review)) == []


def saying(pair: Pair, actor: User, answer: str) -> Callable[[], bool]:
    return lambda: give_answer(pair=pair, answer=answer, actor=actor)


def test_of_two_answers_one_counts_and_the_other_is_told(
    team: people.Team, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(monkeypatch, answering, "lock_reports")
    done = at_once(saying(pair, team.ann, "same"), saying(pair, team.bo, "different"))
    assert {type(each) for each in done} == {bool, AnsweredAlready}
    pair.refresh_from_db()
    assert Merge.objects.count() == (1 if pair.answer == "same" else 0)


def test_two_voters_who_say_the_same_at_once_merge_the_reports_once(
    team: people.Team, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(team.ann, pair.first, "include")
    vote(team.bo, pair.second, "exclude")
    meet(monkeypatch, answering, "lock_reports")
    done = at_once(saying(pair, team.ann, "same"), saying(pair, team.bo, "same"))
    assert set(done) == {False, True}
    assert Merge.objects.count() == Proposal.objects.count() == 1
    assert Report.objects.of(team.review).count() == 1


def test_an_answer_clicked_twice_is_given_once(
    team: people.Team, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(monkeypatch, answering, "lock_reports")
    assert at_once(*[saying(pair, team.ann, "same")] * 2) == [True, True]
    assert Merge.objects.count() == 1


def test_an_answer_taken_back_twice_is_split_once(team: people.Team, pair: Pair) -> None:
    give_answer(pair=pair, answer="same", actor=team.ann)
    back = [lambda: take_back(pair=pair, actor=team.ann)] * 2
    assert [type(each) for each in at_once(*back)].count(AnsweredAlready) == 1
    assert Report.objects.of(team.review).count() == 2
    assert Pair.objects.unanswered(team.review).get() == pair
