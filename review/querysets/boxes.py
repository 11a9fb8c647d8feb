"""The rows behind each number of the PRISMA 2020 diagram, under its data names.

Every list has as many rows as its number says. Definitions: prisma.md section 3, the same as in
``review.prisma.tally``. A right-column number is net: each report that no database or register
gave is listed once, by the record that it is counted by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from review.models import Position, Record, Report, Review
from review.models.flow import FROM_SOUGHT_ON, Arm
from review.prisma.tally import ASSESSED, EXCLUDED, NO_REASON, REMOVED

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows behind one number: ``unit`` is "record", "report" or "study".

    Rows of a study listing are the included reports that the studies are made of.
    """

    title: str
    unit: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Box:
    """What a data name counts: words, unit, and the rows for a review and a label."""

    title: str
    unit: str
    rows: Callable[[Review, str], Rows]


def listing(review: Review, data: str, label: str = "") -> Listing | None:
    """The rows behind a data name; ``label`` narrows to one source or reason. None if unknown."""
    box = BOXES.get(data)
    if box is None:
        return None
    return Listing(
        f"{box.title}: {label}" if label else box.title, box.unit, box.rows(review, label)
    )


def _records(*kinds: str) -> Callable[[Review, str], Rows]:
    def rows(review: Review, label: str) -> Rows:
        found = Record.objects.of(review).from_kind(*kinds)
        return found.filter(search__source=label) if label else found

    return rows


def _net_records(kind: str) -> Callable[[Review, str], Rows]:
    def rows(review: Review, label: str) -> Rows:
        found = Record.objects.of(review).counted_right().from_kind(kind)
        return found.filter(search__source=label) if label else found

    return rows


def _duplicates(review: Review, label: str) -> Rows:
    return Record.objects.of(review).counted_elsewhere()


def _reports(arms: tuple[str, ...], *positions: str) -> Callable[[Review, str], Rows]:
    def rows(review: Review, label: str) -> Rows:
        found = Report.objects.of(review).filter(arm__in=arms).at(*positions)
        if label == NO_REASON:
            return found.filter(reason=None)
        return found.filter(reason__label=label) if label else found

    return rows


def _arm(prefix: str, arm: str) -> dict[str, Box]:
    def box(title: str, *positions: str) -> Box:
        return Box(title, "report", _reports((arm,), *positions))

    return {
        f"{prefix}_ta_pending": box("To screen", Position.SCREENING),
        f"{prefix}_sought_reports": box("Reports sought for retrieval", *FROM_SOUGHT_ON),
        f"{prefix}_retrieval_pending": box("Full texts to retrieve", Position.SOUGHT),
        f"{prefix}_notretrieved_reports": box("Reports not retrieved", Position.NOT_RETRIEVED),
        f"{prefix}_ft_pending": box("Full texts to judge", Position.ASSESSING),
        f"{prefix}_assessed": box("Reports assessed for eligibility", *ASSESSED),
        f"{prefix}_excluded": box("Reports excluded", Position.EXCLUDED_FULL_TEXT),
        f"{prefix}_ongoing": box("Reports of ongoing studies", Position.ONGOING),
        f"{prefix}_awaiting": box("Awaiting classification", Position.AWAITING),
        f"{prefix}_included": box("Reports included", Position.INCLUDED),
    }


LEFT, BOTH = (Arm.LEFT,), (Arm.LEFT, Arm.RIGHT)
INCLUDED = _reports(BOTH, Position.INCLUDED)

BOXES: dict[str, Box] = {
    "database_results": Box("Records from databases", "record", _records("database")),
    "database_specific_results": Box("Records", "record", _records("database")),
    "register_results": Box("Records from registers", "record", _records("register")),
    "register_specific_results": Box("Records", "record", _records("register")),
    "website_results": Box("Records from websites", "record", _net_records("website")),
    "organisation_results": Box(
        "Records from organisations", "record", _net_records("organisation")
    ),
    "citations_results": Box("Records from citation searching", "record", _net_records("citation")),
    "other_results": Box("Records from other methods", "record", _net_records("other")),
    "other_specific_results": Box("Records", "record", _net_records("other")),
    "duplicates": Box("Duplicate records removed", "record", _duplicates),
    "excluded_automatic": Box(
        "Removed before screening by automation tools",
        "report",
        _reports(LEFT, Position.REMOVED_BY_AUTOMATION),
    ),
    "excluded_other": Box(
        "Removed before screening for other reasons",
        "report",
        _reports(LEFT, Position.REMOVED_OTHER),
    ),
    "records_screened": Box(
        "Records screened", "report", _reports(LEFT, *EXCLUDED, *FROM_SOUGHT_ON)
    ),
    "records_excluded": Box(
        "Records excluded on title and abstract", "report", _reports(LEFT, *EXCLUDED)
    ),
    "other_records_excluded": Box(
        "Found by other methods, excluded before retrieval",
        "report",
        _reports((Arm.RIGHT,), *REMOVED, *EXCLUDED),
    ),
    "ta_pending": Box("To screen", "report", _reports(BOTH, Position.SCREENING)),
    "retrieval_pending": Box("Full texts to retrieve", "report", _reports(BOTH, Position.SOUGHT)),
    "ft_pending": Box("Full texts to judge", "report", _reports(BOTH, Position.ASSESSING)),
    **_arm("dbr", Arm.LEFT),
    **_arm("other", Arm.RIGHT),
    "new_studies": Box("Studies included", "study", INCLUDED),
    "new_reports": Box("Reports of included studies", "report", INCLUDED),
}
