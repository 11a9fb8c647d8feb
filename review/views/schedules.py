"""The schedule of a search: set in words, paused and resumed, with the times to come."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from review.access import Access, enter, get_search
from review.errors import ReviewError
from review.forms.schedules import ScheduleForm, schedule_form
from review.models import Schedule, Search, SearchRun
from review.services.schedules import (
    obstacle,
    pause_schedule,
    resume_schedule,
    set_schedule,
    timetable_of,
)
from review.views.answers import see_other

TO_COME = 3


@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The schedule of a search, and its form."""
    access = enter(request.user, slug, to="schedule")
    search = get_search(access, pk)
    known = Schedule.objects.of(search)
    form = schedule_form(known, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_schedule(search=search, when=form.when(), actor=access.user)
        except ReviewError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved the schedule.")
            return see_other("review:schedule", slug, pk)
    context = _context(access, search, known, form)
    return render(request, "review/schedule.html", context, status=422 if form.is_bound else 200)


def _context(
    access: Access, search: Search, known: Schedule | None, form: ScheduleForm
) -> dict[str, Any]:
    runs = SearchRun.objects.filter(search=search, due_at__isnull=False).summarised()
    context = {"access": access, "search": search, "form": form, "runs": list(runs[:50])}
    return context | coming(known)


def coming(known: Schedule | None) -> dict[str, Any]:
    """A schedule with the next times, and what keeps a run that is overdue from starting."""
    if known is None or known.task.crontab is None:
        return {"schedule": known}
    now = timezone.now()
    return {
        "schedule": known,
        "next_times": timetable_of(known).following(now, TO_COME) if known.task.enabled else [],
        "obstacle": obstacle(known, now),
    }


@require_POST
def schedule_pause(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Start no runs until it is resumed."""
    access, known = _enter(request, slug, pk)
    pause_schedule(schedule=known, actor=access.user)
    messages.success(request, "Paused. No run starts by itself until you resume the schedule.")
    return see_other("review:schedule", slug, pk)


@require_POST
def schedule_resume(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Go on from now."""
    access, known = _enter(request, slug, pk)
    resume_schedule(schedule=known, actor=access.user)
    messages.success(request, "Resumed.")
    return see_other("review:schedule", slug, pk)


def _enter(request: HttpRequest, slug: str, pk: int) -> tuple[Access, Schedule]:
    access = enter(request.user, slug, to="schedule")
    known = Schedule.objects.of(get_search(access, pk))
    if known is None:
        raise Http404
    return access, known
