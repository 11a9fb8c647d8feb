"""What beat sends: every entry names a task that runs, and expires before the next one comes."""

from typing import Any

import pytest
from django.conf import settings
from django_celery_beat.schedulers import DatabaseScheduler

from review.site.celery import app

pytestmark = pytest.mark.django_db(transaction=True)  # the scheduler closes its connection


@pytest.fixture
def schedule() -> dict[str, Any]:
    """The entries as beat reads them from the database after its first start."""
    app.loader.import_default_modules()
    return dict(DatabaseScheduler(app=app).schedule)


def test_beat_takes_over_every_entry_and_no_other(schedule: dict[str, Any]) -> None:
    assert schedule.keys() == settings.CELERY_BEAT_SCHEDULE.keys()


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_a_message_expires_before_the_next_is_sent(name: str, schedule: dict[str, Any]) -> None:
    entry = schedule[name]
    assert 0 < entry.options["expires"] <= entry.schedule.run_every.total_seconds()


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_every_scheduled_task_runs(name: str, schedule: dict[str, Any]) -> None:
    app.tasks[schedule[name].task].run()
