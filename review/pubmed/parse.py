"""PubMed XML in, citations out; a record that cannot be read is set apart with its XML.

Bio.Entrez judges a whole document at once, so a batch that it refuses is halved until the bad
record stands alone and the others are in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from review.citation import Citation
from review.pubmed import articles, books
from review.pubmed.cut import (
    as_utf8,
    fingerprint,
    has_endless_tag,
    pieces,
    pmid_of,
    prolog,
    pruned,
    unknown_entity,
)
from review.pubmed.entrez import Dtd, dtd_of, tree, why
from review.pubmed.errors import NotXml

TOGETHER = 200  # records per document: 13 MiB of memory (pubmed.md section 2)

# What Biopython and our own reading raise for bad XML. Not Exception: a task's time limit is one.
_REFUSALS = (ValueError, RuntimeError, AssertionError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Parsed:
    """One record: its citation, its own XML in UTF-8, and ``sha256`` of that in canonical form.

    ``without_dtd``: PubMed named a DTD that is not on disk; elements it added were passed over.
    """

    citation: Citation
    raw: bytes
    sha256: str
    without_dtd: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read; ``pmid`` is "" when not even that was found."""

    pmid: str
    raw: bytes
    problem: str


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """Everything that one document held."""

    parsed: tuple[Parsed, ...]
    unreadable: tuple[Unreadable, ...]


def read(xml: bytes) -> ReadBatch:
    """Read a PubmedArticleSet, or the stored XML of single records.

    Raises NotXml if the document is something else; an empty set gives an empty batch.
    """
    xml = as_utf8(xml)
    before = prolog(xml)
    if before is None:
        raise NotXml("PubMed's answer is not a set of records.")
    dtd = dtd_of(before)
    found = list(pieces(xml))
    results = [
        result
        for start in range(0, len(found), TOGETHER)
        for result in _halving(found[start : start + TOGETHER], dtd)
    ]
    return ReadBatch(
        parsed=tuple(result for result in results if isinstance(result, Parsed)),
        unreadable=tuple(result for result in results if isinstance(result, Unreadable)),
    )


def _halving(group: Sequence[bytes], dtd: Dtd) -> list[Parsed | Unreadable]:
    try:
        return list(_records(group, dtd))
    except _REFUSALS as error:
        if len(group) == 1:
            problem = f"PubMed's record could not be read: {why(error)}."
            return [Unreadable(pmid_of(group[0]), group[0], problem[:500])]
    half = len(group) // 2
    return _halving(group[:half], dtd) + _halving(group[half:], dtd)


def _records(group: Sequence[bytes], dtd: Dtd) -> Iterator[Parsed]:
    if entity := next(filter(None, map(unknown_entity, group)), ""):
        raise ValueError(f"it uses {entity}, which is not defined")
    if any(map(has_endless_tag, group)):
        raise ValueError("it has a tag of more than 20,000 characters")
    documents = group if dtd.declared else [pruned(piece, dtd.path) for piece in group]
    body = b"<PubmedArticleSet>" + b"\n".join(documents) + b"</PubmedArticleSet>"
    for piece, citation in zip(group, _citations(tree(dtd.doctype + body), group), strict=True):
        yield Parsed(citation, piece, fingerprint(piece), not dtd.declared)


def _citations(found: Any, group: Sequence[bytes]) -> Iterator[Citation]:
    """Citations in the order of the batch; Biopython gives articles and books apart."""
    apart = found if isinstance(found, dict) else _by_kind(found)
    article, book = iter(apart["PubmedArticle"]), iter(apart["PubmedBookArticle"])
    for piece in group:
        is_book = piece.startswith(b"<PubmedBookArticle")
        citation = books.citation(next(book)) if is_book else articles.citation(next(article))
        if citation.pmid != pmid_of(piece):
            raise ValueError("its PMID is not where it should be")
        yield citation


def _by_kind(nodes: list[Any]) -> dict[str, list[Any]]:
    """Sort a set under an old DTD, where Biopython gives one list."""
    kinds = ("PubmedArticle", "PubmedBookArticle")
    return {kind: [node for node in nodes if node.tag == kind] for kind in kinds}
