"""PubMed XML from a file: the same parser that reads what PubMed sends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.imports.elements import pieces
from review.imports.entry import Entry
from review.imports.source import Source
from review.pubmed import parse
from review.pubmed.cut import pmid_of

_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,500}>")
_HEAD = 4096


def read(source: Source) -> Iterator[Entry]:
    """Yield the records of a PubmedArticleSet. Raises Refused for hostile XML."""
    doctype = _doctype(source)
    batch: list[tuple[int, str]] = []
    for piece in pieces(source, "PubmedArticle|PubmedBookArticle"):
        batch.append(piece)
        if len(batch) == parse.TOGETHER:
            yield from _read(batch, doctype, source)
            batch = []
    yield from _read(batch, doctype, source)


def _doctype(source: Source) -> str:
    """Find the document type, which names the year of PubMed's definition."""
    head = next(source.pieces(), "")[:_HEAD]
    match = _DOCTYPE.search(head)
    return match[0] if match else ""


def _read(batch: list[tuple[int, str]], doctype: str, source: Source) -> Iterator[Entry]:
    if not batch:
        return
    whole = "\n".join(piece for _, piece in batch)
    read = parse.read(f"{doctype}<PubmedArticleSet>{whole}</PubmedArticleSet>".encode())
    lines = {pmid_of(piece.encode()): line for line, piece in batch}
    for bad in read.unreadable:
        source.problems.add(bad.problem, "It was left out.", lines.get(bad.pmid), "damaged XML")
    for good in read.parsed:
        yield Entry(good.citation, lines.get(good.citation.pmid, batch[0][0]))
