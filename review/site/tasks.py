"""Celery tasks that need every stage."""

from __future__ import annotations

from celery import shared_task

from review.services import jobs
from review.site.exports import write_export


@shared_task(name="review.site.tasks.export")  # type: ignore[untyped-decorator]
def export(job: int) -> None:
    """Write an exported table."""
    jobs.perform(job, write_export)
