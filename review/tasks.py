"""Celery tasks of review: wrappers that hand a job's key to a service."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from celery.signals import task_unknown, worker_ready
from django.utils import timezone

from review.errors import ReviewError
from review.models import Heartbeat, Search
from review.services import fetch, importing, imports, jobs, withdrawing
from review.services.schedules import start_by_message, start_overdue

log = structlog.get_logger(__name__)


@shared_task(name="review.tasks.run_search")  # type: ignore[untyped-decorator]
def run_search(job: int) -> None:
    """Run a PubMed search."""
    jobs.perform(job, fetch.run_search)


@shared_task(name=imports.TASK)  # type: ignore[untyped-decorator]
def import_file(job: int) -> None:
    """Take in the entries of a file."""
    jobs.perform(job, importing.import_file)


@shared_task(name=withdrawing.TASK)  # type: ignore[untyped-decorator]
def withdraw_import(job: int) -> None:
    """Withdraw the records of an import."""
    jobs.perform(job, withdrawing.withdraw_import)


@shared_task(name="review.tasks.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Note that the worker is alive, send lost messages again, start what is overdue."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": now})
    jobs.sweep()
    start_overdue(now=now)


@task_unknown.connect  # type: ignore[untyped-decorator]
def refuse_unknown(name: str, message: Any, **_: object) -> None:
    """End a job that this worker cannot do, instead of sending its message for ever."""
    arguments, *_rest = message.payload
    if len(arguments) == 1 and isinstance(arguments[0], int):
        jobs.refuse(arguments[0], name)


@worker_ready.connect  # type: ignore[untyped-decorator]
def sweep_at_start(**_: object) -> None:
    """Take up at once what an earlier worker left."""
    sweep()


@shared_task(name="review.tasks.refresh_search")  # type: ignore[untyped-decorator]
def refresh_search(search: int) -> None:
    """Run a search again because its schedule says so; its id is the schedule's only argument."""
    try:
        start_by_message(search=search, now=timezone.now())
    except Search.DoesNotExist:
        log.warning("scheduled_search_missing", search=search)
    except ReviewError as error:
        log.info("scheduled_search_not_started", search=search, why=str(error))
