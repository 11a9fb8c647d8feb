"""A citation: what one source says about one document, as plain frozen values.

Every reader (PubMed XML, files, the form for a report added by hand) produces these and every
engine (matching, export) takes them. Titles and abstracts are *inline markup*: text in which
``& < >`` are entities and the only tags are i, b, sup, sub and u; ``review.markup`` shows and
strips it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an abstract; ``label`` is empty in an unstructured one."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Author:
    """A person (``last``, ``fore``, ``initials``) or, with ``group``, a body named in ``last``."""

    last: str
    fore: str = ""
    initials: str = ""
    group: bool = False

    @property
    def short(self) -> str:
        """Name as citations print it: "Younger J", or the group's whole name."""
        return f"{self.last} {self.initials}".strip()


@dataclass(frozen=True, slots=True)
class Notice:
    """A link from one record to another: ``kind`` is PubMed's RefType ("RetractionIn")."""

    kind: str
    pmid: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """What a source says that has no field here; ``name`` is a word or the source's own tag."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Citation:
    """One record's text. ``identifier`` is its key in its source (the PMID for PubMed)."""

    identifier: str
    title: str = ""
    abstract: tuple[Section, ...] = ()
    authors: tuple[Author, ...] = ()
    journal: str = ""
    year: int | None = None
    published: str = ""  # the date as printed: "2024 Jan 12", "1998 Nov-Dec"
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""  # lower case, without a resolver's address
    pmid: str = ""
    pmcid: str = ""
    url: str = ""
    language: str = ""
    vernacular_title: str = ""
    book: str = ""  # title of the book that a chapter belongs to
    mesh: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()  # trial registration numbers: "NCT00568555"
    notices: tuple[Notice, ...] = ()
    revised: date | None = None
    extra: tuple[Extra, ...] = ()

    is_anonymous: ClassVar[bool] = False

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values; ``from_json`` is the inverse.

        ``extra`` is left out when empty, as in texts stored before there was such a field: the
        digest of an unchanged text must not change.
        """
        values = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }
        values["revised"] = self.revised.isoformat() if self.revised else None
        if not self.extra:
            del values["extra"]
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Citation:
        """Rebuild a citation; keys that this version does not know are ignored."""
        known = _known(cls, values)
        known["abstract"] = tuple(Section(**_known(Section, v)) for v in known.get("abstract", ()))
        known["authors"] = tuple(Author(**_known(Author, v)) for v in known.get("authors", ()))
        known["notices"] = tuple(Notice(**_known(Notice, v)) for v in known.get("notices", ()))
        known["extra"] = tuple(Extra(**_known(Extra, v)) for v in known.get("extra", ()))
        for name in ("mesh", "keywords", "publication_types", "registrations"):
            known[name] = tuple(known.get(name, ()))
        revised = known.get("revised")
        known["revised"] = date.fromisoformat(revised) if revised else None
        return cls(**known)

    def anonymous(self) -> AnonymousCitation:
        """The same text without who wrote it, where it appeared, and what leads there."""
        kept = {name: getattr(self, name) for name in NEUTRAL}
        notices = tuple(Notice(notice.kind) for notice in self.notices)
        return AnonymousCitation(identifier="", notices=notices, **kept)

    @property
    def short_authors(self) -> str:
        """Authors for one line: "Younger J", "Younger J, Mackey S", "Younger J et al."."""
        names = [author.short for author in self.authors]
        return f"{names[0]} et al." if len(names) > 2 else ", ".join(names)


@dataclass(frozen=True, slots=True)
class AnonymousCitation(Citation):
    """What is left for somebody who must not know the authors and the journal."""

    is_anonymous: ClassVar[bool] = True


NEUTRAL = (
    *("title", "abstract", "year", "published", "language", "vernacular_title"),
    *("mesh", "keywords", "publication_types", "registrations", "revised"),
)


def _known(
    kind: type[Citation | Section | Author | Notice | Extra], values: dict[str, Any]
) -> dict[str, Any]:
    return {field.name: values[field.name] for field in fields(kind) if field.name in values}
