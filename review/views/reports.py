"""Lists: all reports by position, and the rows behind each number of the PRISMA diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from review.access import Access, enter, get_run, get_search
from review.exports.writing import FORMATS
from review.models import Position, Record, Report, SearchRun, Study
from review.models.refresh import FindingKind
from review.paging import page
from review.querysets.boxes import Listing, listing
from review.sent import number
from review.services.studies import label_of

KEYS = {"record": "pk", "report": "place"}


@dataclass(frozen=True, slots=True)
class Filter:
    """One word above the list: where it leads, how many rows are there, whether it is on."""

    label: str
    query: str
    n: int
    on: bool


@dataclass(slots=True)
class StudyLine:
    """One included study and its included reports; one that nobody linked is named after it."""

    label: str
    reports: list[Report]


@require_GET
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """The list that the address asks for."""
    access = enter(request.user, slug)
    found = listing_of(access, request.GET)
    context: dict[str, Any] = {"access": access, "listing": found, "formats": _files(request.GET)}
    if found.unit == "study":
        lines = study_lines(found.rows)
        context |= {"studies": lines, "n": len(lines)}
    else:
        cut = page(found.rows, KEYS[found.unit], request.GET)
        for row in cut.rows:
            (access.cover if found.unit == "report" else access.cover_record)(row)
        context |= {
            "rows": cut.rows,
            "n": found.rows.count(),
            "previous_url": _address(request.GET, "before", cut.before),
            "next_url": _address(request.GET, "after", cut.after),
        }
    if not _is_narrowed(request.GET):
        context["filters"] = filters(access, request.GET)
    return render(request, "review/reports.html", context)


def listing_of(access: Access, query: QueryDict) -> Listing:
    """The rows that an address of this page asks for. Raises Http404 for a box there is not."""
    if box := query.get("box"):
        found = listing(access.review, box, query.get("label", ""))
        if found is None:
            raise Http404
        return found
    if search := query.get("search"):
        of = get_search(access, number(search) or 0)
        return Listing(
            f"Records of {of}", "record", Record.objects.of(access.review).filter(search=of)
        )
    if run := query.get("run"):
        return _of_run(access, get_run(access, number(run) or 0), query.get("found", "new"))
    rows = Report.objects.of(access.review)
    if query.get("text") == "without":
        return Listing("Reports without text", "report", rows.without_text())
    position = query.get("position", "")
    if position in Position.values:
        return Listing(f"Reports: {Position(position).label.lower()}", "report", rows.at(position))
    return Listing("Reports", "report", rows)


def _of_run(access: Access, run: SearchRun, found: str) -> Listing:
    """The records behind a number of a run's report."""
    records = Record.objects.of(access.review)
    if found == "new":
        return Listing(f"New in {run}", "record", records.filter(first_run=run))
    if found not in FindingKind.values:
        raise Http404
    title = f"{FindingKind(found).label} in {run}"
    return Listing(title, "record", records.filter(findings__run=run, findings__kind=found))


def _files(query: QueryDict) -> list[tuple[str, str, str]]:
    """Ending, words and query of each format in which the whole list can be had."""
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    return [(ending, kind.words, kept.urlencode()) for ending, kind in FORMATS.items()]


def _is_narrowed(query: QueryDict) -> bool:
    return any(name in query for name in ("box", "search", "run"))


def filters(access: Access, query: QueryDict) -> list[Filter]:
    """The words above the list of all reports: positions that occur, and "without text"."""
    live = Report.objects.filter(review=access.review).live()
    counted = dict(live.order_by().values_list("position").annotate(n=Count("pk")))
    position, without = query.get("position", ""), query.get("text") == "without"
    words = [Filter("All", "", sum(counted.values()), not position and not without)]
    words += [
        Filter(each.label, f"position={each}", counted[each], position == each)
        for each in Position
        if each in counted
    ]
    if n := live.without_text().count():
        words.append(Filter("Without text", "text=without", n, without))
    return words


def study_lines(included: Any) -> list[StudyLine]:
    """Group included reports by study, in the order in which the first of each arrived."""
    lines: dict[tuple[str, int], StudyLine] = {}
    for report in included.select_related("study"):
        study: Study | None = report.study
        key = ("study", study.pk) if study else ("report", report.pk)
        label = study.label if study else label_of(report)
        lines.setdefault(key, StudyLine(label, [])).reports.append(report)
    return list(lines.values())


def _address(query: QueryDict, direction: str, key: int | None) -> str:
    if key is None:
        return ""
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    kept[direction] = str(key)
    return f"?{kept.urlencode()}"
