"""Tables of citations: a row read as a record, and the outcome of matching as rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from review.citation import Citation, Section
from review.dedupe.bylines import authors
from review.dedupe.matcher import Groups
from review.pubmed.dates import first_year

NEEDED = ("record_id", "title")
CLUSTERS = ("record_id", "cluster_id", "rule")
QUEUE = ("id_a", "id_b", "score", "why")
_LONGEST = 10_000_000  # characters of a cell


class NotATable(ValueError):
    """The file has no line with the names of its columns."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that is no record: the line of the file on which it ends, and why."""

    line: int
    why: str


def read(lines: Iterable[str]) -> Iterator[Citation | Unread]:
    """Read rows of a CSV table as citations; a row that cannot be read says so in its place.

    Columns: record_id, title, abstract, authors, year, journal, volume, issue, pages, doi, pmid.
    Others are ignored; all but the first two may be missing. Raises NotATable without those two.
    """
    csv.field_size_limit(_LONGEST)
    rows = csv.reader(lines, strict=True)
    names = [name.strip().casefold() for name in next(rows, [])]
    if missing := [name for name in NEEDED if name not in names]:
        raise NotATable(f"The first line must name the columns; it lacks {' and '.join(missing)}.")
    seen: set[str] = set()
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Unread(rows.line_num, f"{error}".capitalize())
            continue
        if cells:
            yield _record(names, cells, rows.line_num, seen)


def clusters(groups: Groups) -> Iterator[tuple[str, str, str]]:
    """Give a row per record: its identifier, that of its cluster, and the rule that put it there.

    A cluster has the identifier of its first record, which no rule put there.
    """
    rules: dict[str, str] = {}
    for pair in groups.merged:
        rules.setdefault(pair.a, pair.match.rule)
        rules.setdefault(pair.b, pair.match.rule)
    for first, *others in groups.clusters:
        yield first, first, ""
        for other in others:
            yield other, first, rules[other]


def queue(groups: Groups) -> Iterator[tuple[str, str, str, str]]:
    """Give a row per pair that a person should look at, the likeliest first."""
    for pair in groups.queue:
        yield pair.a, pair.b, f"{pair.match.score:.3f}", pair.match.why


def _record(names: list[str], cells: list[str], line: int, seen: set[str]) -> Citation | Unread:
    if len(cells) != len(names):
        return Unread(line, f"{len(cells)} cells under {len(names)} columns")
    row = dict(zip(names, cells, strict=True))
    identifier = row["record_id"].strip()
    if not identifier:
        return Unread(line, "No record_id")
    if identifier in seen:
        return Unread(line, f"The record_id {identifier} stood in an earlier row")
    seen.add(identifier)
    return _citation(identifier, row)


def _citation(identifier: str, row: dict[str, str]) -> Citation:
    abstract = row.get("abstract", "")
    return Citation(
        identifier=identifier,
        title=row["title"],
        abstract=(Section("", abstract),) if abstract else (),
        authors=authors(row.get("authors", "")),
        journal=row.get("journal", ""),
        year=first_year(row.get("year", "")),
        volume=row.get("volume", ""),
        issue=row.get("issue", ""),
        pages=row.get("pages", ""),
        doi=row.get("doi", ""),
        pmid=row.get("pmid", ""),
    )
