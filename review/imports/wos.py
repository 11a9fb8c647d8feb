"""Web of Science's own tagged format (.ciw, savedrecs.txt).

Two letters and a space; three spaces go on with the value before. PT begins an entry, ER ends
it, FN and VR stand before and EF after them. Source: Clarivate, "Web of Science field tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.imports.blocks import Block
from review.imports.cells import Cell, citation
from review.imports.entry import Entry
from review.imports.source import Source
from review.imports.tags import Table, to_cells

MARK = re.compile(r"PT ")
_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*))?", re.DOTALL)
_AROUND = ("FN", "VR", "EF")
_LISTS = ("AU", "AF", "BA", "BF", "BE", "CA", "GP", "CR", "C1", "C3")

TABLE: Table = {
    "title": ("TI",),
    "book": ("BT",),
    "author": ("author",),
    "abstract": ("AB",),
    "journal": ("SO", "JI", "J9"),
    "year": ("PY", "EY"),
    "published": ("PD",),
    "volume": ("VL",),
    "issue": ("IS",),
    "first page": ("BP",),
    "last page": ("EP",),
    "doi": ("DI",),
    "pmid": ("PM",),
    "language": ("LA",),
    "type": ("DT",),
    "identifier": ("UT",),
    "issn": ("SN",),
    "eissn": ("EI",),
    "publisher": ("PU",),
    "affiliation": ("C1",),
    "editor": ("BE", "ED"),
}


def read(source: Source) -> Iterator[Entry]:
    """Yield the entries of a Web of Science file."""
    source.mark = MARK
    for block in _blocks(source):
        pairs = [pair for pair in block.pairs() if pair[1]]
        if not any(tag != "PT" for tag, _ in pairs):
            source.problems.add("This entry is empty.", "It was left out.", block.line)
            continue
        yield Entry(citation(_cells(pairs)), block.line)


def _blocks(source: Source) -> Iterator[Block]:
    block: Block | None = None
    for number, line in source.lines():
        tag = None if line.startswith(" ") else _TAG.fullmatch(line.strip())
        if tag is None or tag[1] in _AROUND:
            if block is not None and tag is None:
                block.go_on(line.strip())
            continue
        if block is None or tag[1] == "PT":
            if block is not None:
                what, kept = "This entry has no end mark (ER).", "It was kept."
                source.problems.add(what, kept, block.line)
                yield block
            block = Block(number)
        if tag[1] != "ER":
            block.begin(tag[1], tag[2] or "")
            continue
        yield block
        block = None
    if block is not None:
        source.problems.add("The last entry has no end mark (ER).", "It was kept.", block.line)
        yield block


def _cells(pairs: list[tuple[str, str]]) -> list[Cell]:
    full = {tag for tag, _ in pairs}
    cells = to_cells((cell for pair in pairs for cell in _named(*pair, full)), TABLE)
    return [cell for cell in cells if cell[0] != "PT"]


def _named(tag: str, value: str, full: set[str]) -> Iterator[tuple[str, str]]:
    lines = value.split("\n")
    if (tag == "AU" and "AF" in full) or (tag == "BA" and "BF" in full):
        return
    if tag in ("AU", "AF", "BA", "BF"):
        yield from (("author", line) for line in lines)
    elif tag in ("CA", "GP"):
        yield from (("author", f"{line},") for line in lines)
    elif tag == "DE":
        yield from (("keyword", word) for word in " ".join(lines).split(";"))
    elif tag in _LISTS:
        yield from ((tag, line) for line in lines)
    else:
        yield tag, " ".join(lines)
