"""The publications of the demo as citations: only cells that were read in a source are filled."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from review.citation import Author, Citation
from review.markup import from_plain

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication: where the demo team found it, its citation, and facts for extraction."""

    source: str  # pubmed, register or citation
    citation: Citation
    facts: dict[str, str]


def publications() -> list[Publication]:
    """All of them, in the order of the snapshot."""
    with (FOLDER / "publications.csv").open(encoding="utf-8", newline="") as file:
        return [_publication(row) for row in csv.DictReader(file)]


def _publication(row: dict[str, str]) -> Publication:
    facts = {
        name: row[name] for name in ("design", "condition", "n", "dose", "duration") if row[name]
    }
    return Publication(row["source"], _citation(row), facts | {"registration": row["registration"]})


def _citation(row: dict[str, str]) -> Citation:
    registrations = tuple(part.strip() for part in row["registration"].split(";") if part.strip())
    register = row["source"] == "register"
    return Citation(
        identifier=row["pmid"]
        or (registrations[0] if register else row["doi"])
        or row["title"][:100],
        title=from_plain(row["title"]),
        authors=_authors(row["first_author"]),
        journal=row["journal"],
        year=int(row["year"]) if row["year"] else None,
        published=row["year"],
        volume=row["volume"],
        issue=row["issue"],
        pages=row["pages"],
        doi=row["doi"].lower(),
        pmid=row["pmid"],
        registrations=registrations,
    )


def _authors(first: str) -> tuple[Author, ...]:
    if not first:
        return ()
    last, _, initials = first.rpartition(" ")
    return (Author(last, initials=initials),) if last else (Author(initials),)
