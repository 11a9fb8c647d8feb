"""BibTeX, as Scopus, Web of Science, EBSCO, Zotero, JabRef and others write it.

An entry begins at "@type{" and ends where its braces do; one whose braces never end, ends where a
line begins the next. Names of fields may have spaces, and a field may come twice, as in files of
Scopus. Source: Patashnik, "BibTeXing"; values are LaTeX (``latex``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from review.imports import votes
from review.imports.cells import Cell, citation
from review.imports.entry import Entry, Refused
from review.imports.latex import decoded
from review.imports.lists import parted
from review.imports.ris import KINDS
from review.imports.source import Source
from review.imports.tags import Table, to_cells
from review.pubmed.dates import MONTHS

MARK = re.compile(r"[ \t]*+@(?!(?:comment|string|preamble)\b)[A-Za-z]{1,40}\s*[{(]", re.IGNORECASE)
_START = re.compile(r"[ \t]*+@([A-Za-z]{1,40})\s*([{(])(.*)", re.DOTALL)
_NEXT = re.compile(r"@[A-Za-z]{1,40}\s*\{\s*[^\s,{}=]{1,200}\s*,\s*")
_FIELD = re.compile(r"[\s,]*+([^=,{}\"#]{1,100}+)=\s*+")
_BRACE = re.compile(r"[{}]")
_BARE = re.compile(r"[^\s,{}\"#]+")
_IN_QUOTES = re.compile(r'[{}"]')
_AND = re.compile(r"[{}]|(?<!\s)\s++and\s+")
_JOIN = re.compile(r"\s*+#\s*+")

TABLE: Table = {
    "title": ("title",),
    "original title": ("origtitle",),
    "author": ("author",),
    "abstract": ("abstract",),
    "journal": ("journal", "journaltitle", "journal-full"),
    "book": ("booktitle",),
    "year": ("year", "date"),
    "published": ("published", "date"),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "pages": ("pages",),
    "doi": ("doi",),
    "pmid": ("pmid", "pubmed_id", "pubmed-id"),
    "pmcid": ("pmcid", "pmc"),
    "url": ("url",),
    "language": ("language",),
    "keyword": ("keyword",),
    "type": ("type", "document_type"),
    "identifier": ("identifier", "unique-id"),
    "issn": ("issn",),
    "isbn": ("isbn",),
    "publisher": ("publisher",),
    "place": ("address",),
    "affiliation": ("affiliation",),
    "editor": ("editor",),
    "edition": ("edition",),
    "database": ("source", "database"),
    "note": ("note", "annote"),
}
MOST_EXPANDED = 5_000_000  # characters that all macros of a file stand for together
TOO_LONG = (
    "This file\u2019s abbreviations (@string) stand for more text than any list of references has. "
    "Nothing more was read."
)
_KEYWORDS = ("keywords", "author_keywords", "index_keywords", "keywords-plus")
_MONTHS = {month.lower(): month for month in MONTHS}
_VERBATIM = frozenset(["doi", "url", "eprint", "file"])
_IN_PROCEEDINGS: Table = {"book": (), "journal": ("journal", "booktitle")}
_PROCEEDINGS = ("inproceedings", "conference", "proceedings")
_TYPES = {"book": "BOOK", "phdthesis": "THES", "mastersthesis": "THES", "techreport": "RPRT"}
_TYPES |= {"inproceedings": "CPAPER", "conference": "CPAPER", "unpublished": "UNPB"}


@dataclass(slots=True)
class _Macros:
    """Abbreviations; one made of others doubles at each step, so what they give is counted."""

    known: dict[str, str]
    given: int = 0

    def of(self, name: str) -> str:
        """What a name stands for, itself when it is none. Raises Refused when it grows too long."""
        text = self.known.get(name.lower(), name)
        self.given += len(text)
        if self.given > MOST_EXPANDED and len(text) > len(name):
            raise Refused(TOO_LONG)
        return text


@dataclass(slots=True)
class _Raw:
    """The text of an entry from "@" on, and the depth of braces at its end."""

    line: int
    kind: str
    parts: list[str] = field(default_factory=list)
    depth: int = 0

    def add(self, line: str) -> None:
        self.parts.append(line)
        self.depth += line.count("{") - line.count("}")


def read(source: Source) -> Iterator[Entry]:
    """Yield the entries of a BibTeX file."""
    source.mark = MARK
    macros = _Macros(dict(_MONTHS))
    for raw in _raw(source):
        body = "\n".join(raw.parts)
        if raw.kind == "string":
            macros.known |= {name: value for name, value, _ in _fields(body, macros)}
            continue
        key, _, rest = body.partition(",")
        fields = list(_fields(rest, macros))
        if raw.depth > 0 or not all(closed for *_, closed in fields):
            what = f"The braces of the entry {key.strip()[:60]} do not match."
            source.problems.add(what, "What could be read was kept.", raw.line, "unmatched braces")
        if fields:
            yield _entry(raw, key.strip(), [(name, value) for name, value, _ in fields])
        else:
            source.problems.add("This entry is empty.", "It was left out.", raw.line)


def _raw(source: Source) -> Iterator[_Raw]:
    """Cut the lines into entries; comments and preambles are no entries."""
    raw: _Raw | None = None
    for number, line in source.lines():
        if raw is not None and _NEXT.fullmatch(line):
            yield raw
            raw = None
        if raw is None:
            start = _START.match(line)
            if start is None or start[1].lower() in ("comment", "preamble"):
                continue
            if start[2] == "(":
                what = "This entry is in round brackets, which is not read."
                source.problems.add(what, "It was left out.", number)
                continue
            raw = _Raw(number, start[1].lower(), depth=1)
            raw.add(start[3])
        else:
            raw.add(line)
        if raw.depth <= 0:
            yield raw
            raw = None
    if raw is not None:
        yield raw


def _fields(body: str, macros: _Macros) -> Iterator[tuple[str, str, bool]]:
    """Yield name, value and whether the value ended properly."""
    at = 0
    while match := _FIELD.match(body, at):
        value, at, closed = _value(body, match.end(), macros)
        yield " ".join(match[1].lower().split()), value, closed


def _value(body: str, at: int, macros: _Macros) -> tuple[str, int, bool]:
    """Read a value from ``at`` on: braces, quotes, a number or a macro, joined by "#"."""
    parts: list[str] = []
    closed = True
    while True:
        if body.startswith("{", at):
            part, at, closed = _braced(body, at + 1)
        elif body.startswith('"', at):
            part, at, closed = _quoted(body, at + 1)
        elif bare := _BARE.match(body, at):
            part, at = macros.of(bare[0]), bare.end()
        else:
            part = ""
        parts.append(part)
        joined = _JOIN.match(body, at)
        if joined is None:
            return "".join(parts), at, closed
        at = joined.end()


def _braced(body: str, at: int) -> tuple[str, int, bool]:
    depth = 1
    for brace in _BRACE.finditer(body, at):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return body[at : brace.start()], brace.end(), True
    return body[at:], len(body), False


def _quoted(body: str, at: int) -> tuple[str, int, bool]:
    """Read up to the next quote that is not inside braces."""
    depth = 0
    for sign in _IN_QUOTES.finditer(body, at):
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if sign[0] == '"' and depth <= 0:
            return body[at : sign.start()], sign.end(), True
    return body[at:], len(body), False


def _entry(raw: _Raw, key: str, fields: list[tuple[str, str]]) -> Entry:
    table = {**TABLE, **_IN_PROCEEDINGS} if raw.kind in _PROCEEDINGS else TABLE
    pairs = [cell for name, value in fields for cell in _cells(name, value)]
    cells = to_cells(pairs, table)
    month = dict(fields).get("month", "")
    if month and not any(name == "published" for name, _ in cells):
        cells.append(("published", decoded(month)))
    if raw.kind in _TYPES and ("type", KINDS[_TYPES[raw.kind]]) not in cells:
        cells.append(("type", KINDS[_TYPES[raw.kind]]))
    if key:
        cells.append(("cite key", key))
    cast, labels = votes.in_notes(value for name, value in pairs if name in ("note", "annote"))
    return Entry(citation(cells), raw.line, cast, labels)


def _cells(name: str, value: str) -> Iterator[Cell]:
    """Decode a field and part lists of names and of keywords."""
    if name in ("author", "editor"):
        yield from ((name, author) for author in _authors(value))
    elif name in _KEYWORDS:
        yield from (("keyword", word) for word in parted(decoded(value), commas=True))
    elif name == "type":
        yield from ((name, kind) for kind in parted(decoded(value)))
    elif name in _VERBATIM:
        yield name, re.sub(r"\\([_%&#$~])", r"\1", value)
    elif name == "abstract":
        paragraphs = re.split(r"\n[ \t]*\n", decoded(value))
        yield name, "\n".join(" ".join(part.split("\n")) for part in paragraphs)
    elif name != "month":
        yield name, decoded(value)


def _authors(value: str) -> Iterator[str]:
    """Part names at "and" outside braces; a name that is all in braces is a group's."""
    depth, start = 0, 0
    for sign in _AND.finditer(value):
        if sign[0] in "{}":
            depth += 1 if sign[0] == "{" else -1
        elif depth <= 0:
            yield _author(value[start : sign.start()])
            start = sign.end()
    yield _author(value[start:])


def _author(text: str) -> str:
    text = text.strip()
    group = text.startswith("{") and _braced(text, 1)[1] == len(text) and " " in text
    return f"{decoded(text)}," if group and "," not in text else decoded(text)
