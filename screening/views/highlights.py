"""The words that are marked in titles and abstracts: the team's list, and one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from review.access import Access
from screening.access import enter_stage
from screening.forms.highlights import HighlightsForm
from screening.services.highlights import set_own_highlights, set_team_highlights
from screening.views.pages import go, page


@require_http_methods(["GET", "HEAD", "POST"])
def highlights(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """Show both lists; members save their own, a lead also the team's."""
    access, at = enter_stage(request.user, slug, stage, to="see_counts")
    context = {"access": access, "stage": at, "team": _team(access), "own": _own(access)}
    if request.method != "POST":
        return page(request, "highlights", context)
    own = request.POST.get("whose") == "own"
    access.require(access.role.is_member() if own else access.role.may_set_protocol())
    sent = _own(access, request.POST) if own else _team(access, request.POST)
    if not sent.is_valid():
        context["own" if own else "team"] = sent
        return page(request, "highlights", context, status=422)
    save = set_own_highlights if own else set_team_highlights
    save(access, sent.phrases())
    messages.success(request, "Saved. The words are marked from the next report on.")
    return go("highlights", slug, stage)


def _own(access: Access, data: Any = None) -> HighlightsForm:
    return HighlightsForm(access.highlights, data, prefix="own")


def _team(access: Access, data: Any = None) -> HighlightsForm:
    return HighlightsForm(access.review.highlights, data, prefix="team")
