"""The decisions on one report: votes, changes, withdrawals, settlements, both stages.

A reader gets their own and those of a stage whose votes are complete, nothing else.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from review.access import Access
from review.models import Membership, Report, Stage
from screening.access import enter, get_report
from screening.models import Decision
from screening.views.pages import page
from screening.views.reading import text_of


@require_GET
def decisions(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The history of decisions that this reader may see."""
    access = enter(request.user, slug, to="see_decisions")
    report = get_report(access, pk)
    stages = Stage.objects.filter(review=access.review).order_by("-name")
    context = {
        "access": access,
        **text_of(report),
        "stages": [(stage, _visible(access, report, stage)) for stage in stages],
        "former": Membership.objects.former(access.review),
        "section": "full_text",
    }
    return page(request, "decisions", context)


def _visible(access: Access, report: Report, stage: Stage) -> list[Decision]:
    rows = Decision.objects.on(report, stage).visible_to(access.user)
    rows = rows.select_related("actor", "reason", "criteria", "revision")
    return list(rows.defer("revision__raw"))
