"""PMIDs, DOIs, PMC numbers and web addresses, wherever a vendor puts them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from review.pubmed.identifiers import doi_in

LONGEST_IDENTIFIER, LONGEST_DOI, LONGEST_URL = 200, 300, 2000

_PMID = re.compile(r"[1-9]\d{0,8}")
_NAMED = re.compile(r"(?:pmid|pubmed(?: id)?|medline)[:#\s]*+([1-9]\d{0,8})(?!\d)", re.IGNORECASE)
_PUBMED = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,9})(?!\d)")
_PMC = re.compile(r"PMC\d{1,9}", re.IGNORECASE)
_WEB = re.compile(r"(?:https?|ftp)://[^\s<>\"]+")
_NAMED_DOI = re.compile(r"doi(?:\.org/\s*+|[:\s]++)(?=10\.)", re.IGNORECASE)


def doi(text: str) -> str:
    """Find a DOI in a DOI field: bare, in lower case, whatever resolver it came with."""
    found = doi_in(unquote(text) if "%2f" in text.lower() else text)
    if found.endswith(")") and found.count("(") < found.count(")"):
        found = found[:-1]
    return found if len(found) <= LONGEST_DOI else ""


def doi_named_in(texts: Iterable[str]) -> str:
    """Find a DOI that a link or a note names as one: "https://doi.org/10.", "doi: 10."."""
    for text in texts:
        decoded = unquote(text) if "%2f" in text.lower() else text
        if named := _NAMED_DOI.search(decoded):
            return doi(re.split(r"[&\s]", decoded[named.end() :], maxsplit=1)[0])
    return ""


def pmid(text: str) -> str:
    """Read a PMID field: "23359310", "PMID: 23359310", "MEDLINE:23359310"; "" for anything else."""
    text = text.strip().removesuffix(".0")
    if _PMID.fullmatch(text):
        return text
    match = _NAMED.match(text) or _PUBMED.search(text)
    return match[1] if match else ""


def pmid_named_in(texts: Iterable[str]) -> str:
    """Find a PMID that a note or a link names as one."""
    for text in texts:
        if match := _NAMED.search(text) or _PUBMED.search(text):
            return match[1]
    return ""


def pmcid(text: str) -> str:
    """Find a PubMed Central number: "PMC5887696"."""
    match = _PMC.search(text)
    return match[0].upper() if match else ""


def url(text: str) -> str:
    """Find a web address; addresses that would run something are none."""
    match = _WEB.search(text)
    return match[0] if match and len(match[0]) <= LONGEST_URL else ""
