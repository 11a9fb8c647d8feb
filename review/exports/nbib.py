"""PubMed's own text format: four letters, a hyphen, a space; an entry begins at PMID or OWN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from review.citation import Citation
from review.exports.cells import Cells
from review.imports import abstracts
from review.pubmed.dates import first_year

_FIELDS = {
    "TI": "title",
    "BTI": "book",
    "TT": "original title",
    "TA": "journal",
    "VI": "volume",
    "IP": "issue",
    "PG": "pages",
    "PMC": "pmcid",
    "LA": "language",
}


def write(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield the text of an nbib file, one entry at a time."""
    for citation in citations:
        lines = (f"{tag:<4}- {text}\r\n" for tag, text in _lines(citation))
        yield "".join(lines) + "\r\n"


def _lines(citation: Citation) -> Iterator[tuple[str, str]]:
    cells = Cells(citation)
    yield from _numbers(cells)
    yield from ((tag, text) for tag, name in _FIELDS.items() if (text := cells.one(name)))
    yield from _date(cells)
    if doi := cells.one("doi"):
        yield "LID", f"{doi} [doi]"
    if abstract := cells.one("abstract"):
        yield "AB", _on_one_line(abstract)
    for name in cells.all("author"):
        yield ("CN", name.removesuffix(",")) if name.endswith(",") else ("FAU", name)
    yield from (("MH", term) for term in cells.all("mesh"))
    yield from (("OT", word) for word in cells.all("keyword"))
    yield from (("PT", said) for said in cells.all("type"))
    if revised := cells.one("revised"):
        yield "LR", revised.replace("-", "")
    numbers = cells.all("registration")
    yield from (("SI", number) for number in numbers if "/" not in number)
    cells.give_back("registration", *(number for number in numbers if "/" in number))
    yield from (("GN", note) for note in cells.notes())


def _numbers(cells: Cells) -> Iterator[tuple[str, str]]:
    identifier, pmid = cells.one("identifier"), cells.one("pmid")
    yield ("PMID", pmid) if pmid else ("OWN", "Winnow")
    if identifier and identifier != pmid:
        cells.give_back("identifier", identifier)


def _date(cells: Cells) -> Iterator[tuple[str, str]]:
    """The date, which tells the year too; a year that it does not tell is carried."""
    year, published = cells.one("year"), cells.one("published")
    if published or year:
        yield "DP", published or year
    if published and year and str(first_year(published) or "") != year:
        cells.give_back("year", year)


def _on_one_line(abstract: str) -> str:
    """Headings part the sections of an abstract; where they do not, a break says so."""
    joined = " ".join(abstract.split("\n"))
    same = abstracts.sections(joined) == abstracts.sections(abstract)
    return joined if same else abstract.replace("\n", "<br>")
