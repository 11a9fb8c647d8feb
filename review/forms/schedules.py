"""The form of a schedule: ordinary words instead of a crontab."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from review.models import Schedule
from review.services.schedules import When
from review.timetable import WEEKDAYS
from review.zones import zones

LAST_MONTHDAY = 28  # the last that every month has
EVERY = {"day": "Every day", "week": "Once a week", "month": "Once a month"}


class ScheduleForm(forms.Form):
    """When a search is run again."""

    every = forms.ChoiceField(
        label="How often",
        choices=list(EVERY.items()),
        widget=forms.RadioSelect,
        initial="week",
    )
    weekday = forms.TypedChoiceField(
        label="If once a week: on",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        initial=1,
    )
    monthday = forms.IntegerField(
        label="If once a month: on day",
        min_value=1,
        max_value=LAST_MONTHDAY,
        initial=1,
        help_text=f"From 1 to {LAST_MONTHDAY}, a day that every month has.",
    )
    at = forms.TimeField(
        label="At",
        initial="06:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=(
            "NLM asks for large searches between 21:00 and 05:00 New York time, or at weekends."
        ),
    )
    zone = forms.ChoiceField(
        label="Time zone", choices=zones, initial=timezone.get_current_timezone_name
    )

    def when(self) -> When:
        """The schedule that was chosen, once the form is valid."""
        chosen = self.cleaned_data
        return When(
            at=chosen["at"],
            zone=ZoneInfo(chosen["zone"]),
            weekday=chosen["weekday"] if chosen["every"] == "week" else None,
            monthday=chosen["monthday"] if chosen["every"] == "month" else None,
        )


def schedule_form(schedule: Schedule | None, data: Any = None) -> ScheduleForm:
    """The form for a new schedule, or with the words of one that exists."""
    cron = schedule.task.crontab if schedule else None
    if cron is None or not (cron.hour.isdecimal() and cron.minute.isdecimal()):
        return ScheduleForm(data)
    initial: dict[str, Any] = {
        "every": "day",
        "at": f"{int(cron.hour):02d}:{int(cron.minute):02d}",
        "zone": str(cron.timezone),
    }
    if cron.day_of_week.isdecimal():
        initial |= {"every": "week", "weekday": int(cron.day_of_week) % 7}
    elif cron.day_of_month.isdecimal():
        initial |= {"every": "month", "monthday": int(cron.day_of_month)}
    return ScheduleForm(data, initial=initial)
