"""Parts of the frame that know every stage: the tabs of a page about one report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from review.access import Access
from review.ledger import passed_screening
from review.models import Position, Report

register = template.Library()

ABOUT_ONE_REPORT = frozenset(
    {"review:report", "screening:decisions", "screening:retrieval", "screening:merge"}
)

WAITING = ("_results", "ta_pending")  # how boxes end whose lists hold reports to be screened


@dataclass(frozen=True, slots=True)
class Tab:
    """One link, and whether it leads to the page that is shown."""

    label: str
    href: str
    here: bool


@register.inclusion_tag("site/_report_tabs.html", takes_context=True)
def report_tabs(context: Context) -> dict[str, Any]:
    """Links between the pages of ``report``; none on a page where it is only the next to read.

    On a list of reports: what a lead may do with the whole list.
    """
    report, access = context.get("report"), context.get("access")
    match = getattr(context.get("request"), "resolver_match", None)
    name = getattr(match, "view_name", "")
    if access and name == "review:reports" and access.role.may_move_reports():
        return {"tabs": _acts(context), "about": "What to do with this list"}
    if not report or not access or name not in ABOUT_ONE_REPORT:
        return {"tabs": []}
    return {"tabs": _tabs(report, access, context["request"].path), "about": "Pages of this report"}


def _acts(context: Context) -> list[Tab]:
    """A list in which reports wait to be screened can be removed."""
    request, slug = context["request"], context["access"].review.slug
    position, box = request.GET.get("position", ""), request.GET.get("box", "")
    if position not in ("", Position.SCREENING) or not (box or WAITING[0]).endswith(WAITING):
        return []
    query = request.GET.urlencode() or f"position={Position.SCREENING}"
    address = reverse("screening:removal_new", args=[slug])
    return [Tab("Remove these before screening", f"{address}?{query}", False)]


def _tabs(report: Report, access: Access, path: str) -> list[Tab]:
    sought = passed_screening(report)
    wanted = [
        ("Report", "review:report", report.pk, True),
        ("Decisions", "screening:decisions", report.pk, access.role.may_see_decisions()),
        ("Full text", "screening:retrieval", report.pk, sought),
        ("Study", "extraction:study", report.study_id, sought),
    ]
    tabs = []
    for label, name, pk, may in wanted:
        if may and pk:
            href = reverse(name, args=[access.review.slug, pk])
            tabs.append(Tab(label, href, href == path))
    return tabs
