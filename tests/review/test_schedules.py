"""Schedules of searches: set in words, one run for each moment due, whoever is late or twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from review.errors import AlreadyRunning, Incomplete
from review.models import Event, Job, Schedule, SearchRun
from review.models.jobs import State
from review.services.schedules import (
    When,
    due_moments,
    pause_schedule,
    resume_schedule,
    set_schedule,
    start_due,
    start_overdue,
)
from review.services.searches import start_run
from review.tasks import refresh_search, sweep
from tests import factories
from tests.people import Team, team

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = When(time(2, 30), BERLIN)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SET = datetime(2026, 11, 1, 12, tzinfo=UTC)
DUE = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def t() -> Team:
    return team()


@pytest.fixture
def schedule(t: Team) -> Schedule:
    """Daily at 02:30 in Berlin, set on 1 November 2026."""
    made = set_schedule(search=factories.search(t.review), when=DAILY, actor=t.lead)
    Schedule.objects.update(since=SET)
    made.refresh_from_db()
    return made


def ends(run: SearchRun | None, state: str = State.DONE) -> None:
    assert run is not None
    Job.objects.filter(pk=run.job_id).update(state=state)


# One run for each moment --------------------------------------------------------------------


def test_nothing_starts_before_its_time(schedule: Schedule) -> None:
    assert start_due(schedule=schedule, now=DUE - MINUTE) is None
    assert not SearchRun.objects.exists()


def test_a_moment_makes_one_run_however_often_it_is_asked_for(schedule: Schedule) -> None:
    run = start_due(schedule=schedule, now=DUE + MINUTE)
    assert run is not None
    assert (run.due_at, run.skipped, run.job.made_by) == (DUE, [], None)
    ends(run)
    assert start_due(schedule=schedule, now=DUE + 2 * MINUTE) is None
    assert SearchRun.objects.count() == 1


def test_a_run_that_is_under_way_keeps_a_second_from_starting(t: Team, schedule: Schedule) -> None:
    mine = start_run(search=schedule.search, actor=t.lead)
    with pytest.raises(AlreadyRunning):
        start_due(schedule=schedule, now=DUE)
    ends(mine)
    assert start_due(schedule=schedule, now=DUE + MINUTE) is not None


def test_after_days_of_downtime_one_run_names_the_moments_that_were_missed(
    schedule: Schedule,
) -> None:
    run = start_due(schedule=schedule, now=DUE + 3 * DAY + MINUTE)
    assert run is not None
    assert run.due_at == DUE + 3 * DAY
    assert run.skipped == [(DUE + n * DAY).isoformat() for n in range(3)]
    ends(run)
    assert start_due(schedule=schedule, now=DUE + 3 * DAY + 2 * MINUTE) is None
    assert start_due(schedule=schedule, now=DUE + 4 * DAY) is not None


def test_the_sweeper_starts_what_no_message_started(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_overdue(now=DUE + MINUTE)
    assert not SearchRun.objects.exists()
    start_overdue(now=DUE + 3 * MINUTE)
    assert SearchRun.objects.get().due_at == DUE


def test_one_schedule_that_cannot_run_does_not_hold_up_the_others(
    t: Team, schedule: Schedule, settings: Any
) -> None:
    start_run(search=schedule.search, actor=t.lead)
    other = set_schedule(search=factories.search(t.review), when=DAILY, actor=t.lead)
    Schedule.objects.update(since=SET)
    start_overdue(now=DUE + 3 * MINUTE)
    assert SearchRun.objects.get(due_at=DUE).search == other.search


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (datetime(2026, 10, 23, 12, tzinfo=UTC), datetime(2026, 10, 27, 12, tzinfo=UTC)),
    ],
    ids=["clocks go forward", "clocks go back"],
)
def test_two_beats_over_a_change_of_clocks_make_one_run_a_day(
    schedule: Schedule, first: datetime, last: datetime
) -> None:
    Schedule.objects.update(since=first)
    schedule.refresh_from_db()
    now = first
    while now < last:
        for beat in range(2):
            try:
                ends(start_due(schedule=schedule, now=now + beat * timedelta(seconds=3)))
            except (AlreadyRunning, AssertionError):
                continue
        now += timedelta(minutes=10)
    days = [run.due_at.astimezone(BERLIN).date() for run in SearchRun.objects.order_by("due_at")]
    assert days == [first.date() + n * DAY for n in range(1, 5)]
    assert not any(run.skipped for run in SearchRun.objects.all())


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_beats_that_send_in_the_same_moment_make_one_run(t: Team) -> None:
    made = set_schedule(search=factories.search(t.review), when=DAILY, actor=t.lead)
    Schedule.objects.update(since=timezone.now() - 2 * DAY)
    barrier = threading.Barrier(4)

    def beat() -> None:
        barrier.wait()
        refresh_search.run(made.search_id)
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for each in beats:
        each.start()
    for each in beats:
        each.join(60)
    assert SearchRun.objects.filter(search=made.search).count() == 1


def test_the_tasks_do_what_the_clock_says(t: Team) -> None:
    made = set_schedule(search=factories.search(t.review), when=DAILY, actor=t.lead)
    refresh_search.run(made.search_id)
    refresh_search.run(999_999)
    sweep.run()
    assert not SearchRun.objects.exists()
    Schedule.objects.update(since=timezone.now() - 2 * DAY)
    sweep.run()
    assert SearchRun.objects.count() == 1


def test_what_a_site_admin_schedules_by_hand_runs_once_a_moment(t: Team) -> None:
    search = factories.search(t.review)
    refresh_search.run(search.pk)
    refresh_search.run(search.pk)  # of another beat
    assert SearchRun.objects.filter(search=search).count() == 1


def test_a_paused_schedule_runs_by_no_message(t: Team) -> None:
    made = set_schedule(search=factories.search(t.review), when=DAILY, actor=t.lead)
    Schedule.objects.update(since=timezone.now() - 2 * DAY)
    pause_schedule(schedule=made, actor=t.lead)
    refresh_search.run(made.search_id)
    assert not SearchRun.objects.exists()


# Setting, pausing, resuming -----------------------------------------------------------------


def test_a_schedule_is_kept_by_django_celery_beat_in_its_zone(schedule: Schedule) -> None:
    cron = schedule.task.crontab
    assert (cron.minute, cron.hour, cron.day_of_week, str(cron.timezone)) == (
        "30",
        "2",
        "*",
        "Europe/Berlin",
    )
    assert (schedule.task.task, schedule.task.args) == (
        "review.tasks.refresh_search",
        f"[{schedule.search_id}]",
    )
    assert schedule.words == "every day at 02:30 (Europe/Berlin)"


def test_only_a_search_that_can_run_has_a_schedule(t: Team) -> None:
    register = factories.search(t.review, kind="register", source="ICTRP")
    with pytest.raises(Incomplete, match="Only PubMed"):
        set_schedule(search=register, when=DAILY, actor=t.lead)


def test_a_changed_schedule_owes_nothing_of_the_former_one(t: Team, schedule: Schedule) -> None:
    set_schedule(search=schedule.search, when=When(time(6, 0), BERLIN, weekday=1), actor=t.lead)
    changed = Schedule.objects.get()
    assert changed.words == "every Monday at 06:00 (Europe/Berlin)"
    assert due_moments(changed, timezone.now() + MINUTE) == []
    events = Event.objects.filter(what="set a schedule").order_by("pk")
    assert [event.new[:10] for event in events] == ["30 2 * * *", "0 6 * * 1 "]


def test_what_was_due_while_it_was_paused_is_neither_run_nor_missed(
    t: Team, schedule: Schedule
) -> None:
    pause_schedule(schedule=schedule, actor=t.lead)
    start_overdue(now=DUE + DAY)
    paused = Schedule.objects.get()
    assert start_due(schedule=paused, now=DUE + DAY) is None
    resume_schedule(schedule=paused, actor=t.lead)
    resumed = Schedule.objects.get()
    assert due_moments(resumed, timezone.now() + MINUTE) == []
    coming = due_moments(resumed, timezone.now() + 2 * DAY)
    assert len(coming) == 2
    whats = Event.objects.filter(what__endswith="a schedule").order_by("pk")
    assert [event.what for event in whats] == [
        "set a schedule",
        "paused a schedule",
        "resumed a schedule",
    ]


# The page -----------------------------------------------------------------------------------


@pytest.fixture
def client(t: Team) -> Iterator[Client]:
    client = Client()
    client.force_login(t.lead)
    yield client


def chosen(**values: str) -> dict[str, str]:
    given = {"every": "day", "weekday": "1", "monthday": "1", "at": "02:30"}
    return given | {"zone": "Europe/Berlin"} | values


def where(t: Team, schedule: Schedule, name: str = "schedule") -> str:
    return reverse(f"review:{name}", args=[t.review.slug, schedule.search_id])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "every day at 02:30 (Europe/Berlin)"),
        ({"every": "week", "weekday": "0"}, "every Sunday at 02:30 (Europe/Berlin)"),
        ({"every": "month", "monthday": "28"}, "on day 28 of every month at 02:30 (Europe/Berlin)"),
        ({"zone": "UTC", "at": "23:05"}, "every day at 23:05 (UTC)"),
    ],
)
def test_a_schedule_is_chosen_in_words(
    t: Team, client: Client, schedule: Schedule, values: dict[str, str], words: str
) -> None:
    assert client.post(where(t, schedule), chosen(**values)).status_code == 303
    assert Schedule.objects.get().words == words
    shown = client.get(where(t, schedule))
    assert len(shown.context["next_times"]) == 3
    assert shown.context["form"].initial["every"] == values.get("every", "day")


@pytest.mark.parametrize(
    "values",
    [{"at": "25:00"}, {"monthday": "29"}, {"zone": "Middle/Earth"}, {"every": "year"}, {"at": ""}],
)
def test_what_cannot_be_a_schedule_is_refused(
    t: Team, client: Client, schedule: Schedule, values: dict[str, str]
) -> None:
    assert client.post(where(t, schedule), chosen(**values)).status_code == 422
    assert Schedule.objects.get().words == "every day at 02:30 (Europe/Berlin)"


def test_the_next_times_are_those_of_its_zone(t: Team, client: Client, schedule: Schedule) -> None:
    text = client.get(where(t, schedule)).content.decode()
    assert text.count("02:30 CE") == 3


def test_pausing_and_resuming_show(t: Team, client: Client, schedule: Schedule) -> None:
    client.post(where(t, schedule, "schedule_pause"))
    text = client.get(where(t, schedule)).content.decode()
    assert "paused</span>" in text
    assert "The next times" not in text
    client.post(where(t, schedule, "schedule_resume"))
    assert "The next times" in client.get(where(t, schedule)).content.decode()


def test_a_run_that_did_not_start_says_why(
    t: Team, client: Client, schedule: Schedule, settings: Any
) -> None:
    settings.NCBI_EMAIL = ""
    Schedule.objects.update(since=timezone.now() - 2 * DAY)
    for page in (where(t, schedule), where(t, schedule, "search")):
        text = client.get(page).content.decode()
        assert "has not started" in text
        assert "NCBI_EMAIL" in text


def test_the_history_tells_what_was_due_and_missed_with_the_figures(
    t: Team, client: Client, schedule: Schedule
) -> None:
    run = start_due(schedule=schedule, now=DUE + 2 * DAY)
    SearchRun.objects.filter(pk=run.pk).update(reported=1234)  # type: ignore[union-attr]
    for page in (where(t, schedule), where(t, schedule, "search")):
        text = " ".join(client.get(page).content.decode().split())
        assert "2 missed" in text
        assert "1,234" in text
