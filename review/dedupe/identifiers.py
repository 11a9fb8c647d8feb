"""PMID and DOI in their one spelling."""

from __future__ import annotations

import re

from review.citation import Citation

_DOI = re.compile(r"10\.\d{4,9}/\S+")


def pmid(citation: Citation) -> str:
    """Give the PMID in its one spelling, or nothing."""
    digits = citation.pmid.strip().removeprefix("PMID:").strip().lstrip("0")
    return digits if digits.isascii() and digits.isdigit() else ""


def doi(citation: Citation) -> str:
    """Give the DOI in lower case, without resolver, prefix and closing dot, or nothing."""
    if not citation.doi:
        return ""
    found = _DOI.search(citation.doi.casefold())
    return found[0].rstrip(".,;)") if found else ""
