"""Many people at the same few reports over real HTTP: fifty at the end, a lead who clears them.

Marked ``both``: the suite runs it a second time on PostgreSQL. How long they wait is measured by
``tests/bench``; here they only have to get through.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connection

from review.models import Report, User
from review.site.audit import differences
from screening.models import Decision, Kind, Seat, SeatState
from screening.services import removing
from screening.tasks import remove_reports
from tests import factories, people
from tests.screening.pages import url
from tests.screening.wire import Browser, at_once, ballot, words

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
AT = "title_abstract"
CROWD, LEFT = 50, 3


@pytest.fixture
def team(live: str) -> people.Team:
    return people.team()


@dataclass
class Reader:
    """What one reviewer met: reports shown, answers to votes, and the page at the end."""

    browser: Browser
    shown: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    end: str = ""

    def read_on(self, address: str) -> Reader:
        """Decide on whatever the queue gives until it gives nothing."""
        page = self.browser.get(address).text
        while 'class="decide"' in page:
            where, sent = ballot(page, "include")
            self.shown.append(where)
            answer = self.browser.post(where, sent)
            self.answers.append(answer.status)
            page = self.browser.follow(answer).text if answer.status == 303 else answer.text
        self.end = words(page)
        return self


def crowd(team: people.Team, live: str, n: int) -> list[Reader]:
    readers = []
    for number in range(n):
        found = people.person(f"reader{number}@example.org")
        people.member(team.review, found, "reviewer")
        readers.append(Reader(Browser(live, found)))
    return readers


def test_fifty_reviewers_share_the_last_three_reports_and_the_others_read_that_none_is_left(
    team: people.Team, live: str
) -> None:
    reports = factories.reports(factories.search(team.review), LEFT)
    readers, address = crowd(team, live, CROWD), url("queue", team.review, AT)
    at_once(*[lambda reader=reader: reader.read_on(address) for reader in readers])  # type: ignore[misc]
    cast = Decision.objects.filter(kind=Kind.VOTE)
    assert Counter(cast.values_list("report", flat=True)) == {r.pk: 2 for r in reports}
    assert [s for reader in readers for s in reader.answers] == [303] * 2 * LEFT, "no work in vain"
    assert all(len(set(reader.shown)) == len(reader.shown) for reader in readers)
    idle = [reader for reader in readers if not reader.shown]
    assert len(idle) >= CROWD - 2 * LEFT
    for reader in readers:
        assert "Nothing awaits you" in reader.end
    assert "Reports that colleagues hold come here" in idle[0].end
    seats = Seat.objects.exclude(state=SeatState.RELEASED).values_list("report", flat=True)
    assert set(Counter(seats).values()) == {2}, "nobody was given a seat only to lose it"
    assert list(differences(team.review)) == []


def test_reports_are_removed_while_others_screen_and_none_is_both_removed_and_voted_on(
    team: people.Team, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "CHUNK", 3)
    reports = factories.reports(factories.search(team.review), 40)
    removal = removing.select_reports(
        review=team.review,
        reports=[report.pk for report in reversed(reports)],
        selection="a list",
        actor=team.lead,
    )
    job = removing.start_removal(
        removal=removal, target="removed_other", reason="Test", tool="", actor=team.lead
    )
    address, started = url("queue", team.review, AT), threading.Event()

    def clear() -> Reader | None:
        started.wait(60)
        try:
            remove_reports(job.pk)
        finally:
            connection.close()
        return None

    def reading(user: User) -> Callable[[], Reader | None]:
        reader = Reader(Browser(live, user))

        def run() -> Reader:
            page = reader.browser.get(address).text
            started.set()
            assert 'class="decide"' in page
            return reader.read_on(address)

        return run

    ann, bo, _ = at_once(reading(team.ann), reading(team.bo), clear)
    assert ann is not None and bo is not None
    assert {*ann.answers, *bo.answers} == {303}, "what somebody reads is not taken from them"
    removal.refresh_from_db()
    voted = set(Decision.objects.values_list("report", flat=True))
    gone = set(Report.objects.filter(position="removed_other").values_list("pk", flat=True))
    assert voted and gone and not voted & gone
    assert removal.removed == len(gone)
    assert {key for key, _ in removal.skipped} | gone == {report.pk for report in reports}
    assert list(differences(team.review)) == []
