"""The way out: which formats there are, and the text of a file in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from review.citation import Citation
from review.exports import bibtex, csljson, nbib, ris, table


@dataclass(frozen=True, slots=True)
class Format:
    """A format by the ending of its files: what people call it, and its writer (UTF-8)."""

    words: str
    media_type: str
    write: Callable[[Iterable[Citation]], Iterator[str]]


FORMATS = {
    "ris": Format("RIS", "application/x-research-info-systems", ris.write),
    "bib": Format("BibTeX", "application/x-bibtex", bibtex.write),
    "json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csljson.write),
    "nbib": Format("nbib", "application/nbib", nbib.write),
    "csv": Format("CSV", "text/csv", table.write),
}
