"""CSL-JSON, as Zotero and other reference managers export it: one item at a time.

Source: the Citation Style Language's schema, csl-data.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from review.imports import votes
from review.imports.cells import Cell, citation
from review.imports.entry import Entry, Refused
from review.imports.lists import parted
from review.imports.source import Source
from review.imports.tags import Table, to_cells

TABLE: Table = {
    "title": ("title",),
    "original title": ("original-title",),
    "abstract": ("abstract",),
    "journal": ("container-title", "container-title-short", "journalAbbreviation"),
    "volume": ("volume",),
    "issue": ("issue",),
    "pages": ("page",),
    "doi": ("DOI",),
    "pmid": ("PMID",),
    "pmcid": ("PMCID",),
    "url": ("URL",),
    "language": ("language",),
    "keyword": ("keyword",),
    "type": ("genre",),
    "identifier": ("archive_location",),
    "database": ("source", "archive"),
    "issn": ("ISSN",),
    "publisher": ("publisher",),
    "place": ("publisher-place",),
    "edition": ("edition",),
    "note": ("note", "annote"),
}
IN_BOOKS: Table = {"book": ("container-title",), "journal": ("collection-title",)}

# Types of CSL that say more than the fields do, and the words for them.
KINDS = {
    "book": "Book",
    "paper-conference": "Conference paper",
    "thesis": "Thesis",
    "report": "Report",
    "webpage": "Web page",
    "dataset": "Dataset",
    "patent": "Patent",
    "article-newspaper": "Newspaper article",
    "article-magazine": "Magazine article",
    "manuscript": "Unpublished work",
}
_PASSED_OVER = frozenset(["id", "type", "citation-key"])
_NOT_A_LIST = "This is JSON, but not a list of references (CSL-JSON). Nothing was read."


def read(source: Source) -> Iterator[Entry]:
    """Yield the items of a CSL-JSON file. Raises Refused when it is other JSON."""
    for line, item in _items(source):
        source.marks += 1
        if not isinstance(item, dict) or not item:
            source.problems.add("This is no reference.", "It was left out.", line)
            continue
        yield _entry(line, item)


def _items(source: Source) -> Iterator[tuple[int, Any]]:
    """Read one item of the list after the other; what is in memory grows only with the item."""
    pieces = source.pieces()
    decoder = json.JSONDecoder()
    text = next(pieces, "").lstrip()
    if not text.startswith("["):
        raise Refused(_NOT_A_LIST)
    text, line, wanted = text[1:], 1, 1
    while True:
        blank = len(text) - len(text.lstrip(", \t\n"))
        line, text = line + text.count("\n", 0, blank), text[blank:]
        if text.startswith("]"):
            return
        item, end = _decoded(decoder, text) if text else (None, 0)
        if end:
            wanted, line = 1, line + text.count("\n", 0, end)
            yield line, item
            text = text[end:]
            continue
        more = list(islice(pieces, wanted))
        if not more:
            source.problems.add("The file ends in the middle, or is no valid JSON.", line=line)
            return
        text, wanted = text + "".join(more), wanted * 2


def _decoded(decoder: json.JSONDecoder, text: str) -> tuple[Any, int]:
    """Read the item at the beginning; (None, 0) when it does not end here."""
    try:
        return decoder.raw_decode(text)
    except json.JSONDecodeError:
        return None, 0
    except RecursionError:
        raise Refused("This JSON is nested too deeply to be a list of references.") from None
    except ValueError:
        raise Refused("This JSON has numbers that no reference has. Nothing was read.") from None


def _entry(line: int, item: dict[str, Any]) -> Entry:
    kind = str(item.get("type", ""))
    pairs = [cell for name, value in item.items() for cell in _cells(str(name), value)]
    cells = to_cells(pairs, {**TABLE, **IN_BOOKS} if kind == "chapter" else TABLE)
    if kind in KINDS and ("type", KINDS[kind]) not in cells:
        cells.append(("type", KINDS[kind]))
    cast, labels = votes.in_notes(value for name, value in pairs if name == "note")
    return Entry(citation(cells), line, cast, labels)


def _cells(name: str, value: Any) -> Iterator[Cell]:
    if name in _PASSED_OVER or value in (None, "", [], {}):
        return
    if name in ("author", "editor") and isinstance(value, list):
        yield from ((name, _name(person)) for person in value if isinstance(person, dict))
    elif name == "issued" and isinstance(value, dict):
        yield from _date(value)
    elif name in ("keyword", "genre") and isinstance(value, str):
        yield from ((name, part) for part in parted(value, commas=name == "keyword"))
    elif isinstance(value, str | int | float):
        yield name, str(value)
    else:
        yield name, json.dumps(value, ensure_ascii=False)


def _name(person: dict[str, Any]) -> str:
    if literal := person.get("literal"):
        return f"{literal},"
    particles = (person.get("non-dropping-particle"), person.get("family"))
    last = " ".join(str(part) for part in particles if part)
    given = " ".join(
        str(part) for part in (person.get("given"), person.get("dropping-particle")) if part
    )
    return ", ".join(str(part) for part in (last, given, person.get("suffix")) if part)


def _date(value: dict[str, Any]) -> Iterator[Cell]:
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [str(part).zfill(2) for part in first if isinstance(part, int | str)]
    written = str(value.get("raw") or value.get("literal") or "-".join(numbers))
    if numbers:
        yield "year", numbers[0]
    yield "published", written
