"""The state of a stage: open, locked or closed, and what keeps it from being closed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from review.access import Access
from review.errors import ReviewError
from review.models import Event, Stage
from screening.access import enter_stage
from screening.closing import open_matters
from screening.forms.rules import ReasonForm
from screening.services.rules import being_applied
from screening.services.stages import turn_stage
from screening.views.pages import go, page, status_of

ACTS = {"lock": "locked", "unlock": "open", "close": "closed", "reopen": "open"}


@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """Lock, unlock, close or reopen the stage; before it closes, every report that is open."""
    access, at = enter_stage(request.user, slug, stage, to="set_protocol")
    if request.method != "POST":
        return _show(request, access, at, ReasonForm())
    form = ReasonForm(request.POST)
    wanted = ACTS.get(request.POST.get("act", ""), at.state)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        event = turn_stage(stage=at, state=wanted, reason=reason, actor=access.user)
    except ReviewError as error:
        return _show(request, access, at, form, error)
    messages.success(request, f"You {event.what}.")
    return go("state", slug, stage)


def _show(
    request: HttpRequest,
    access: Access,
    stage: Stage,
    form: ReasonForm,
    error: ReviewError | None = None,
) -> HttpResponse:
    stage.refresh_from_db()
    events = Event.objects.filter(review=access.review, subject=stage.name, new__has_key="state")
    context = {
        "access": access,
        "stage": stage,
        "form": form,
        "error": error,
        "matters": open_matters(stage),
        "applying": being_applied(stage),
        "events": events.select_related("actor").order_by("-pk")[:20],
    }
    return page(request, "state", context, status=status_of(request, error) if error else 200)
