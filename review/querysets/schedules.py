"""Schedules that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from review.models import Schedule, Search


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    """Schedules."""

    def of(self, search: Search) -> Schedule | None:
        """The schedule of a search, if it has one."""
        return self.filter(search=search).select_related("search__review", "task__crontab").first()

    def active(self) -> ScheduleQuerySet:
        """Schedules that are not paused, with what they need to be reckoned."""
        return self.filter(task__enabled=True, task__crontab__isnull=False).select_related(
            "search__review", "task__crontab"
        )
