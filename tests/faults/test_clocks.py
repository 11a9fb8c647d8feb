"""D8: clocks that jump, and two web servers whose clocks differ by two hours.

What came first is told by the database's numbers, never by a time of day.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from review.models import Job, Report
from review.models.jobs import State
from review.services import jobs
from review.site.management.commands.up import web_command
from screening.models import Standing
from screening.services.merging import merge_reports, split_reports
from screening.services.settle import Ruling, settle
from tests import factories
from tests.faults.place import Place
from tests.faults.reviewers import Browser
from tests.faults.test_sqlite_locked import read_to_decide
from tests.people import Team, team
from tests.plugins.services import free_port
from tests.screening.pages import hidden

HOUR = 3600


def running(lease: timedelta) -> Job:
    """A job that a worker took when its lease was to end so long from now."""
    return Job.objects.create(
        task="t",
        subject="Fetch",
        key="k",
        state=State.RUNNING,
        token="its worker",
        lease_until=timezone.now() + lease,
    )


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    keys: list[int] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda _, args, **__: keys.append(args[0]))
    return keys


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lease", "free"),
    [
        (timedelta(seconds=60), False),
        (timedelta(seconds=-1), True),
        (timedelta(minutes=5), False),  # by the clock of another host
        (timedelta(hours=1, seconds=60), True),  # the clock was put back
    ],
)
def test_a_lease_outlives_no_jump_of_the_clock(
    sent: list[int], lease: timedelta, free: bool
) -> None:
    job = running(lease)
    assert jobs.sweep() == int(free)
    assert (jobs.claim(job.pk) is not None) is free


@pytest.mark.django_db
def test_a_message_that_was_sent_in_times_to_come_is_sent_again(sent: list[int]) -> None:
    soon = timezone.now() + timedelta(hours=1)
    job = Job.objects.create(task="t", subject="Fetch", key="k", sent_at=soon)
    assert jobs.sweep() == 1
    assert sent == [job.pk]


@pytest.mark.django_db
def test_a_worker_whose_job_was_taken_in_a_jump_writes_nothing_more(sent: list[int]) -> None:
    job = Job.objects.create(task="t", subject="Fetch", key="k")
    first = jobs.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() + timedelta(hours=1, seconds=60))
    second = jobs.claim(job.pk)
    assert first is not None
    assert second is not None
    with pytest.raises(jobs.Lost):
        first.advance(done=1)
    second.advance(done=1)


@pytest.fixture
def copies(db: None) -> tuple[Team, Report, Report]:
    """Two copies: the first was in conflict on its abstract, the second was excluded."""
    found = team()
    first, second = factories.reports(factories.search(found.review), 2)
    for voter, choice in ((found.ann, "include"), (found.bo, "exclude")):
        factories.vote(voter, first, choice)
        factories.vote(voter, second, "exclude")
    return found, first, second


def settle_now(t: Team, report: Report) -> None:
    at = factories.stage(t.review)
    seen = Standing.objects.get(report=report, stage=at).last_id or 0
    ruling = Ruling("include", "Read again", seen, "settle")
    settle(adjudicator=t.adjudicator, report=report, stage=at, ruling=ruling)


def put_clock_back(patch: pytest.MonkeyPatch) -> None:
    now = timezone.now
    patch.setattr(timezone, "now", lambda: now() - timedelta(hours=1))


def test_a_settlement_does_not_speak_for_a_copy_that_came_later_by_a_clock_put_back(
    copies: tuple[Team, Report, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    t, first, second = copies
    settle_now(t, first)
    put_clock_back(monkeypatch)
    merge_reports(survivor=first, absorbed=second, why="Same trial", actor=t.lead)
    first.refresh_from_db()
    assert first.position == "screening", "the copies were decided differently"


def test_a_settlement_of_both_copies_counts_for_none_after_a_split_by_a_clock_put_back(
    copies: tuple[Team, Report, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    t, first, second = copies
    made = merge_reports(survivor=first, absorbed=second, why="Same trial", actor=t.lead)
    settle_now(t, first)
    put_clock_back(monkeypatch)
    split_reports(merge=made, actor=t.lead)
    first.refresh_from_db()
    assert first.position == "screening", "its conflict is open again"


def server(place: Place, shift: int) -> str:
    """The address of one more web server, whose clock is so many seconds ahead."""
    port = free_port()
    command = web_command(port)[2:]
    web = place.start("-m", "tests.faults.clock", str(shift), *command, name=f"web{shift}")
    web.await_text("Serving on")
    return f"http://127.0.0.1:{port}"


@pytest.mark.both
def test_servers_two_hours_apart_tell_one_story(place: Place) -> None:
    review = place.ask("populate", reports=12, reviewers=2)
    ahead, behind = server(place, HOUR), server(place, -HOUR)
    made = []
    for turn in range(4):
        for n in range(2):
            address = (ahead, behind)[(turn + n) % 2]
            browser = Browser(address, review["sessions"][f"reviewer{n}"])
            where, sent = read_to_decide(browser, review, ("include", "exclude")[turn % 2])
            assert browser.post(where, sent).status == 303
            made.append((f"Reviewer{n}", int(where.rstrip("/").rpartition("/")[2])))
    assert [(name, report) for _, name, report, *_ in votes(place, review)] == made
    undo_last(Browser(behind, review["sessions"]["reviewer1"]), review, made[-1][1])
    for address in (ahead, behind):
        ann = Browser(address, review["sessions"]["reviewer0"])
        for path in ("", "screen/title_abstract/", f"reports/{made[0][1]}/"):
            assert ann.get(f"/r/{review['slug']}/{path}").status == 200
    place.manage("audit", review["slug"])


def votes(place: Place, review: dict[str, Any]) -> list[Any]:
    """All votes in the order of their keys."""
    return list(place.ask("votes", slug=review["slug"]))


def undo_last(browser: Browser, review: dict[str, Any], report: int) -> None:
    """Take back the vote that was made last, also when its time lies ahead."""
    page = browser.get(f"/r/{review['slug']}/screen/title_abstract/").text
    action = re.search(r'action="([^"]+/undo/)"', page)
    assert action
    answer = browser.post(action[1], {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")})
    assert answer.status == 303
    assert f"/{report}/" in answer.location
