"""Signs of life of the worker, for the health page and for who waits for a job."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from review.models import Heartbeat, Job
from review.models.jobs import State

SILENT_AFTER = timedelta(minutes=2)


def last_sign() -> datetime | None:
    """When a worker last did anything: the sweep that beat sends, or a step of a job.

    A worker whose processes are all at long jobs sweeps late, but its jobs go on.
    """
    swept = Heartbeat.objects.filter(name="worker").values_list("at")
    stepped = Job.objects.filter(state=State.RUNNING).order_by().values_list("heartbeat_at")
    return max((at for (at,) in swept.union(stepped) if at), default=None)


def is_silent() -> bool:
    """Whether the worker, the broker or beat is away; a sign from times to come is none."""
    sign = last_sign()
    return sign is None or abs(timezone.now() - sign) > SILENT_AFTER
