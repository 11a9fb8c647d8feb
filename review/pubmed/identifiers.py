"""DOIs, PubMed Central numbers and trial registrations of a record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from review.pubmed.inline import bare
from review.pubmed.nodes import attribute, many, text

_DOI = re.compile(r"10\.\d{4,9}/\S+")

# Sources in DataBankList that are data or molecule banks, not registers of trials.
# Source: NLM, "MEDLINE databank sources".
_DATA_BANK = re.compile(
    r"bioproject|biosample|dbgap|dbsnp|dbvar|dryad|figshare|gdb|genbank|geo|omim|pdb|pir|"
    r"pubchem-\w+|refseq|sra|swissprot|unimes|uniparc|uniprotkb|uniref",
    re.IGNORECASE,
)


def doi_of(locations: Iterable[Any], ids: Iterable[Any]) -> str:
    """Take the DOI from a valid ELocationID, else from the record's own ArticleIdList.

    Lower case and bare; never one of a cited reference, whose lists are elsewhere.
    """
    stated = [node for node in locations if attribute(node, "EIdType") == "doi"]
    valid = [node for node in stated if attribute(node, "ValidYN") != "N"]
    candidates = [*map(bare, valid), article_id(ids, "doi")]
    return next((found for found in map(doi_in, candidates) if found), "")


def article_id(ids: Iterable[Any], kind: str) -> str:
    """Find the first ArticleId of this IdType; "" if none."""
    return next((bare(node) for node in ids if attribute(node, "IdType") == kind), "")


def registrations(banks: Iterable[Any]) -> tuple[str, ...]:
    """List the trial registration numbers of a DataBankList, each once, as printed."""
    found: dict[str, None] = {}
    for bank in banks:
        if is_data_bank(text(bank, "DataBankName")):
            continue
        for number in many(bank, "AccessionNumberList"):
            found[bare(number)] = None
    return tuple(number for number in found if number)


def is_data_bank(name: str) -> bool:
    """Whether a DataBankList's bank holds data or molecules, and no trials."""
    return bool(_DATA_BANK.fullmatch(name))


def doi_in(value: str) -> str:
    """Find the first DOI in a text: lower case, bare, "" for none."""
    match = _DOI.search(value.lower())
    return match[0].rstrip(".;,") if match else ""
