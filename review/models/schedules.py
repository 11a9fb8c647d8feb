"""Schedules: when a search is run again by itself."""

from __future__ import annotations

from django.db import models

from review.querysets.schedules import ScheduleQuerySet
from review.timetable import in_words


class Schedule(models.Model):
    """The schedule of a search. Its crontab, time zone and pause are django-celery-beat's.

    Moments count from ``since`` on: when it was set, changed or resumed.
    """

    search = models.OneToOneField("review.Search", models.CASCADE, related_name="schedule")
    task = models.OneToOneField(
        "django_celery_beat.PeriodicTask", models.CASCADE, related_name="refreshes"
    )
    since = models.DateTimeField()
    set_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")

    objects = ScheduleQuerySet.as_manager()

    def __str__(self) -> str:
        return f"schedule of {self.search}"

    @property
    def words(self) -> str:
        """When it comes, and by which clock: "every day at 02:30 (Europe/Berlin)"."""
        cron = self.task.crontab
        if cron is None:
            return "as set in the admin site"
        when = in_words(
            cron.minute, cron.hour, cron.day_of_week, cron.day_of_month, cron.month_of_year
        )
        return f"{when} ({cron.timezone})"
