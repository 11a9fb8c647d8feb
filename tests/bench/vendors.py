"""How vendors list one document: what each leaves out, shortens, shouts or garbles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from unicodedata import combining, normalize

from review.citation import Author, Citation, Section
from tests.bench.vocabulary import JOURNALS

Vendor = Callable[[Citation, Random], Citation]
_SHORT = dict(JOURNALS)


def pubmed(one: Citation, random: Random) -> Citation:
    """Everything, with short pages; one in ten without DOI."""
    doi = one.doi if random.random() < 0.9 else ""
    return replace(one, title=f"{one.title}.", pages=_short_pages(one.pages), doi=doi)


def embase(one: Citation, random: Random) -> Citation:
    """No PMID, initials, American spelling here and there."""
    title = one.title.replace("randomised", "randomized") if random.random() < 0.5 else one.title
    return replace(one, title=title, authors=_initials(one, plain=True), pmid="")


def scopus(one: Citation, random: Random) -> Citation:
    """Journal abbreviated, no issue, a copyright line behind the abstract."""
    tail = " © 2020 The Authors. All rights reserved."
    return replace(
        one,
        journal=_SHORT.get(one.journal, one.journal),
        issue="" if "uppl" not in one.issue else one.issue,
        abstract=tuple(Section("", part.text + tail) for part in one.abstract),
        pmid="",
    )


def web_of_science(one: Citation, random: Random) -> Citation:
    """Capitals, no accents, now and then a typing error; DOI in two of three."""
    title = _plain(one.title).upper()
    if random.random() < 0.1:
        place = random.randrange(8, len(title) - 4)
        title = title[:place] + title[place + 1 :] if title[place].isalpha() else title
    doi = one.doi if random.random() < 0.66 else ""
    return replace(one, title=title, authors=_initials(one, plain=True), doi=doi, pmid="")


def psycinfo(one: Citation, random: Random) -> Citation:
    """No identifiers; an abstract that was edited, in one of ten cut."""
    text = "".join(part.text for part in one.abstract)
    kept = text[: int(len(text) * 0.6)] if random.random() < 0.1 else text
    abstract = (Section("", kept),) if kept else ()
    return replace(one, abstract=abstract, doi="", pmid="")


def cochrane(one: Citation, random: Random) -> Citation:
    """Lower-case journal, no issue, sometimes without pages or only the first author."""
    pages = one.pages if random.random() < 0.8 else ""
    authors = one.authors[:1] if random.random() < 0.1 else one.authors
    return replace(one, journal=one.journal.lower(), authors=authors, pages=pages, doi="", pmid="")


def ahead_of_print(one: Citation, random: Random) -> Citation:
    """Listed before it had a volume, in the year before."""
    if "uppl" in one.issue or not one.doi:
        return embase(one, random)
    year = (one.year or 2000) - random.choice((0, 1))
    return replace(one, volume="", issue="", pages="", pmid="", year=year)


VENDORS: tuple[Vendor, ...] = (
    pubmed, embase, scopus, web_of_science, psycinfo, cochrane, ahead_of_print,
)  # fmt: skip


def _short_pages(pages: str) -> str:
    first, dash, last = pages.partition("-")
    if len(first) == len(last) > 2 and first[:-2] == last[:-2]:
        last = last[-2:]
    return f"{first}{dash}{last}"


def _initials(one: Citation, plain: bool) -> tuple[Author, ...]:
    read = _plain if plain else str
    return tuple(Author(read(author.last), "", author.initials) for author in one.authors)


def _plain(text: str) -> str:
    return "".join(c for c in normalize("NFKD", text) if not combining(c)).replace("ø", "o")
