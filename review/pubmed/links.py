"""ELink: which articles PubMed knows to cite a record, and which a record refers to.

Source: NCBI, "Entrez link descriptions": both come from the reference lists that PubMed holds,
which are those of PubMed Central and of publishers that deposit them, so neither is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from review.pubmed.entrez import link_tree
from review.pubmed.errors import NotXml
from review.pubmed.nodes import many, text
from review.pubmed.transport import Transport

CITED_IN = "pubmed_pubmed_citedin"
REFERENCES = "pubmed_pubmed_refs"
TOGETHER = 100  # records per request; each is asked for by itself, so that its links are its own

Links = dict[str, tuple[str, ...]]


def follow(transport: Transport, pmids: Sequence[str], name: str) -> Links:
    """Give the PMIDs behind the links of this ``name``, by the record they start at.

    Raises NotXml when PubMed answers twice without a word about some of the records, and what
    ``Transport.call`` raises.
    """
    found: Links = {}
    for start in range(0, len(pmids), TOGETHER):
        batch = list(pmids[start : start + TOGETHER])
        for _ in range(2):
            asked = [pmid for pmid in batch if pmid not in found]
            found |= _ask(transport, asked, name) if asked else {}
        if silent := [pmid for pmid in batch if pmid not in found]:
            raise NotXml(f"PubMed gave no answer about the links of {', '.join(silent[:10])}.")
    return found


def _ask(transport: Transport, pmids: Sequence[str], name: str) -> Links:
    asked = {"dbfrom": "pubmed", "db": "pubmed", "linkname": name, "retmode": "xml"}
    xml = transport.call("elink", {**asked, "id": list(pmids)})
    return {pmid: links for pmid, links in linked(xml, name) if pmid in pmids}


def linked(xml: bytes, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read an eLinkResult: each record with its links of this name, each once, in order."""
    if b"<ERROR>" in xml:
        raise NotXml("PubMed could not look up the links of all records.")
    try:
        sets = list(link_tree(xml))
    except (ValueError, RuntimeError, AssertionError, LookupError) as error:
        raise NotXml("PubMed's answer about links could not be read.") from error
    for each in sets:
        lists = [part for part in many(each, "LinkSetDb") if text(part, "LinkName") == name]
        ids = (text(link, "Id") for part in lists for link in many(part, "Link"))
        for pmid in many(each, "IdList"):
            yield str(pmid), tuple(dict.fromkeys(number for number in ids if number.isdecimal()))
