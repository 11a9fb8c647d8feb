"""Duplicates: what was merged and why, and merges by hand."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from review.access import Access
from review.errors import ReviewError
from review.models import Merge, Pair, Report
from review.sent import number
from screening.access import enter, get_live_report, get_merge
from screening.asking import standing_of
from screening.forms.duplicates import FindForm, MergeForm
from screening.querysets import reports_named
from screening.services.answering import merge_by_hand
from screening.services.merging import split_reports
from screening.views.pages import go, page, status_of

PER_PAGE = 30
MADE = {"rule": "By rule", "people": "By people"}
WAITS = (
    "Kept. You vote on one of these reports, and both were opened by somebody: they are merged as "
    "soon as a second person says the same."
)


@require_GET
def duplicates(request: HttpRequest, slug: str) -> HttpResponse:
    """How many pairs wait, then all merges, the newest first."""
    access = enter(request.user, slug, to="see_counts")
    before = number(request.GET.get("before"))
    merges = Merge.objects.of(access.review).defer("survivor__face__raw", "absorbed__face__raw")
    made = request.GET.get("made", "")
    merges = merges.made(by_rule=made == "rule") if made in MADE else merges
    merges = merges.filter(pk__lt=before) if before else merges
    found = list(merges[: PER_PAGE + 1])
    here = reverse("screening:duplicates", args=[slug])
    access.cover(*(report for merge in found for report in (merge.survivor, merge.absorbed)))
    apart = [] if before else list(Pair.objects.kept_apart(access.review)[:PER_PAGE])
    access.cover(*(report for pair in apart for report in (pair.first, pair.second)))
    context = {
        "access": access,
        "section": "review",
        "left": Pair.objects.unanswered(access.review).count(),
        "kept_apart": apart,
        "merges": found[:PER_PAGE],
        "may_act": access.role.may_answer_pairs(),
        "find": _find(request, access),
        "made": made,
        "filters": {"": "All", **MADE},
        "previous_url": _address(here, made=made) if before else None,
        "next_url": _address(here, made=made, before=found[PER_PAGE - 1].pk)
        if len(found) > PER_PAGE
        else None,
    }
    return page(request, "duplicates", context)


def _address(here: str, **query: object) -> str:
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{here}?{asked}" if asked else here


def _find(request: HttpRequest, access: Access) -> dict[str, object]:
    """The form that finds a report by name, and what it found."""
    asked = request.GET.get("q", "").strip()
    form = FindForm({"q": asked}) if asked else FindForm()
    found = list(reports_named(access.review, asked)) if asked and form.is_valid() else []
    access.cover(*found)
    return {"form": form, "asked": asked, "reports": found}


@require_POST
def merge_split(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Split a merge: each report has its records, votes and position again."""
    access = enter(request.user, slug, to="answer_pairs")
    try:
        split_reports(merge=get_merge(access, pk), actor=access.user)
    except ReviewError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Split. Each report has its records, votes and position again.")
    return go("duplicates", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Find the other report, look at both side by side, and merge them."""
    access = enter(request.user, slug, to="answer_pairs")
    report = get_live_report(access, pk)
    if request.method != "POST":
        chosen = number(request.GET.get("other"))
        other = get_live_report(access, chosen) if chosen else None
        return _show_merge(request, access, report, other)
    form = MergeForm(request.POST)
    other = get_live_report(access, number(request.POST.get("other")) or 0)
    if not form.is_valid():
        return _show_merge(request, access, report, other, form=form, status=422)
    why = form.cleaned_data["why"]
    try:
        survivor = merge_by_hand(one=report, other=other, why=why, actor=access.user)
    except ReviewError as error:
        status = status_of(request, error)
        return _show_merge(request, access, report, other, form=form, error=error, status=status)
    messages.success(request, _merged(survivor) if survivor else WAITS)
    return go("duplicates", slug)


def _merged(survivor: Report) -> str:
    survivor.refresh_from_db()
    return f"Merged. {standing_of(survivor)} You can split them again below."


def _show_merge(
    request: HttpRequest,
    access: Access,
    report: Report,
    other: Report | None,
    form: MergeForm | None = None,
    error: ReviewError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "access": access,
        "section": "review",
        "report": report,
        "other": other,
        "both": [report, other] if other else [],
        "form": form or MergeForm(initial={"other": other.pk if other else None}),
        "find": _find(request, access),
        "error": error,
    }
    return page(request, "merge", context, status=status)
