"""Jobs that need somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from review.models import Job  # noqa: F401


APART = timedelta(minutes=10)  # by which the clocks of two hosts may differ


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs."""

    def unfinished(self) -> JobQuerySet:
        """Jobs that a worker has or will get."""
        return self.filter(state__in=("queued", "running", "cancelling"))

    def abandoned(self, now: datetime, lease: timedelta) -> JobQuerySet:
        """Jobs whose lease ran out, or ends later than one given now: the clock was put back."""
        return self.filter(Q(lease_until__lt=now) | Q(lease_until__gt=now + lease + APART))

    def to_send_again(self, now: datetime, sent_before: datetime, lease: timedelta) -> JobQuerySet:
        """Jobs whose message may be lost: queued too long, or abandoned by their worker."""
        stale = self.abandoned(now, lease).filter(state__in=("running", "cancelling"))
        unsent = Q(sent_at=None) | Q(sent_at__lt=sent_before) | Q(sent_at__gt=now + APART)
        return (stale | self.filter(unsent, state="queued")).order_by("pk")
