"""What people decide by in a text: a newer text that differs here was not read yet."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from review.citation import Citation
from review.markup import plain
from review.notices import grave


def digest(citation: Citation) -> str:
    """SHA-256 of title, abstract, and retractions, concerns and corrections; not of index terms.

    PubMed re-indexes thousands of records a year, and nobody should have to read them all again.
    """
    read = [
        plain(citation.title),
        plain(citation.vernacular_title),
        [[part.label, plain(part.text)] for part in citation.abstract],
        sorted(f"{notice.kind} {notice.pmid or notice.citation}" for notice in grave(citation)),
    ]
    return hashlib.sha256(json.dumps(read).encode()).hexdigest()


def fingerprint(data: dict[str, Any]) -> str:
    """SHA-256 of a citation as it is stored but its revision date, which is housekeeping."""
    values = data | {"revised": None}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
