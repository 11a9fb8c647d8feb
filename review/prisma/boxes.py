"""The boxes of the PRISMA 2020 flow for a new review: words, numbers and what each counts.

One list serves the picture, the table that stands in for it and the phone layout. Words follow
the templates of Page MJ et al., BMJ 2021;372:n71; the explanations are our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review.prisma.counts import Arm, Counts

Key = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One counted line of a box.

    ``data`` is the guideline's data name; ``part`` is the reason or source that the line counts
    within it. Together they are the ``key`` of a link.
    """

    label: str
    n: int
    data: str
    part: str = ""
    inner: bool = False  # set under the line before it

    @property
    def key(self) -> Key:
        """How a mapping of links names this line."""
        return (self.data, self.part) if self.part else self.data


@dataclass(frozen=True, slots=True)
class Box:
    """One box: an optional ``title`` without a number, then counted lines."""

    id: str
    column: int  # 0 left, 1 removed from the left, 2 right, 3 removed from the right
    row: int  # 0 identified, 1 screened, 2 sought, 3 assessed, 4 included
    lines: tuple[Line, ...]
    tooltip: str
    title: str = ""
    wrap: int = 40  # characters

    @property
    def label(self) -> str:
        """The box read aloud: "Records screened, n = 1,106"."""
        spoken = "; ".join(f"{line.label.rstrip('*†‡')}, n = {line.n:,}" for line in self.lines)
        return f"{self.title.rstrip(':*†')}: {spoken}" if self.title else spoken


def boxes(counts: Counts) -> tuple[Box, ...]:
    """Give the boxes in reading order: left column, other methods if any, included studies."""
    return (
        *_left_top(counts),
        *_arm(counts.left, "dbr", 0),
        *(_right(counts) if counts.other_methods else ()),
        Box(
            "box10",
            0,
            4,
            (
                Line("Studies included in review", counts.new_studies, "new_studies"),
                Line("Reports of included studies", counts.new_reports, "new_reports"),
            ),
            "Studies with at least one included report, and all their included reports.",
        ),
    )


def _left_top(counts: Counts) -> Iterator[Box]:
    yield Box(
        "box2",
        0,
        0,
        (
            Line("Databases", counts.database_results, "database_results"),
            *_parts("database_specific_results", counts.database_specific_results),
            Line("Registers", counts.register_results, "register_results"),
            *_parts("register_specific_results", counts.register_specific_results),
        ),
        "Every record that a database or register returned, before duplicates were found.",
        title="Records identified from" + ("*:" if _searched(counts) else ":"),
        wrap=35,
    )
    automatic = "Records marked as ineligible by automation tools"
    yield Box(
        "box3",
        1,
        0,
        (
            Line("Duplicate records removed", counts.duplicates, "duplicates"),
            Line(automatic, counts.excluded_automatic, "excluded_automatic"),
            Line("Records removed for other reasons", counts.excluded_other, "excluded_other"),
        ),
        "Records that nobody had to screen.",
        title="Records removed before screening:",
        wrap=42,
    )
    screened = Line("Records screened", counts.records_screened, "records_screened")
    yield Box("box4", 0, 1, (screened,), "Records with a final decision on title and abstract.")
    mark = "**" if counts.records_excluded else ""
    excluded = Line(f"Records excluded{mark}", counts.records_excluded, "records_excluded")
    tooltip = "Records excluded for good on their title and abstract."
    yield Box("box5", 1, 1, (excluded,), tooltip)


def _right(counts: Counts) -> Iterator[Box]:
    kinds = (
        ("website", "Websites", "website_results"),
        ("organisation", "Organisations", "organisation_results"),
        ("citation", "Citation searching", "citations_results"),
    )
    lines = [
        Line(label, counts.other_net.get(kind, 0), data)
        for kind, label, data in kinds
        if kind in counts.searched
    ]
    experts = counts.other_specific_results.items()
    lines += [Line(name, n, "other_specific_results", name) for name, n in experts]
    footnoted = counts.other_duplicates or counts.other_records_excluded
    yield Box(
        "box11",
        2,
        0,
        tuple(lines),
        "Records that other methods found and no database or register did.",
        title="Records identified from" + ("†:" if footnoted else ":"),
        wrap=35,
    )
    yield from _arm(counts.right, "other", 2)


def _arm(arm: Arm, prefix: str, column: int) -> Iterator[Box]:
    """Give the boxes from retrieval on; ids are those of the guideline's data table."""
    sought, lost, assessed, excluded = (
        ("box6", "box7", "box8", "box9") if column == 0 else ("box12", "box13", "box14", "box15")
    )
    mark = "‡" if arm.added_by_splitting else ""
    yield Box(
        sought,
        column,
        2,
        (Line(f"Reports sought for retrieval{mark}", arm.sought, f"{prefix}_sought_reports"),),
        "Reports whose full text is needed.",
    )
    not_retrieved = Line(
        "Reports not retrieved", arm.not_retrieved, f"{prefix}_notretrieved_reports"
    )
    tooltip = "Reports whose full text could not be had."
    yield Box(lost, column + 1, 2, (not_retrieved,), tooltip)
    yield Box(
        assessed,
        column,
        3,
        (Line("Reports assessed for eligibility", arm.assessed, f"{prefix}_assessed"),),
        "Reports with a final decision on their full text.",
    )
    lines = [
        Line("Reports excluded", sum(arm.excluded.values()), f"{prefix}_excluded"),
        *_parts(f"{prefix}_excluded", arm.excluded),
    ]
    if arm.ongoing:
        lines.append(Line("Reports of ongoing studies", arm.ongoing, f"{prefix}_ongoing"))
    if arm.awaiting:
        lines.append(Line("Awaiting classification", arm.awaiting, f"{prefix}_awaiting"))
    tooltip = "Reports excluded on their full text, each with one reason."
    yield Box(excluded, column + 1, 3, tuple(lines), tooltip, wrap=35)


def _searched(counts: Counts) -> bool:
    return bool(counts.database_specific_results or counts.register_specific_results)


def _parts(data: str, numbers: Mapping[str, int]) -> list[Line]:
    return [Line(name, n, data, name, inner=True) for name, n in numbers.items()]
