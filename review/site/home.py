"""The review home: the live PRISMA 2020 diagram, what to do next, what changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from extraction import todo as extraction_todo
from review.access import Access, enter
from review.models import Review, User
from review.prisma import TableRow, diagram, table
from review.site.flow import flow_of, links, pending
from review.site.news import last_visit, moved
from review.todo import Todo
from screening import todo as screening_todo

LEFT = "Databases and registers"
COLUMNS = {f"box{n}": "Other methods" for n in range(11, 16)} | {"box10": "Included"}
DEMO_LABEL = "Demo example, not a judgement"


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """List the person's reviews; with only one, go there."""
    person = cast(User, request.user)  # nobody gets here without a log-in
    found = list(Review.objects.visible_to(person))
    if len(found) == 1 and not person.is_superuser:
        return redirect("site:home", found[0].slug)
    return render(request, "site/reviews.html", {"reviews": found})


@require_GET
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """The diagram with its table, equations, "For you" and news."""
    access = enter(request.user, slug)
    flow = flow_of(access.review)
    counts = flow.counts
    addresses = links(access.review, counts)
    since = last_visit(request, access)
    context = {
        "access": access,
        "section": "site",
        "counts": counts,
        "svg": diagram(counts, addresses, page=True, banner=False),
        "columns": columns(table(counts, addresses)),
        "pending": pending(access.review, counts),
        "pairs": flow.pairs,
        "todos": todos(access, flow.alerts),
        "since": since,
        "news": moved(access.review, since) if since else [],
        "broken": [equation for equation in counts.equations if not equation.holds],
    }
    return render(request, "site/home.html", context)


def columns(rows: Iterable[TableRow]) -> list[tuple[str, list[TableRow]]]:
    """The lines of the diagram under a heading for each of its columns, for a narrow screen."""
    found: dict[str, list[TableRow]] = {}
    for row in rows:
        found.setdefault(COLUMNS.get(row.box, LEFT), []).append(row)
    return list(found.items())


def label_of(review: Review) -> str:
    """The words over a demo's numbers."""
    return DEMO_LABEL if review.is_demo else ""


def todos(access: Access, alerts: int = 0) -> list[Todo]:
    """At most five lines of what this person can do next; open alerts are the lead's first."""
    lines = [*screening_todo.for_member(access), *extraction_todo.for_member(access)]
    if alerts and access.role.lead:
        words = "alert to answer" if alerts == 1 else "alerts to answer"
        lines.insert(0, Todo(alerts, words, reverse("site:alerts", args=[access.review.slug])))
    return lines[:5]


@require_GET
def flow_svg(request: HttpRequest, slug: str) -> HttpResponse:
    """The diagram as an SVG file, in print colours."""
    access = enter(request.user, slug)
    flow = flow_of(access.review)
    picture = diagram(flow.counts, label=label_of(access.review), pairs=flow.pairs)
    response = HttpResponse(str(picture), content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="prisma-{access.review.slug}.svg"'
    return response


@require_GET
def flow_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The numbers of the diagram under PRISMA's data names."""
    access = enter(request.user, slug)
    return JsonResponse(flow_of(access.review).as_json())
