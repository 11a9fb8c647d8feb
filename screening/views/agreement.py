"""How far reviewers agreed at a stage, from the votes as they stood when they were complete."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from review.tables import csv_text
from screening.access import enter_stage
from screening.pairs import HEADERS, MAYBE_AS, agreement_rows, has_maybe, paired_votes, together
from screening.views.pages import page


@require_GET
def agreement(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """Every pair of reviewers, and all pairs together."""
    access, at = enter_stage(request.user, slug, stage, to="see_decisions")
    maybe_as = _maybe_as(request)
    pairs = paired_votes(at, maybe_as)
    n, observed, value = together(pairs)
    context = {
        "access": access,
        "stage": at,
        "pairs": pairs,
        "all": {"n": n, "observed": observed, "ac1": value},
        "maybe_as": maybe_as if has_maybe(at) else None,
    }
    return page(request, "agreement", context)


@require_GET
def agreement_table(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """The same as a CSV file."""
    access, at = enter_stage(request.user, slug, stage, to="see_decisions")
    text = csv_text(HEADERS, agreement_rows(at, _maybe_as(request)))
    name = f"{access.review.slug}-{at.name}-agreement.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.encode("utf-8-sig"), "text/csv; charset=utf-8", headers=headers)


def _maybe_as(request: HttpRequest) -> str:
    asked = request.GET.get("maybe", "")
    return asked if asked in MAYBE_AS else "include"
