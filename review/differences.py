"""How two texts of one record differ, field by field, for people."""

from __future__ import annotations

from dataclasses import dataclass

from review.citation import Citation
from review.markup import plain

FIELDS = {
    "title": "title",
    "abstract": "abstract",
    "authors": "authors",
    "journal": "journal",
    "book": "book",
    "year": "year",
    "published": "date of publication",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "url": "address",
    "language": "language",
    "vernacular_title": "original title",
    "mesh": "MeSH",
    "keywords": "keywords",
    "publication_types": "publication types",
    "registrations": "registration numbers",
    "notices": "corrections and links",
    "extra": "further details",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed, with both readings as plain text."""

    name: str
    before: str
    after: str


def differences(before: Citation, after: Citation) -> list[Difference]:
    """The fields in which two texts differ; the date of PubMed's own housekeeping is none."""
    return [
        Difference(words, readable(before, name), readable(after, name))
        for name, words in FIELDS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def readable(citation: Citation, name: str) -> str:
    """One field as plain text, its parts on lines of their own."""
    if name == "abstract":
        parts = (
            f"{part.label}: {plain(part.text)}".removeprefix(": ") for part in citation.abstract
        )
        return "\n".join(parts)
    if name == "authors":
        return ", ".join(author.short for author in citation.authors)
    if name == "notices":
        return "\n".join(f"{each.kind} {each.citation} {each.pmid}" for each in citation.notices)
    if name == "extra":
        return "\n".join(f"{each.name}: {each.value}" for each in citation.extra)
    value = getattr(citation, name)
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else plain(str(value))
