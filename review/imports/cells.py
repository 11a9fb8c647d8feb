"""The common ground of all formats: a citation as a list of named cells, and back.

A reader turns a file's tags or columns into cells and ``citation`` does the rest; a writer turns
``cells`` of a citation into its tags. What a format has no tag for travels as a note, "[name]
value", which any reader takes apart again. ``normal`` is what every format can hold: the
citation itself but for names, spaces and headings that are written in another way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from review.citation import Author, Citation, Extra, Notice
from review.imports import abstracts, dates, identifiers, names
from review.imports.texts import inline, outgoing, outgoing_line, plain_line
from review.pubmed.dates import first_year

Cell = tuple[str, str]

SINGLE: tuple[str, ...] = ("identifier", "title", "original title", "abstract", "journal", "book")
SINGLE += ("year", "published", "volume", "issue", "pages", "first page", "last page")
SINGLE += ("doi", "pmid", "pmcid", "url", "language", "revised")
_MARKED = ("title", "original title", "abstract", "book")  # inline markup; the others are plain
_UNREAD = ("doi", "pmid", "pmcid", "url", "year", "revised")  # kept as "other" when unreadable
SEVERAL = ("author", "mesh", "keyword", "type", "registration", "notice", "note")

PUBMED = "PubMed"
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_HINTS = ("url", "other url", "link", "note", "L1", "L2", "L3", "L4", "LK", "C3", "XR")
_OTHERS = re.compile(r"erratum|correct|retract|comment|reply|update of", re.IGNORECASE)
_CARRIED = re.compile(r"\[([^\[\]\n]{1,60})\] (.+)", re.DOTALL)
_MESH = " [MeSH]"
_NOTHING = frozenset(["", "na", "n/a", "no", "none", "not specified", "specified", "null", "-"])
_DASH = re.compile(r" ?[\u2010-\u2015\u2212-][\u2010-\u2015\u2212 -]*")
_SAME_PAGE = re.compile(r"(\w+)-\1")


def citation(cells: Iterable[Cell]) -> Citation:
    """Make a citation of cells; a DOI or PMID may also be named in its links and notes."""
    found = _sorted(cells)
    value = {name: _first(name, found) for name in SINGLE}
    hints = [text for name in _HINTS for text in found.get(name, ()) if not _OTHERS.search(text)]
    pmid = identifiers.pmid(value["pmid"]) or identifiers.pmid_named_in(hints)
    identifier = value["identifier"][: identifiers.LONGEST_IDENTIFIER]
    if _PUBMED.search(" ".join(found.get("database", ()))):
        pmid = pmid or identifiers.pmid(identifier)
    mesh, keywords = _index_terms(found)
    year = first_year(value["year"]) or first_year(value["published"])
    made = Citation(
        identifier=identifier or pmid,
        title=inline(value["title"]),
        vernacular_title=inline(value["original title"]),
        abstract=abstracts.sections(_something(value["abstract"].strip())),
        authors=_authors(found.get("author", ())),
        journal=value["journal"],
        book=inline(value["book"]),
        year=year,
        published=dates.printed(value["published"], str(year or "")) or str(year or ""),
        volume=_something(value["volume"]),
        issue=_something(value["issue"]),
        pages=_pages(value),
        doi=identifiers.doi(value["doi"]) or identifiers.doi_named_in(hints),
        pmid=pmid,
        pmcid=identifiers.pmcid(value["pmcid"]),
        url=identifiers.url(value["url"]),
        language=value["language"],
        mesh=mesh,
        keywords=keywords,
        publication_types=_each(found, "type"),
        registrations=_each(found, "registration"),
        notices=tuple(_notice(text) for text in found.get("notice", ())),
        revised=_day(value["revised"]),
    )
    return replace(made, extra=tuple(sorted(_extra(found, made), key=lambda each: each.name)))


def cells(citation: Citation) -> list[Cell]:
    """Give what a citation says as cells, those that are empty left out."""
    return [(name, text) for name, text in _cells(citation) if text]


def normal(citation_: Citation) -> Citation:
    """Give the citation as it is after a way through a file; again gives the same."""
    return citation(cells(citation_))


def _cells(citation: Citation) -> Iterator[Cell]:
    year = str(citation.year or "")
    yield "identifier", outgoing_line(citation.identifier)
    yield "title", outgoing(citation.title)
    yield "original title", outgoing(citation.vernacular_title)
    yield from (("author", names.written(author)) for author in citation.authors)
    yield "abstract", abstracts.written(citation.abstract)
    yield "journal", outgoing_line(citation.journal)
    yield "book", outgoing(citation.book)
    yield "year", year
    yield "published", "" if citation.published == year else outgoing_line(citation.published)
    for name in ("volume", "issue", "pages", "doi", "pmid", "pmcid", "url", "language"):
        yield name, outgoing_line(getattr(citation, name))
    yield from (("mesh", outgoing_line(term)) for term in citation.mesh)
    yield from (("keyword", outgoing_line(word)) for word in citation.keywords)
    yield from (("type", outgoing_line(kind)) for kind in citation.publication_types)
    yield from (("registration", outgoing_line(number)) for number in citation.registrations)
    yield from (("notice", _noticed(notice)) for notice in citation.notices)
    yield "revised", citation.revised.isoformat() if citation.revised else ""
    yield from ((_named(extra.name), outgoing_line(extra.value)) for extra in citation.extra)


def _sorted(cells: Iterable[Cell]) -> dict[str, list[str]]:
    """Sort cells by name; notes of several lines are several, and carried cells are unpacked."""
    found: dict[str, list[str]] = {}
    for name, text in cells:
        lines = text.split("\n") if name in SEVERAL and "\n" in text else (text,)
        for line in lines:
            match = _CARRIED.fullmatch(line.strip()) if name == "note" else None
            named, value = (_named(match[1]), match[2]) if match else (_named(name), line)
            if value.strip():
                found.setdefault(named, []).append(value)
    return found


def _extra(found: dict[str, list[str]], made: Citation) -> Iterator[Extra]:
    """What has no field of its own, and what a field that holds one value could not take."""
    for name, values in found.items():
        if name in SINGLE:
            taken = 0 if name in _UNREAD and not getattr(made, name) else 1
            others = [text for text in values[taken:] if taken == 0 or text != values[0]]
            yield from (Extra(f"other {name}", line) for line in _lines(others))
        elif name == "note" or name not in SEVERAL:
            lines = _lines(values)
            if name == "database" and made.pmid and made.pmid == made.identifier:
                lines = [line for line in lines if line != PUBMED]  # the PMID says it
            yield from (Extra(name, line) for line in lines)


def _authors(found: Iterable[str]) -> tuple[Author, ...]:
    return tuple(author for author in map(names.person, found) if author.last.strip())


@lru_cache(maxsize=1024)
def _named(name: str) -> str:
    return plain_line(re.sub(r"[\[\]]", "", name))[:60].strip() or "note"


def _each(found: dict[str, list[str]], name: str) -> tuple[str, ...]:
    return tuple(_lines(found.get(name, ())))


def _lines(texts: Iterable[str]) -> list[str]:
    """Texts on one line each, every one once, in order."""
    return list(dict.fromkeys(line for line in map(plain_line, texts) if line))


def _index_terms(found: dict[str, list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part MeSH headings, marked by name or by "[MeSH]", from other keywords."""
    words = _each(found, "keyword")
    marked = (word.removesuffix(_MESH) for word in words if word.endswith(_MESH))
    mesh = tuple(dict.fromkeys([*_each(found, "mesh"), *marked]))
    return mesh, tuple(word for word in words if not word.endswith(_MESH))


def _first(name: str, found: dict[str, list[str]]) -> str:
    text = found[name][0] if name in found else ""
    return text if name in _MARKED else plain_line(text)


def _something(text: str) -> str:
    return "" if text.lower() in _NOTHING else text


def _pages(value: dict[str, str]) -> str:
    first, last = _something(value["first page"]), _something(value["last page"])
    if last and first and not first.endswith(f"-{last}"):
        first = f"{first}-{last}"
    pages = _something(_DASH.sub("-", _something(value["pages"]) or first))
    same = _SAME_PAGE.fullmatch(pages)
    return same[1] if same else pages


def _notice(text: str) -> Notice:
    kind, pmid, words = (*(part.strip() for part in plain_line(text).split("|", 2)), "", "")[:3]
    return Notice(kind, pmid, words)


def _noticed(notice: Notice) -> str:
    parts = (notice.kind, notice.pmid, notice.citation)
    return " | ".join(plain_line(part.replace("|", "/")) for part in parts).strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
