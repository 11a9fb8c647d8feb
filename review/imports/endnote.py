"""EndNote XML, as EndNote, Zotero, Bookends and others write it.

A value may be parted into runs with a style each; italic, bold, sub- and superscript stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lxml import etree

from review.imports import votes
from review.imports.cells import Cell, citation
from review.imports.elements import element, pieces, texts
from review.imports.entry import Entry
from review.imports.ris import KINDS
from review.imports.source import Source
from review.imports.tags import Table, to_cells

TABLE: Table = {
    "title": ("titles/title",),
    "original title": ("titles/translated-title",),
    "author": ("contributors/authors/author",),
    "abstract": ("abstract",),
    "journal": ("titles/secondary-title", "periodical/full-title", "alt-periodical/full-title"),
    "year": ("dates/year",),
    "published": ("dates/pub-dates/date",),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "pages": ("pages",),
    "doi": ("electronic-resource-num",),
    "url": ("urls/related-urls/url", "urls/web-urls/url"),
    "language": ("language",),
    "keyword": ("keywords/keyword",),
    "type": ("work-type",),
    "identifier": ("accession-num",),
    "database": ("remote-database-name", "remote-database-provider"),
    "issn": ("isbn", "issn"),
    "publisher": ("publisher",),
    "place": ("pub-location",),
    "affiliation": ("auth-address",),
    "editor": ("contributors/secondary-authors/author",),
    "edition": ("edition",),
    "note": ("notes", "research-notes"),
}
IN_BOOKS: Table = {"book": ("titles/secondary-title",), "journal": ("periodical/full-title",)}
_FOUND_BY = tuple(path for paths in TABLE.values() for path in paths)
_KINDS = {
    "Book": KINDS["BOOK"],
    "Conference Paper": KINDS["CPAPER"],
    "Conference Proceedings": KINDS["CONF"],
    "Thesis": KINDS["THES"],
    "Report": KINDS["RPRT"],
    "Web Page": KINDS["ELEC"],
}
_PASSED_OVER = frozenset(["database", "source-app", "rec-number", "foreign-keys", "ref-type"])
_MARKED = ("titles/title", "titles/translated-title", "abstract")
_FACES = {"italic": "i", "bold": "b", "subscript": "sub", "superscript": "sup", "underline": "u"}


def read(source: Source) -> Iterator[Entry]:
    """Yield the entries of an EndNote XML file. Raises Refused for hostile XML."""
    for line, piece in pieces(source, "record"):
        try:
            record = element(piece)
        except ValueError as error:
            what = f"This entry's XML is damaged: {error}."
            source.problems.add(what, "It was left out.", line, "damaged XML")
            continue
        pairs = [*_pairs(record)]
        if not pairs:
            source.problems.add("This entry is empty.", "It was left out.", line)
            continue
        yield _entry(line, record, pairs)


def _entry(line: int, record: etree._Element, pairs: list[Cell]) -> Entry:
    kind = record.find("ref-type")
    name = "" if kind is None else kind.get("name", "")
    cells = to_cells(pairs, {**TABLE, **IN_BOOKS} if name == "Book Section" else TABLE)
    if name in _KINDS:
        cells.append(("type", _KINDS[name]))
    cast, labels = votes.in_notes(value for tag, value in pairs if "notes" in tag)
    return Entry(citation(cells), line, cast, labels)


def _pairs(record: etree._Element) -> Iterator[Cell]:
    """Give values under the paths of their elements."""
    for path in _FOUND_BY:
        for found in record.iterfind(path):
            value = "".join(_runs(found) if path in _MARKED else found.itertext())
            yield path, value.replace("\r", "\n") if path.endswith("notes") else value
    known = {path.split("/")[0] for path in _FOUND_BY}
    for child in record.iterchildren(etree.Element):
        name = str(child.tag)
        if name == "custom2" and "PMC" in (text := "".join(texts(record, name))):
            yield "pmcid", text
        elif name == "urls" or name not in known | _PASSED_OVER:
            leaves = ((leaf, text) for leaf, text in _leaves(child) if leaf not in _FOUND_BY)
            yield from (("link" if "url" in leaf else leaf, text) for leaf, text in leaves)


def _leaves(node: etree._Element, path: str = "") -> Iterator[Cell]:
    """Give the text of an element that the table does not have, or of those inside it."""
    path = f"{path}/{node.tag}".lstrip("/")
    inner = [child for child in node.iterchildren(etree.Element) if child.tag != "style"]
    if not inner:
        yield path, "".join(node.itertext())
    for child in inner:
        yield from _leaves(child, path)


def _runs(node: etree._Element) -> Iterator[str]:
    """Give a value's text with the styles that mean something as tags."""
    yield _text(node.text)
    for child in node.iterchildren(etree.Element):
        faces = [_FACES[face] for face in child.get("face", "").split() if face in _FACES]
        yield "".join(f"<{face}>" for face in faces)
        yield from _runs(child)
        yield "".join(f"</{face}>" for face in reversed(faces))
        yield _text(child.tail)


def _text(text: str | None) -> str:
    return escape(text or "", quote=False)
