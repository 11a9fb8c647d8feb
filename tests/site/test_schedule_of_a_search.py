"""A schedule runs its search: from the form of its page to the records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from pytest_django import Settings

from review.models import Job, Record, Schedule, Search, SearchRun
from review.models.jobs import State
from review.site.audit import differences
from review.site.celery import app
from tests import factories
from tests.eutils import EUtils
from tests.people import Team, team
from tests.pubmed_records import generated, pmids
from tests.site.test_worker import until
from tests.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who() -> Team:
    return team()


@pytest.fixture
def pubmed(settings: Settings) -> Iterator[EUtils]:
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(generated(30))
        server.answers(None, pmids(30))
        yield server


@pytest.fixture
def worker(pubmed: EUtils, start_worker: Callable[..., Worker]) -> Worker:
    """A worker that asks the local server."""
    return start_worker()


def schedule(who: Team, search: Search) -> PeriodicTask:
    """Fill in the form of the search's page, on which it has been due since yesterday."""
    client = Client()
    client.force_login(who.lead)
    values = {"every": "day", "weekday": "1", "monthday": "1", "at": "02:30", "zone": "UTC"}
    answer = client.post(reverse("review:schedule", args=[who.review.slug, search.pk]), values)
    assert answer.status_code == 303
    Schedule.objects.update(since=timezone.now() - timedelta(days=1))
    return Schedule.objects.get(search=search).task


def beat(row: PeriodicTask) -> None:
    """Send what beat sends when the time of this schedule has come."""
    scheduler = DatabaseScheduler(app=app)
    scheduler.apply_async(scheduler.Entry(row, app=app), advance=False)


def test_a_scheduled_search_is_run_by_the_worker(who: Team, pubmed: EUtils, worker: Worker) -> None:
    found = factories.search(who.review)

    beat(schedule(who, found))

    until(lambda: Job.objects.filter(state=State.DONE).exists(), 60)
    run = SearchRun.objects.get(search=found)
    assert (run.new, run.missing) == (30, [])
    assert run.job is not None
    assert run.job.made_by is None
    assert Record.objects.filter(search=found).count() == 30
    assert list(differences(who.review)) == []
