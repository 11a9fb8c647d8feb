"""What the health page says, and what people who wait for a job are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from review.models import Heartbeat, Job
from review.models.jobs import State
from review.site import health
from tests.failures import postgresql
from tests.people import Team, team
from tests.pubmed_runs import begin
from tests.screening.pages import signed_in

pytestmark = pytest.mark.django_db

DELAYED = "Background jobs are delayed"


def beat(ago: timedelta) -> None:
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now() - ago})


def step(ago: timedelta, state: str = State.RUNNING) -> None:
    at = timezone.now() - ago
    Job.objects.create(task="t", subject="Fetch", key="k", state=state, heartbeat_at=at)


def said(client: Client, status: int = 200) -> dict[str, str]:
    answer = client.get("/healthz")
    assert answer.status_code == status
    return dict(answer.json())


def test_a_worker_that_was_never_heard_of_is_silent(client: Client) -> None:
    assert said(client) == {"database": "up", "jobs": "silent", "disk": "up"}


@pytest.mark.parametrize(
    ("minutes", "jobs"), [(0, "up"), (1.9, "up"), (2.1, "silent"), (-1, "up"), (-60, "silent")]
)
def test_a_heartbeat_counts_for_two_minutes(client: Client, minutes: float, jobs: str) -> None:
    """One of times to come was written before the clock was put back."""
    beat(timedelta(minutes=minutes))
    assert said(client)["jobs"] == jobs


@pytest.mark.parametrize(("state", "jobs"), [(State.RUNNING, "up"), (State.DONE, "silent")])
def test_a_step_of_a_running_job_is_a_sign_of_life(client: Client, state: str, jobs: str) -> None:
    """Two long jobs keep both processes of the worker from sweeping."""
    beat(timedelta(minutes=20))
    step(timedelta(seconds=30), state)
    assert said(client)["jobs"] == jobs


def test_a_database_that_does_not_answer_is_down(client: Client) -> None:
    def refuse(*_: Any) -> None:
        raise postgresql(None)

    with connection.execute_wrapper(refuse):
        assert said(client, 503) == {"database": "down", "disk": "up"}


def test_a_disk_that_is_nearly_full_is_low(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ROOM", 10**18)
    assert said(client)["disk"] == "low"


@pytest.fixture
def who() -> Team:
    return team()


@pytest.mark.parametrize(
    ("heard", "state", "told"),
    [
        (timedelta(minutes=3), State.QUEUED, True),
        (timedelta(minutes=3), State.RUNNING, True),
        (timedelta(minutes=3), State.DONE, False),
        (timedelta(seconds=5), State.QUEUED, False),
    ],
)
def test_who_waits_for_a_job_is_told_when_the_worker_is_away(
    who: Team, heard: timedelta, state: str, told: bool
) -> None:
    run = begin(who)
    Job.objects.update(state=state)
    beat(heard)
    page = signed_in(who.lead).get(reverse("review:run", args=[who.review.slug, run.pk]))
    assert (DELAYED in page.content.decode()) is told
