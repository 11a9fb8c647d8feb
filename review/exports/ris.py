"""RIS: two letters, two spaces, a hyphen; paragraphs of an abstract go on indented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from review.citation import Citation
from review.exports.cells import Cells, kind_of
from review.imports.cells import PUBMED
from review.imports.ris import KINDS

_PAGES = re.compile(r"([A-Za-z]{0,2}\d+)-([A-Za-z]{0,2}\d+)")
_FIELDS = {
    "TI": "title",
    "TT": "original title",
    "AB": "abstract",
    "PY": "year",
    "DA": "published",
    "VL": "volume",
    "IS": "issue",
    "DO": "doi",
    "UR": "url",
    "LA": "language",
}


def write(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield the text of a RIS file, one entry at a time."""
    for citation in citations:
        yield "".join(f"{tag}  - {_indented(text)}\r\n" for tag, text in _lines(citation))
        yield "ER  - \r\n\r\n"


def _indented(text: str) -> str:
    return text.replace("\n", "\r\n  ")


def _lines(citation: Citation) -> Iterator[tuple[str, str]]:
    cells = Cells(citation)
    is_chapter = cells.has("book")
    yield "TY", "CHAP" if is_chapter else kind_of(citation.publication_types, KINDS, "JOUR")
    yield from (("AU", name) for name in cells.all("author"))
    yield from ((tag, text) for tag, name in _FIELDS.items() if (text := cells.one(name)))
    if is_chapter:
        yield "T2", cells.one("book")
    if journal := cells.one("journal"):
        yield ("JF" if is_chapter else "T2"), journal
    yield from _pages(cells.one("pages"))
    yield from _numbers(cells)
    yield from (("KW", word) for word in cells.keywords())
    types = cells.all("type")
    yield from (("M3", said) for said in types if not said.startswith("10."))
    cells.give_back("type", *(said for said in types if said.startswith("10.")))
    yield from (("N1", note) for note in cells.notes())


def _pages(pages: str) -> Iterator[tuple[str, str]]:
    match = _PAGES.fullmatch(pages)
    if match:
        yield from (("SP", match[1]), ("EP", match[2]))
    elif pages:
        yield "SP", pages


def _numbers(cells: Cells) -> Iterator[tuple[str, str]]:
    """The identifier; a PMID is PubMed's own, in whose name it is given."""
    identifier, pmid = cells.one("identifier"), cells.one("pmid")
    if identifier:
        yield "AN", identifier
    if pmid and pmid == identifier:
        yield "DB", PUBMED
    elif pmid:
        cells.give_back("pmid", pmid)
