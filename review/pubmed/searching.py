"""ESearch's answer: how many, which identifiers, how PubMed understood the strategy.

PubMed runs a strategy even when it ignores half of it; what it ignored is said in sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from review.pubmed.entrez import search_tree
from review.pubmed.errors import NotXml
from review.pubmed.inline import bare
from review.pubmed.nodes import many, text

_SENTENCES: dict[tuple[str, str], str] = {
    ("ErrorList", "PhraseNotFound"): "PubMed does not know the phrase “{}”.",
    ("ErrorList", "FieldNotFound"): "PubMed does not know the field “{}”.",
    ("WarningList", "QuotedPhraseNotFound"): "PubMed found no record with the exact phrase “{}”.",
    ("WarningList", "PhraseIgnored"): "PubMed ignored “{}”.",
    ("WarningList", "OutputMessage"): "PubMed says: {}",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One answer: NCBI's ``count``, identifiers as they came (doubles included), and its words."""

    count: int
    ids: tuple[str, ...]
    translation: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def pmids(self) -> tuple[str, ...]:
        """Each identifier once, in PubMed's order."""
        return tuple(dict.fromkeys(self.ids))


def listed(xml: bytes) -> Listed:
    """Read an eSearchResult. Raises NotXml if it is none or has no count."""
    try:
        found = search_tree(xml)
        count = int(text(found, "Count"))
    except (ValueError, RuntimeError, AssertionError, LookupError) as error:
        raise NotXml("PubMed's answer to the search could not be read.") from error
    return Listed(
        count=count,
        ids=tuple(number for number in map(str, many(found, "IdList")) if number.isdecimal()),
        translation=text(found, "QueryTranslation"),
        warnings=tuple(dict.fromkeys(_warnings(found))),
    )


def _warnings(found: Any) -> Iterator[str]:
    for (group, kind), sentence in _SENTENCES.items():
        for words in many(found, group, kind):
            yield sentence.format(_clean(words))


def _clean(words: str) -> str:
    return bare(words).strip('"')
