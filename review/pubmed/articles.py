"""A PubmedArticle as a citation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from review.citation import Citation, Notice, Section
from review.markup import plain
from review.pubmed.dates import day, first_year, printed
from review.pubmed.identifiers import article_id, doi_of, registrations
from review.pubmed.inline import bare, inline
from review.pubmed.nodes import at, attribute, many, markup, text
from review.pubmed.people import authors

_NO_TITLE = re.compile(r"\W*not available\W*", re.IGNORECASE)


def citation(node: Any) -> Citation:
    """Read one PubmedArticle. Raises ValueError without a PMID or an article."""
    medline = at(node, "MedlineCitation")
    article = at(medline, "Article")
    pmid = text(medline, "PMID")
    if not pmid.isdecimal() or article is None:
        raise ValueError("it has no PMID or no article")
    ids = many(node, "PubmedData", "ArticleIdList")
    vernacular = markup(article, "VernacularTitle")
    dates = [at(article, "Journal", "JournalIssue", "PubDate"), *many(article, "ArticleDate")]
    written = [printed(found) for found in dates]
    return Citation(
        identifier=pmid,
        pmid=pmid,
        title=_title(markup(article, "ArticleTitle"), vernacular),
        vernacular_title=vernacular,
        abstract=abstract(article, many(medline, "OtherAbstract")),
        authors=authors(many(article, "AuthorList")),
        journal=_journal(medline, article),
        year=next((year for year in map(first_year, written) if year), None),
        published=next(filter(None, written), ""),
        volume=text(article, "Journal", "JournalIssue", "Volume"),
        issue=text(article, "Journal", "JournalIssue", "Issue"),
        pages=pages(article),
        doi=doi_of(many(article, "ELocationID"), ids),
        pmcid=article_id(ids, "pmc").upper(),
        language=", ".join(bare(code).lower() for code in many(article, "Language")),
        mesh=tuple(heading(found) for found in many(medline, "MeshHeadingList")),
        keywords=keywords(many(medline, "KeywordList")),
        publication_types=tuple(bare(kind) for kind in many(article, "PublicationTypeList")),
        registrations=registrations(many(article, "DataBankList")),
        notices=notices(many(medline, "CommentsCorrectionsList")),
        revised=day(medline, "DateRevised"),
    )


def abstract(document: Any, others: Iterable[Any] = ()) -> tuple[Section, ...]:
    """Read the abstract's sections; without one, an English or else the first other abstract."""
    ranked = sorted(others, key=lambda other: attribute(other, "Language") not in ("", "eng"))
    for candidate in (at(document, "Abstract"), *ranked):
        sections = tuple(_section(part) for part in many(candidate, "AbstractText"))
        if any(section.text for section in sections):
            return tuple(section for section in sections if section.text)
    return ()


def pages(document: Any) -> str:
    """Pages as MEDLINE prints them, else from first and last page."""
    printed_pages = text(document, "Pagination", "MedlinePgn")
    ends = (text(document, "Pagination", "StartPage"), text(document, "Pagination", "EndPage"))
    return printed_pages or "-".join(filter(None, ends))


def heading(node: Any) -> str:
    """Write a MeSH heading as MEDLINE does: "Naltrexone/administration & dosage/*therapeutic use".

    A star marks a major topic.
    """
    parts = [at(node, "DescriptorName"), *many(node, "QualifierName")]
    return "/".join(_starred(part) for part in parts)


def keywords(lists: Iterable[Any]) -> tuple[str, ...]:
    """Collect keywords of all lists, each once, in order."""
    words = (bare(word) for words in lists for word in words)
    return tuple(dict.fromkeys(word for word in words if word))


def notices(nodes: Iterable[Any]) -> tuple[Notice, ...]:
    """Read corrections, retractions, comments and updates; plain references (Cites) are not one."""
    found = (
        Notice(attribute(node, "RefType"), text(node, "PMID"), text(node, "RefSource"))
        for node in nodes
    )
    return tuple(notice for notice in found if notice.kind != "Cites")


def _title(title: str, vernacular: str) -> str:
    """Keep the title as it came; "[Not Available]." gives way to the one in its own language."""
    return vernacular if vernacular and _NO_TITLE.fullmatch(plain(title)) else title


def _journal(medline: Any, article: Any) -> str:
    return (
        text(article, "Journal", "ISOAbbreviation")
        or text(medline, "MedlineJournalInfo", "MedlineTA")
        or text(article, "Journal", "Title")
    )


def _section(node: Any) -> Section:
    label = attribute(node, "Label")
    return Section("" if label.upper() == "UNLABELLED" else label, inline(str(node)))


def _starred(node: Any) -> str:
    return ("*" if attribute(node, "MajorTopicYN") == "Y" else "") + bare(str(node))
