"""How far a stage is, and when it will be through."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from screening.access import enter_stage
from screening.progress import progress as read_progress
from screening.progress import sees_everybody
from screening.views.pages import page


@require_GET
def progress(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """Votes by day and person: everybody's for a lead, a reviewer's own."""
    access, at = enter_stage(request.user, slug, stage, to="see_counts")
    access.require(access.role.lead or access.role.may_vote(at.name))
    context = {
        "access": access,
        "stage": at,
        "everybody": sees_everybody(access, at),
        "progress": read_progress(access, at),
    }
    return page(request, "progress", context)
