"""A PubmedBookArticle as a citation: a whole book, or a chapter of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from review.citation import Author, Citation
from review.pubmed.articles import abstract, keywords, pages
from review.pubmed.dates import day, first_year, printed
from review.pubmed.identifiers import article_id, doi_of
from review.pubmed.inline import bare
from review.pubmed.nodes import at, attribute, many, markup, text
from review.pubmed.people import authors

_SHELF = "https://www.ncbi.nlm.nih.gov/books/"


def citation(node: Any) -> Citation:
    """Read one PubmedBookArticle; ``book`` is set for a chapter only.

    A chapter never takes its book's DOI, which all chapters would share. Raises ValueError
    without a PMID.
    """
    document = at(node, "BookDocument")
    book = at(document, "Book")
    pmid = text(document, "PMID")
    if not pmid.isdecimal() or book is None:
        raise ValueError("it has no PMID or no book")
    title, book_title = markup(document, "ArticleTitle"), markup(book, "BookTitle")
    chapter = bool(title) and title != book_title
    ids = [*many(document, "ArticleIdList"), *many(node, "PubmedBookData", "ArticleIdList")]
    written = _date(document, book)
    return Citation(
        identifier=pmid,
        pmid=pmid,
        title=title or book_title,
        vernacular_title=markup(document, "VernacularTitle"),
        book=book_title if chapter else "",
        abstract=abstract(document),
        authors=_signed(many(document, "AuthorList")) or _signed(many(book, "AuthorList")),
        year=first_year(written),
        published=written,
        volume=text(book, "Volume"),
        pages=pages(document),
        doi=doi_of([] if chapter else many(book, "ELocationID"), ids),
        url=_address(article_id(ids, "bookaccession")),
        language=", ".join(bare(code).lower() for code in many(document, "Language")),
        keywords=keywords(many(document, "KeywordList")),
        publication_types=tuple(bare(kind) for kind in many(document, "PublicationType")),
        revised=day(document, "DateRevised"),
    )


def _signed(lists: Iterable[Any]) -> tuple[Author, ...]:
    """Authors of all lists, or the editors where nobody is named as author."""
    ranked = sorted(lists, key=lambda people: attribute(people, "Type") == "editors")
    return next((found for found in map(authors, ranked) if found), ())


def _date(document: Any, book: Any) -> str:
    """The document's own date before its book's, which may be decades older."""
    dates = (
        at(document, "ContributionDate"),
        at(book, "PubDate"),
        at(book, "BeginningDate"),
    )
    return next(filter(None, map(printed, dates)), "")


def _address(accession: str) -> str:
    return f"{_SHELF}{accession}/" if accession else ""
