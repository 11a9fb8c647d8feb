"""Which column of a table is which field: guessed from its header, or told by a person.

A guess is one name for each column; "" leaves the column to the extras, under its header.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from review.imports.texts import one_line

# What a column can be, with the words for it.
FIELDS = {
    "title": "Title",
    "original title": "Original title",
    "abstract": "Abstract",
    "author": "Authors",
    "journal": "Journal",
    "book": "Book",
    "year": "Year",
    "month": "Month",
    "day": "Day",
    "published": "Date of publication",
    "volume": "Volume",
    "issue": "Issue",
    "pages": "Pages",
    "first page": "First page",
    "last page": "Last page",
    "source": "Source (journal, year and pages in one)",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "identifier": "Number in the database",
    "url": "Web address",
    "language": "Language",
    "keyword": "Keywords",
    "mesh": "MeSH headings",
    "type": "Type of publication",
    "registration": "Trial registration",
    "issn": "ISSN",
    "publisher": "Publisher",
    "affiliation": "Affiliation",
    "database": "Database",
    "note": "Notes",
    "vote": "Decision of the reviewer in this row",
    "vote of": "Decision of the reviewer in the header",
    "reviewer": "Name of the reviewer",
    "settled": "Consensus, final decision",
    "reason": "Reason for exclusion",
    "label": "Labels, tags",
    "remark": "Reviewer's note",
}

_HEADERS = {
    "title": "title|article title|document title|paper title|item title|ti|primary title",
    "original title": "original title|vernacular title|title original|translated title",
    "abstract": "abstract|ab|abstract note|summary",
    "author": "authors|author|author s|author names|author full names|au|af|authors primary",
    "journal": "journal|journal book|journal title|source title|publication title|so|publication|"
    "publication name|secondary title|journal name|publication string|journal abbreviation|"
    "host publication title",
    "book": "book|book title",
    "year": "year|publication year|published year|pub year|py|year of publication",
    "month": "month|published month|publication month",
    "day": "day|publication day",
    "published": "published|publication date|date|date published|date of publication|pd|"
    "online date",
    "volume": "volume|vl|vol",
    "issue": "issue|number|is|issue number",
    "pages": "pages|page|page numbers|page range",
    "first page": "first page|page start|start page|bp",
    "last page": "last page|page end|end page|ep",
    "source": "source",
    "doi": "doi|di|article doi|doi link",
    "pmid": "pmid|pubmed id|pubmed|medline pmid|pm|pubmedid",
    "pmcid": "pmcid|pmc id|pmc",
    "identifier": "identifier|accession number|accession|eid|ut unique wos id|ut|central id|"
    "embase accession id|pui|lens id|srdr citation id|key|nct number|accession no|record id",
    "url": "url|link|links|article url|pdf link|open url link|plink|full text url|embase link|"
    "external url",
    "language": "language|language of original document|la|languages",
    "keyword": "keywords|author keywords|keyword|index keywords|de|subjects|tags automatic|"
    "emtree drug index terms|emtree medical index terms|keywords plus|ieee terms|manual tags|"
    "automatic tags",
    "mesh": "mesh|mesh terms|mesh headings|mesh_terms",
    "type": "type|publication type|publication types|document type|item type|dt|doctype|"
    "source type|category|types of publication",
    "registration": "registration|registrations|trial registration|clinical trial numbers|"
    "ctgov id|clinical trial number",
    "issn": "issn|sn|issn isbn",
    "publisher": "publisher|pu",
    "affiliation": "affiliations|affiliation|author affiliations|addresses",
    "database": "database|database name|source database|database provider",
    "note": "notes|note|extra|comments|general notes",
    "vote": "asreview label|included|label included|label|user label|decision|vote|"
    "screening decision",
    "settled": "consensus|consensus label|final included|included final|final decision|"
    "final label|adjudicated|resolution|adjudicator label",
    "reviewer": "reviewer name|reviewer|username|user name|asreview user name|screener|rater",
    "reason": "reason|reasons|exclusion reason|exclusion reasons|reason for exclusion|"
    "fulltext exclude reasons",
    "label": "tags|labels|user tags",
    "remark": "asreview note|user note|reviewer note|reviewer notes|screening note",
}
_FIELD_OF = {header: name for name, words in _HEADERS.items() for header in words.split("|")}
_ASREVIEW = frozenset(["asreview label", "included", "label included", "final included", "label"])
_OF_SOMEBODY = re.compile(
    r"[\"'\u201c]?(.{1,80}?)[\"'\u201d]?(?:'s)? (?:label|vote|decision|judgement|judgment)",
    re.IGNORECASE,
)
_NOT_ALNUM = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the field that it fills ("" for none), whose votes it holds."""

    header: str
    field: str = ""
    reviewer: str = ""
    asreview: bool = False  # 0 means irrelevant, not maybe

    def to_json(self) -> dict[str, str | bool]:
        """Give plain JSON values, to be remembered."""
        return {
            "header": self.header,
            "field": self.field,
            "reviewer": self.reviewer,
            "asreview": self.asreview,
        }


def guess(headers: Sequence[str]) -> tuple[Column, ...]:
    """Guess the field of every column; of several that could be the same, all but lists once."""
    plain = [_plain(header) for header in headers]
    abstrackr = "internal id" in plain and "consensus" in plain
    found: list[Column] = []
    for place, header in enumerate(headers):
        name = _FIELD_OF.get(plain[place], "")
        reviewer = ""
        if not name and (somebody := _OF_SOMEBODY.fullmatch(one_line(header))):
            name, reviewer = "vote of", somebody[1]
        elif abstrackr and plain.index("consensus") < place and _is_name(plain, place):
            name, reviewer = "vote of", one_line(header)
        if name == "source" and "journal" in (_FIELD_OF.get(each) for each in plain):
            name = "database"
        taken = name not in ("keyword", "vote of", "note") and any(c.field == name for c in found)
        found.append(Column(header, "" if taken else name, reviewer, plain[place] in _ASREVIEW))
    return tuple(found)


def recognised(headers: Sequence[str]) -> int:
    """Count the headers that name a field; for finding the line of headers."""
    return sum(_plain(header) in _FIELD_OF for header in headers)


def signature(headers: Sequence[str]) -> str:
    """Digest of a set of headers, by which a mapping is remembered."""
    return hashlib.sha256("\x1f".join(map(_plain, headers)).encode()).hexdigest()


def _is_name(plain: Sequence[str], place: int) -> bool:
    """Whether a column of Abstrackr's holds a person's labels: it follows a "labeled_at"."""
    return plain[place - 1] == "labeled at" and plain[place] != "labeled at"


def _plain(header: str) -> str:
    return _NOT_ALNUM.sub(" ", header).strip().lower()


_FIELD_OF |= {_plain(words): name for name, words in FIELDS.items()}
