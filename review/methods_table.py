"""The searches of a review as a table: one row for each, with everything that PRISMA-S asks."""

from __future__ import annotations

from collections.abc import Iterator

from review.methods import Reported
from review.tables import Cell

HEADERS = [
    "source",
    "kind of source",
    "column of the diagram",
    "platform",
    "dates covered",
    "strategy as run",
    "citations followed",
    "limits",
    "filters",
    "run by",
    "run on",
    "runs",
    "peer review",
    "repeats the search of",
    "hits reported",
    "identifiers found",
    "records fetched",
    "records stored",
    "records identified by all runs",
    "why counts differ",
    "the source's reading of the strategy",
    "warnings of the source",
    "still missing",
]


def rows(searches: list[Reported]) -> Iterator[list[Cell]]:
    """One list of cells per search, in the order of ``HEADERS``; figures are the last run's."""
    for each in searches:
        search, last = each.search, each.last
        yield [
            search.source,
            search.get_kind_display(),
            each.column,
            each.platform,
            search.coverage,
            last.strategy if last else search.strategy,
            search.get_chase_display() if search.chase else "",
            search.limits,
            search.filters,
            each.run_by,
            ", ".join(day.isoformat() for day in each.asked_on),
            len([run for run in each.runs if run.job and run.is_complete]),
            search.peer_review,
            str(search.rerun_of) if search.rerun_of else "",
            each.hits,
            last.n_listed if last else None,
            last.fetched if last else None,
            last.stored if last else None,
            each.n_records,
            each.difference,
            last.translation if last else "",
            "\n".join(last.warnings) if last else "",
            "; ".join(each.missing),
        ]
