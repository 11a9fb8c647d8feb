"""Which reports somebody means: one, a list of the reports page, or identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from review.access import Access, get_live_report
from review.models import Position, Record, Report, Review
from review.naming import Named, read_identifiers
from review.sent import number
from review.views.reports import listing_of

AT_ONCE = 500  # identifiers that are looked up in one query


@dataclass(frozen=True, slots=True)
class Chosen:
    """Keys of reports in order of arrival, how they were chosen, and what named none of them.

    ``further`` counts reports of the list that are not "to screen" and were left out.
    """

    reports: list[int]
    selection: str
    unmatched: tuple[str, ...] = ()
    further: int = 0


def chosen_by_list(access: Access, query: QueryDict) -> Chosen | None:
    """The reports of a list that are to be screened, or one report; None without either."""
    if key := query.get("report"):
        report = get_live_report(access, number(key) or 0)
        return Chosen([report.pk], "one report")
    if not query:
        return None
    listing = listing_of(access, query)
    rows = Report.objects.live().filter(review=access.review).order_by("place")
    if listing.unit == "record":
        records = Record.objects.filter(pk__in=listing.rows.order_by().values("pk"))
        rows = rows.filter(pk__in=records.values("report"))
    else:
        rows = rows.filter(pk__in=listing.rows.order_by().values("pk"))
    found = list(rows.at(Position.SCREENING).values_list("pk", flat=True))
    return Chosen(found, f"the list “{listing.title}”", further=rows.count() - len(found))


def chosen_by_identifiers(review: Review, text: str) -> Chosen:
    """The live reports that these PMIDs and DOIs name, and which of them name none."""
    named = read_identifiers(text)
    found: dict[str, set[int]] = {}
    for field, values in (("pmid", named.pmids), ("doi", named.dois)):
        for value, report in _reports(review, field, values):
            found.setdefault(value, set()).add(report)
    keys = set().union(*found.values())
    order = Report.objects.filter(pk__in=keys).order_by("place").values_list("pk", flat=True)
    missing = [each for each in (*named.pmids, *named.dois) if each not in found]
    return Chosen(list(order), _words(named), (*missing, *named.others))


def _reports(review: Review, field: str, values: Sequence[str]) -> Iterator[tuple[str, int]]:
    records = Record.objects.filter(review=review, withdrawn_at=None)
    for start in range(0, len(values), AT_ONCE):
        some = records.filter(Q(**{f"{field}__in": values[start : start + AT_ONCE]}))
        yield from some.values_list(field, "report")


def _words(named: Named) -> str:
    n = len(named.pmids) + len(named.dois) + len(named.others)
    return f"{n:,} identifier{'' if n == 1 else 's'}"
