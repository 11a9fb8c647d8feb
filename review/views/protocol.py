"""The protocol: everybody in the review reads it, the lead edits (PRISMA 2020 items 5 and 8).

The rules of the stages are changed on a page of screening, which judges the votes again.
"""

from __future__ import annotations

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from review.access import Access, enter
from review.errors import ReviewError, Stale
from review.forms import criteria as sheets
from review.forms.protocol import QuestionForm
from review.models import CriteriaVersion, Event, Review, Stage, StageName
from review.models.stages import Voters
from review.sent import number
from review.services.protocol import set_criteria, set_question
from review.views.answers import see_other


@require_GET
def protocol(request: HttpRequest, slug: str) -> HttpResponse:
    """Question, criteria with their versions, and the rules of both stages."""
    access = enter(request.user, slug)
    versions = list(CriteriaVersion.objects.newest_first(access.review))
    context = {
        "access": access,
        "review": access.review,
        "version": versions[0] if versions else None,
        "earlier": versions[1:],
        "stages": _stages(access.review),
    }
    return render(request, "review/protocol.html", context)


def _stages(review: Review) -> list[Stage]:
    """Both stages, with who was chosen to vote and the log of what was changed."""
    stages = list(review.stages.order_by("-name"))
    prefetch_related_objects([each for each in stages if each.voters == Voters.CHOSEN], "chosen")
    events = Event.objects.filter(review=review, subject__in=StageName.values)
    history: dict[str, list[Event]] = {name: [] for name in StageName.values}
    for event in events.select_related("actor").order_by("-pk"):
        history[event.subject].append(event)
    for stage in stages:
        stage.history = history[stage.name]  # type: ignore[attr-defined]
    return stages


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit title and question."""
    access = enter(request.user, slug, to="set_protocol")
    form = QuestionForm(access.review, request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_question(review=access.review, actor=access.user, **form.cleaned_data)
        messages.success(request, "Saved the question.")
        return see_other("review:protocol", slug)
    context = {"access": access, "form": form}
    return render(request, "review/question.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def criteria(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit the criteria row by row; only saving is judged, and makes a new version."""
    access = enter(request.user, slug, to="set_protocol")
    latest = CriteriaVersion.objects.in_force(access.review)
    act = request.POST.get("act", "save")
    if request.method == "GET":
        sheet = sheets.of_version(latest.in_order() if latest else [])
    elif act != "save":
        sheet = sheets.after(request.POST, act)
    else:
        return _save_criteria(request, access)
    seen = request.POST.get("seen", latest.number if latest else 0)
    context = {"access": access, "sheet": sheet, "seen": seen}
    return render(request, "review/criteria.html", context)


def _save_criteria(request: HttpRequest, access: Access) -> HttpResponse:
    sheet, seen = sheets.as_sent(request.POST), request.POST.get("seen", "")
    context = {"access": access, "sheet": sheet, "seen": seen}
    if not sheet.is_valid():
        return render(request, "review/criteria.html", context, status=422)
    try:
        version = set_criteria(
            review=access.review,
            criteria=sheet.pairs(),
            actor=access.user,
            seen=number(seen),
        )
    except ReviewError as error:
        context["problem"] = str(error)
        status = 409 if isinstance(error, Stale) else 422
        return render(request, "review/criteria.html", context, status=status)
    messages.success(request, f"Version {version.number} of the criteria is in force.")
    return see_other("review:protocol", access.review.slug)
