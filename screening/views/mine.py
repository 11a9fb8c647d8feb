"""My decisions: what I voted, to read again, to change or to take back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from review.sent import number
from screening.access import enter_stage
from screening.models import Decision
from screening.views.pages import page

PER_PAGE = 50


@require_GET
def mine(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """My standing votes at a stage, the newest first; with ``changed`` those to read again."""
    access, at = enter_stage(request.user, slug, stage, to="vote")
    before = number(request.GET.get("before"))
    changed = Decision.objects.to_read_again(access.user, at)
    only = "changed" in request.GET
    votes = changed if only else Decision.objects.latest_of(access.user, at).with_changes()
    votes = votes.with_returned()
    if before:
        votes = votes.filter(pk__lt=before)
    found = list(votes[: PER_PAGE + 1])
    address = reverse("screening:mine", args=[slug, stage])
    here = f"{address}?changed=1" if only else address
    more = f"{here}{'&' if only else '?'}before="
    context = {
        "access": access,
        "stage": at,
        "votes": found[:PER_PAGE],
        "only_changed": only,
        "n_changed": changed.count(),
        "previous_url": here if before else None,
        "next_url": f"{more}{found[PER_PAGE - 1].pk}" if len(found) > PER_PAGE else None,
        "voted": number(request.GET.get("voted")),
        "undone": number(request.GET.get("undone")),
    }
    return page(request, "mine", context)
