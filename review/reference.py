"""One citation as the sentence that stands in a reference list.

Order and punctuation follow the sample references of the ICMJE recommendations (the style known as
Vancouver): authors, title, journal, year, volume, issue, pages; the first six authors.
"""

from __future__ import annotations

from review.citation import Citation
from review.markup import plain

NAMED = 6  # authors before "et al."


def reference(citation: Citation) -> str:
    """Write a citation as text without markup; what it lacks is left out, never guessed."""
    parts = [_authors(citation), plain(citation.title), _place(citation), _numbers(citation)]
    return " ".join(_closed(part) for part in parts if part)


def _authors(citation: Citation) -> str:
    names = [author.short for author in citation.authors]
    shown = ", ".join(names[:NAMED])
    return f"{shown}, et al" if len(names) > NAMED else shown


def _place(citation: Citation) -> str:
    where = plain(citation.book) or citation.journal
    when = str(citation.year or "")
    issue = f"({citation.issue})" if citation.issue else ""
    number = f"{citation.volume}{issue}"
    pages = f":{citation.pages}" if citation.pages else ""
    dated = f"{when};{number}{pages}" if number else when + pages
    return f"{where}. {dated}" if where and dated else where or dated


def _numbers(citation: Citation) -> str:
    doi = f"doi:{citation.doi}" if citation.doi else ""
    pmid = f"PMID: {citation.pmid}" if citation.pmid else ""
    return ". ".join(number for number in (doi, pmid) if number)


def _closed(part: str) -> str:
    return part if part.endswith((".", "?", "!")) else f"{part}."
