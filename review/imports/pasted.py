"""A pasted list of PMIDs or DOIs: what can be read becomes an entry without text, the rest is
listed with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.citation import Citation
from review.imports import identifiers
from review.imports.entry import Entry
from review.imports.source import Source

_WORDS = re.compile(r"[^\s,;|]+")
_LABELS = frozenset(["pmid", "pmids", "pmid:", "pmids:", "doi", "dois", "doi:", "pubmed", "id"])
_PMID = re.compile(r"(?:pmid:?|pubmed:)?([1-9]\d{0,8})\.?", re.IGNORECASE)


def read(source: Source) -> Iterator[Entry]:
    """Yield an entry for every PMID and DOI, each once."""
    seen: dict[str, int] = {}
    for number, line in source.lines():
        for word in _WORDS.findall(line):
            if word.lower() in _LABELS:
                continue
            citation = citation_of(word)
            if citation is None:
                source.marks += 1
                what = f"\u201c{word[:80]}\u201d is neither a PMID nor a DOI."
                source.problems.add(what, "It was left out.", number, "neither a PMID nor a DOI")
            elif first := seen.get(citation.identifier):
                what = f"{citation.identifier} stands in line {first:,} already."
                source.problems.add(what, "It was taken once.", number, "twice in the list")
            else:
                source.marks += 1
                seen[citation.identifier] = number
                yield Entry(citation, number)


def citation_of(word: str) -> Citation | None:
    """Read one word: a PMID, a DOI, or the address of either."""
    if doi := identifiers.doi(word):
        return Citation(doi, doi=doi)
    match = _PMID.fullmatch(word)
    pmid = match[1] if match else identifiers.pmid_named_in([word])
    return Citation(pmid, pmid=pmid) if pmid else None
