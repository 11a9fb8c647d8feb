"""RIS, as Ovid, Embase, Scopus, Web of Science, EBSCO, ProQuest, Cochrane, IEEE, CAB Direct,
Zotero, EndNote and others write it.

An entry begins at TY, whatever is missing before it. Lines without a tag go on with the value
before them. Sources: the files of these vendors; rispy's issues 30 and 35.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.imports import votes
from review.imports.abstracts import unwrapped
from review.imports.blocks import Block
from review.imports.cells import Cell, citation
from review.imports.entry import Entry
from review.imports.source import Source
from review.imports.tags import Table, to_cells

MARK = re.compile(r"[ \t]?ty {0,3}\t?-", re.IGNORECASE)
_START = re.compile(r"([ \t]?)(TY|ty)( {1,2}|\t)-[ \t]*(.*)", re.DOTALL)
_TAG = re.compile(r"([A-Z][A-Z0-9])( {1,2}|\t)-(?: {1,2}|$|(?=\S))(.*)", re.DOTALL)
_END = re.compile(r"[ \t]?ER(?: {0,2}-\s*)?", re.IGNORECASE)
_FURNITURE = re.compile(r"(?:\d+ ?\.|Record #\d+ of \d+|Provider: .*|Content: .*|EF)?")

TABLE: Table = {
    "title": ("TI", "T1", "BT", "CT", "ST"),
    "original title": ("TT",),
    "author": ("AU", "A1"),
    "abstract": ("AB", "N2"),
    "journal": ("T2", "JO", "JF", "JA", "J2", "J1"),
    "year": ("PY", "YR"),
    "published": ("DA", "Y1"),
    "volume": ("VL", "VO"),
    "issue": ("IS",),
    "first page": ("SP",),
    "last page": ("EP",),
    "doi": ("DO", "DI"),
    "url": ("UR",),
    "language": ("LA",),
    "keyword": ("KW",),
    "type": ("M3", "PT"),
    "identifier": ("AN", "U2"),
    "database": ("DB", "DP"),
    "issn": ("SN",),
    "publisher": ("PB",),
    "place": ("CY",),
    "affiliation": ("AD",),
    "editor": ("A2", "ED"),
    "edition": ("ET",),
    "note": ("N1",),
}
_BEHIND = ("NL", "Y2")  # tags that Ovid writes behind the end of an entry
IN_BOOKS: Table = {
    "title": ("TI", "T1", "CT", "ST"),
    "book": ("T2", "BT"),
    "journal": ("JF", "JO", "JA"),
}

# Types of document that say more than the fields do. TY of the RIS format: words.
KINDS = {
    "ABST": "Abstract",
    "BOOK": "Book",
    "CONF": "Conference paper",
    "CPAPER": "Conference paper",
    "DATA": "Dataset",
    "ELEC": "Web page",
    "MGZN": "Magazine article",
    "NEWS": "Newspaper article",
    "PAT": "Patent",
    "RPRT": "Report",
    "THES": "Thesis",
    "UNPB": "Unpublished work",
}
_ACCESSION = re.compile(r"Accession Number: ([\w.-]{1,40})[;.]")
_PMID_OF = {"scopus": "C2", "embase": "C5", "medline": "C5"}  # custom fields by database


def read(source: Source) -> Iterator[Entry]:
    """Yield the entries of a RIS file."""
    source.mark = MARK
    for block in _blocks(source):
        pairs = [pair for pair in block.pairs() if pair[1]]
        if not pairs:
            source.problems.add("This entry is empty.", "It was left out.", block.line)
            continue
        yield _entry(block.line, block.kind, pairs)


def _blocks(source: Source) -> Iterator[Block]:
    """Cut the lines of a file into entries."""
    block: Block | None = None
    for number, line in source.lines():
        if start := _START.match(line):
            if block is not None:
                _note_end(source, block)
                yield block
            block = Block(number, start[4].strip().upper()[:20], start[1], start[3])
            block.lower = start[2] == "ty"
        elif block is None or block.ended:
            ended = block
            block = _between(source, block, number, line)
            if ended is not None and block is not ended:
                yield ended
        elif _END.fullmatch(line):
            block.ended = True
        else:
            _add(block, line)
    if block is not None:
        _note_end(source, block)
        yield block


def _add(block: Block, line: str) -> None:
    line = line.removeprefix(block.indent)
    tag = _TAG.match(line[:2].upper() + line[2:] if block.lower else line)
    if tag and (tag[2] == "  " or tag[2] == block.gap):
        block.begin(tag[1], tag[3])
    elif not (block.after_blank and _FURNITURE.fullmatch(line.strip())):
        block.go_on(line)


def _between(source: Source, block: Block | None, number: int, line: str) -> Block | None:
    """Deal with a line outside any entry: text of the vendor, or an entry that lacks its TY."""
    if _FURNITURE.fullmatch(line.strip()):
        return block
    if _END.fullmatch(line):
        source.problems.add("An end mark (ER) stands here without an entry.", line=number)
        return block
    tag = _TAG.match(line)
    if tag and tag[2] == "  " and (block is None or tag[1] not in _BEHIND):
        source.problems.add(
            "An entry begins here without its first line (TY).", "It was read all the same.", number
        )
        block = Block(number, gap="  ")
    if tag and block is not None:
        block.begin(tag[1], tag[3])
    elif block is not None:
        block.begin("after the entry", line)
    else:
        source.problems.add("This line stands before the first entry.", "It was left out.", number)
    return block


def _note_end(source: Source, block: Block) -> None:
    if not block.ended:
        source.problems.add(
            "This entry has no end mark (ER).",
            "All up to the next entry was kept as its own.",
            block.line,
        )


def _entry(line: int, kind: str, pairs: list[tuple[str, str]]) -> Entry:
    held = dict(pairs)
    ovid = any("ovid" in held.get(tag, "").lower() for tag in ("L2", "UR", "DB"))
    table = {**TABLE, **IN_BOOKS} if kind in ("CHAP", "ECHAP") else TABLE
    renamed = [(_named(tag, value, held, ovid), value) for tag, value in pairs]
    cells = to_cells(renamed, table)
    if kind in KINDS and ("type", KINDS[kind]) not in cells:
        cells.append(("type", KINDS[kind]))
    cast, labels = votes.in_notes(value for tag, value in pairs if tag == "N1")
    cells += _accession(held.get("N1", ""))
    return Entry(citation(map(_paragraphs, cells)), line, cast, labels)


def _named(tag: str, value: str, held: dict[str, str], ovid: bool) -> str:
    """Name a value whose tag means something else in its vendor's dialect."""
    if tag in ("L3", "M3") and value.startswith("10."):
        return "doi"
    if tag == "ID" and ovid:
        return "identifier"
    if tag == "C2" and value.upper().startswith("PMC"):
        return "pmcid"
    if tag == _PMID_OF.get(held.get("DB", "").lower()) and value.isdecimal():
        return "pmid"
    return tag


def _accession(note: str) -> list[Cell]:
    """EBSCO's own number, which stands at the beginning of its notes."""
    match = _ACCESSION.match(note)
    return [("identifier", match[1])] if match else []


def _paragraphs(cell: Cell) -> Cell:
    return (cell[0], unwrapped(cell[1])) if cell[0] == "abstract" else cell
