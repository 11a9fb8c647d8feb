"""Identifiers that people paste or upload: PMIDs and DOIs, one or many a line.

Pure: text in, identifiers out, and what could not be read as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FLAGS = re.IGNORECASE | re.ASCII
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", _FLAGS)
_PMID = re.compile(r"(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?)?(\d{1,8})/?", _FLAGS)
_LABEL = re.compile(r"\b(pmid|doi):\s+", _FLAGS)
_BETWEEN = re.compile(r"[,;]+(?=[\"']?(?:https?:|doi:|pmid:|10\.\d{4,9}/))", _FLAGS)


@dataclass(frozen=True, slots=True)
class Named:
    """Identifiers, each once and in order; ``others`` is text that is neither."""

    pmids: tuple[str, ...]
    dois: tuple[str, ...]
    others: tuple[str, ...]


def read_identifiers(text: str) -> Named:
    """Read PMIDs (up to eight digits) and DOIs (lower case), with or without prefix or address.

    They are parted by blanks, commas, semicolons or lines; a DOI keeps what stands inside it.
    """
    found: dict[str, dict[str, None]] = {"pmid": {}, "doi": {}, "other": {}}
    for line in _LABEL.sub(r"\1:", text).split():
        for word in _BETWEEN.split(line):
            for kind, value in _read(word):
                found[kind][value] = None
    return Named(*(tuple(found[kind]) for kind in ("pmid", "doi", "other")))


def _read(word: str) -> list[tuple[str, str]]:
    word = word.strip(",;\"'")
    if doi := _DOI.fullmatch(word):
        return [("doi", doi[1].lower().rstrip(".,;"))]
    pieces = re.split(r"[,;]", word)
    if len(pieces) > 1:
        return [each for piece in pieces for each in _read(piece)]
    pmid = _PMID.fullmatch(word)
    if pmid and (number := pmid[1].lstrip("0")):
        return [("pmid", number)]
    return [("other", word)] if word else []
