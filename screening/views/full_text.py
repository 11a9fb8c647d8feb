"""Full texts: which are sought, what was tried, what is held (PRISMA 2020 items 8 and 16a)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from review.access import Access
from review.models import Position, Report, Retrieval
from review.sent import number
from screening.access import enter, get_sought_report
from screening.forms.full_texts import AttemptForm, LinkForm, PaperForm, PdfForm
from screening.services.in_force import held_of
from screening.views.pages import page
from screening.views.reading import text_of

PER_PAGE = 50
COLUMNS = {
    "sought": ("To get", (Position.SOUGHT,)),
    "not_retrieved": ("Not retrieved", (Position.NOT_RETRIEVED,)),
    "assessing": ("To assess", (Position.ASSESSING,)),
    "done": (
        "Assessed",
        (
            Position.INCLUDED,
            Position.EXCLUDED_FULL_TEXT,
            Position.ONGOING,
            Position.AWAITING,
        ),
    ),
}


@require_GET
def full_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Reports from "sought" on, by where they stand."""
    access = enter(request.user, slug, to="see_counts")
    show = request.GET.get("show", "")
    show = show if show in COLUMNS else "sought"
    after = number(request.GET.get("after")) or 0
    reports = Report.objects.of(access.review).at(*COLUMNS[show][1]).after(after)
    found = list(reports.select_related("reason").defer("face__raw")[: PER_PAGE + 1])
    here = f"{reverse('screening:full_text', args=[slug])}?show={show}"
    context = {
        "access": access,
        "columns": _columns(access, show),
        "heading": COLUMNS[show][0],
        "reports": found[:PER_PAGE],
        "show": show,
        "previous_url": here if after else None,
        "next_url": f"{here}&after={found[PER_PAGE - 1].place}" if len(found) > PER_PAGE else None,
    }
    return page(request, "full_text", context)


def _columns(access: Access, shown: str) -> list[dict[str, Any]]:
    """Each column with its number of reports, from one grouped count."""
    rows = Report.objects.filter(review=access.review).values_list("position")
    counts = dict(rows.order_by().annotate(n=Count("pk")))
    return [
        {"key": key, "label": label, "n": sum(counts.get(p, 0) for p in at), "here": key == shown}
        for key, (label, at) in COLUMNS.items()
    ]


@require_GET
def retrieval(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One report's way to its full text: what was tried, what is held, what to do next."""
    access = enter(request.user, slug, to="see_counts")
    return show_retrieval(request, access, get_sought_report(access, pk))


def show_retrieval(
    request: HttpRequest, access: Access, report: Report, status: int = 200, **forms: Any
) -> HttpResponse:
    """Render the page; ``forms`` replaces the empty ones, ``error`` is said on top."""
    seeking = report.position in (Position.SOUGHT, Position.NOT_RETRIEVED)
    context = {
        "access": access,
        **text_of(report),
        "attempts": list(Retrieval.objects.of(report).select_related("actor")),
        "held": list(held_of(report).select_related("actor")),
        "seeking": seeking,
        "may_act": access.role.may_work(),
        "attempt_form": AttemptForm(),
        "pdf": PdfForm(),
        "link": LinkForm(),
        "paper": PaperForm(),
    }
    return page(request, "retrieval", context | forms, status=status)
