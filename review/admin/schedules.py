"""Schedules: which task runs when. django-celery-beat's own admin, without its inline script.

The content security policy refuses that script; all that it did was to explain a crontab.
"""

from __future__ import annotations

from django.contrib import admin
from django_celery_beat.admin import PeriodicTaskAdmin
from django_celery_beat.models import PeriodicTask, SolarSchedule

admin.site.unregister([PeriodicTask, SolarSchedule])

REFRESH = (
    "The schedule of a PubMed search is set on the page of the search, where it can also be "
    "paused; here its crontab can be changed. A task review.tasks.refresh_search that you "
    "add here, with the number of a search as its argument, runs that search too."
)


@admin.register(PeriodicTask)
class ScheduleAdmin(PeriodicTaskAdmin):  # type: ignore[misc]
    """One schedule: a task, its arguments, and an interval or a crontab."""

    change_form_template = None
    fieldsets = (
        (None, {"fields": ("name", "regtask", "task", "enabled"), "description": REFRESH}),
        ("When", {"fields": ("interval", "crontab", "clocked", "start_time", "one_off")}),
        ("Arguments", {"fields": ("args", "kwargs")}),
        ("If no worker is free", {"fields": ("expires", "expire_seconds")}),
    )
    readonly_fields = ()
