"""Celery tasks of screening: wrappers that hand a job's key to a service."""

from __future__ import annotations

from celery import shared_task

from review.services import jobs
from screening.services import removing
from screening.services.judging_again import judge_again as work


@shared_task(name="screening.tasks.judge_again")  # type: ignore[untyped-decorator]
def judge_again(job: int) -> None:
    """Judge a stage's reports by changed rules."""
    jobs.perform(job, work)


@shared_task(name=removing.REMOVE)  # type: ignore[untyped-decorator]
def remove_reports(job: int) -> None:
    """Remove chosen reports before screening."""
    jobs.perform(job, removing.remove_reports)


@shared_task(name=removing.RESTORE)  # type: ignore[untyped-decorator]
def restore_reports(job: int) -> None:
    """Bring back what a removal took out."""
    jobs.perform(job, removing.restore_reports)
