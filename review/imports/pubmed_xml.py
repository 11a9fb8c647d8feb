"""PubMed XML from a file: the same parser that reads what PubMed sends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.imports.elements import element, pieces
from review.imports.entry import Entry, Refused
from review.imports.source import Source
from review.pubmed import parse
from review.pubmed.cut import pmid_of

_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,500}>")
_HEAD = 4096
_FEWEST = 5  # records that are parsed together at first
_MOST_DAMAGED = 20  # that look like records and are none


def read(source: Source) -> Iterator[Entry]:
    """Yield the records of a PubmedArticleSet.

    Raises Refused for hostile XML, and when so many records are damaged that nobody can tell what
    the file is. After a damaged record fewer are parsed together: a batch with one is parsed often.
    """
    doctype, bad = _doctype(source), 0
    batch: list[tuple[int, str]] = []
    size = _FEWEST
    for line, piece in pieces(source, "PubmedArticle|PubmedBookArticle"):
        if problem := _problem(piece):
            source.problems.add(problem, "It was left out.", line, "damaged XML")
            continue
        batch.append((line, piece))
        if len(batch) == size:
            found = _parsed(batch, doctype, source)
            bad += size - len(found)
            size = min(2 * size, parse.TOGETHER) if len(found) == size else _FEWEST
            batch = []
            yield from found
            if bad > _MOST_DAMAGED:
                raise Refused(
                    f"More than {_MOST_DAMAGED} records of this file are not what PubMed writes. "
                    "Export it again, for example as nbib."
                )
    yield from _parsed(batch, doctype, source)


def _doctype(source: Source) -> str:
    """Find the document type, which names the year of PubMed's definition."""
    head = next(source.pieces(), "")[:_HEAD]
    match = _DOCTYPE.search(head)
    return match[0] if match else ""


def _problem(piece: str) -> str:
    """Say what is wrong with a record's XML, "" for nothing; far quicker than to parse it."""
    try:
        record = element(piece)
    except ValueError as error:
        return f"This record could not be read: {error}."
    if record.find("MedlineCitation/PMID") is None and record.find("BookDocument/PMID") is None:
        return "This record could not be read: it has no PMID."
    return ""


def _parsed(batch: list[tuple[int, str]], doctype: str, source: Source) -> list[Entry]:
    if not batch:
        return []
    whole = "\n".join(piece for _, piece in batch)
    read = parse.read(f"{doctype}<PubmedArticleSet>{whole}</PubmedArticleSet>".encode())
    lines = {pmid_of(piece.encode()): line for line, piece in batch}
    for bad in read.unreadable:
        source.problems.add(bad.problem, "It was left out.", lines.get(bad.pmid), "damaged XML")
    return [
        Entry(good.citation, lines.get(good.citation.pmid, batch[0][0])) for good in read.parsed
    ]
