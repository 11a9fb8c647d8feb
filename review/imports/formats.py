"""Which format a file has: told by its beginning, not by its name.

What is none of them is refused with what it is instead.
"""

from __future__ import annotations

import re

from review.imports import bibtex, medline, ris
from review.imports.entry import Refused
from review.imports.pasted import citation_of

RIS, NBIB, PUBMED_XML, BIBTEX = "ris", "nbib", "pubmed_xml", "bibtex"
ENDNOTE, WOS, CSL_JSON = "endnote", "wos", "csl_json"
TABLE, SHEET, PASTED = "table", "sheet", "pasted"

# What people may choose, with the words for it.
FORMATS = {
    RIS: "RIS",
    NBIB: "PubMed (nbib)",
    PUBMED_XML: "PubMed XML",
    BIBTEX: "BibTeX",
    ENDNOTE: "EndNote XML",
    WOS: "Web of Science (ciw)",
    CSL_JSON: "CSL-JSON",
    TABLE: "Table: CSV or TSV",
    SHEET: "Table: Excel (xlsx)",
    PASTED: "List of PMIDs or DOIs",
}

_OTHER = (
    (b"%PDF", "a PDF. Export the references as RIS, or type the report in by hand"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file. Save it as .xlsx or CSV"),
    (b"\x1f\x8b", "a packed file (gzip). Unpack it first"),
    (b"Rar!", "a packed file (RAR). Unpack it first"),
    (b"7z\xbc\xaf", "a packed file (7z). Unpack it first"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_HTML = re.compile(r"\s*<(?:!doctype html|html|svg|head|body)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;|]+")
_XML = (
    (PUBMED_XML, re.compile(r"<(?:PubmedArticleSet|PubmedArticle|PubmedBookArticle)\b")),
    (ENDNOTE, re.compile(r"<records?[\s>]")),
)
_FIRST = (
    (RIS, re.compile(rf"^{ris.MARK.pattern}", re.IGNORECASE | re.MULTILINE)),
    (NBIB, re.compile(r"^(?:PMID|OWN ) ?- ", re.MULTILINE)),
    (WOS, re.compile(r"^(?:FN |PT [JBSP]$)", re.MULTILINE)),
    (BIBTEX, re.compile(rf"^{bibtex.MARK.pattern}", re.IGNORECASE | re.MULTILINE)),
    (CSL_JSON, re.compile(r"\A\s*\[\s*[{\]]")),
    (RIS, re.compile(r"^(?:ER|TI|T1|AU)  -", re.MULTILINE)),
    (NBIB, re.compile(rf"^{medline.MARK.pattern}", re.MULTILINE)),
)


def of_bytes(head: bytes) -> str:
    """Name a format that is not text, "" for text. Raises Refused for what is no list at all."""
    for magic, words in _OTHER:
        if head.startswith(magic):
            raise Refused(f"This is {words}.")
    return SHEET if head.startswith(b"PK\x03\x04") else ""


def of_text(head: str) -> str:
    """Name the format of a text by its first characters; a table when nothing else fits.

    Raises Refused for a web page and for an empty file.
    """
    if not head.strip():
        raise Refused("This file is empty.")
    if _HTML.match(head):
        raise Refused(
            "This is a web page, not an export. In the database, look for \u201cExport\u201d or "
            "\u201cSend to\u201d and choose RIS."
        )
    if head.lstrip().startswith("<"):
        return _of_xml(head)
    found = [(match.start(), name) for name, mark in _FIRST if (match := mark.search(head))]
    if found and not _is_table(head, min(found)[0]):
        return min(found)[1]
    return PASTED if _is_list(head) else TABLE


def _of_xml(head: str) -> str:
    found = [(match.start(), name) for name, mark in _XML if (match := mark.search(head))]
    if not found:
        raise Refused(
            "This is XML, but neither PubMed\u2019s nor EndNote\u2019s. Nothing was read."
        )
    return min(found)[1]


def _is_table(head: str, first: int) -> bool:
    """Whether the mark of another format only stands in a cell of a table."""
    from review.imports.columns import recognised
    from review.imports.table import delimiter_of

    line = head[:first].strip().split("\n", 1)[0]
    return recognised(line.split(delimiter_of(head))) >= 3


def _is_list(head: str) -> bool:
    """Whether most words of the first lines are PMIDs or DOIs, but for a heading.

    Short numbers may be anything in a table; alone on their line they are PMIDs.
    """
    lines = [words for line in head.split("\n")[:200] if (words := _WORD.findall(line))]
    known = [[_is_number(word, alone=len(words) == 1) for word in words] for words in lines]
    if len(known) > 1 and len(known[0]) > 1 and not any(known[0]):
        return False  # headers
    count = sum(map(len, known))
    return sum(map(sum, known)) >= max(1, 0.6 * count)


def _is_number(word: str, *, alone: bool) -> bool:
    found = citation_of(word)
    return found is not None and (alone or bool(found.doi) or len(found.pmid) >= 5)
