"""BibTeX: values in braces, in LaTeX; each entry has a key of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count

from review.citation import Citation
from review.exports.cells import Cells
from review.imports.latex import encoded
from review.imports.lists import joined, parted

KEY = "cite key"

_FIELDS = {
    "title": "title",
    "origtitle": "original title",
    "journal": "journal",
    "booktitle": "book",
    "year": "year",
    "published": "published",
    "volume": "volume",
    "number": "issue",
    "pages": "pages",
    "pmid": "pmid",
    "pmcid": "pmcid",
    "language": "language",
    "identifier": "identifier",
}
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/+-]{0,60}")
_AND = re.compile(r"\sand\s")


def write(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield the text of a BibTeX file, one entry at a time."""
    used: set[str] = set()
    for citation in citations:
        cells = Cells(citation)
        kind = "incollection" if cells.has("book") else "article"
        key = _key(citation, cells, used)
        fields = "".join(f",\n  {name} = {{{value}}}" for name, value in _fields(cells))
        yield f"@{kind}{{{key}{fields}\n}}\n\n"


def _fields(cells: Cells) -> Iterator[tuple[str, str]]:
    if authors := cells.all("author"):
        yield "author", " and ".join(_author(name) for name in authors)
    for field, name in _FIELDS.items():
        if text := cells.one(name):
            yield field, encoded(text)
    for name in ("doi", "url"):  # not LaTeX to any program
        text = cells.one(name)
        if text and not set(text) & set("{}\\"):
            yield name, text
        elif text:
            cells.give_back(name, text)
    if words := cells.keywords():
        yield "keywords", encoded(joined(words, partial(parted, commas=True)))
    if types := cells.all("type"):
        yield "type", encoded(joined(types))
    if abstract := cells.one("abstract"):
        yield "abstract", encoded(abstract.replace("\n", "\n\n"))
    yield from (("note", encoded(note)) for note in cells.notes())


def _author(name: str) -> str:
    """A name; a group's in braces, so that nobody takes its last word for a surname."""
    group = name.removesuffix(",")
    if name.endswith(",") and "," not in group and " " in group:
        return f"{{{encoded(group)}}}"
    return f"{{{encoded(name)}}}" if _AND.search(name) else encoded(name)


def _key(citation: Citation, cells: Cells, used: set[str]) -> str:
    """The key that the citation had, else first author and year, each once."""
    had = cells.all(KEY)
    if len(had) == 1 and _KEY.fullmatch(had[0]) and had[0] not in used:
        used.add(had[0])
        return had[0]
    cells.give_back(KEY, *had)
    name = citation.authors[0].last if citation.authors else "anonymous"
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = f"{re.sub(r'[^A-Za-z]', '', letters).lower() or 'anonymous'}{citation.year or ''}"
    key = next(key for n in count(1) if (key := stem if n == 1 else f"{stem}-{n}") not in used)
    used.add(key)
    return key
