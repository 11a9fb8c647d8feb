"""One record as matching sees it: everything that comparisons need, read once."""

from __future__ import annotations

from dataclasses import dataclass

from review.citation import Citation
from review.dedupe.identifiers import doi, pmid
from review.dedupe.journals import journal, kind
from review.dedupe.names import Name, names
from review.dedupe.notices import notice_type
from review.dedupe.places import Place, place
from review.dedupe.score import abstract
from review.dedupe.titles import Title, title


@dataclass(frozen=True, slots=True)
class Side:
    """A record in normal form. ``kind`` is "registry record", "preprint" or empty.

    ``titles`` has the translated and the original title; it is never empty.
    """

    pmid: str
    doi: str
    titles: tuple[Title, ...]
    names: tuple[Name, ...]
    year: int | None
    journal: str
    kind: str
    place: Place
    abstract: str
    notice: str


def side(citation: Citation) -> Side:
    """Read a record once for all its comparisons."""
    given = [text for text in (citation.title, citation.vernacular_title) if text]
    identifier = doi(citation)
    return Side(
        pmid(citation),
        identifier,
        tuple(title(text) for text in given or [""]),
        names(citation.authors),
        citation.year,
        journal(citation.journal),
        kind(citation.journal, identifier),
        place(citation.volume, citation.issue, citation.pages),
        abstract(citation.abstract),
        notice_type(citation.publication_types),
    )
