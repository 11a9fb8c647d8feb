"""Links between publications in words: corrections, retractions, comments, updates.

Kinds are PubMed's RefType values (NLM, "MEDLINE/PubMed data element descriptions").
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from review.citation import Citation, Notice

WORDS = {
    "RetractionIn": "Retracted in",
    "PartialRetractionIn": "Retracted in part in",
    "RetractedandRepublishedIn": "Retracted and published again in",
    "ExpressionOfConcernIn": "Expression of concern in",
    "ErratumIn": "Corrected in",
    "CorrectedandRepublishedIn": "Corrected and published again in",
    "RetractionOf": "Retracts",
    "PartialRetractionOf": "Retracts in part",
    "RetractedandRepublishedFrom": "Published again; the retracted version is",
    "ExpressionOfConcernFor": "Expresses concern about",
    "ErratumFor": "Corrects",
    "CorrectedandRepublishedFrom": "Published again; the uncorrected version is",
    "RepublishedIn": "Published again in",
    "RepublishedFrom": "First published as",
    "ReprintIn": "Reprinted in",
    "ReprintOf": "Reprint of",
    "UpdateIn": "Updated in",
    "UpdateOf": "Updates",
    "CommentIn": "Comment in",
    "CommentOn": "Comments on",
    "OriginalReportIn": "Original report in",
    "SummaryForPatientsIn": "Summary for patients in",
    "AssociatedDataset": "Data set",
    "AssociatedPublication": "Belongs to",
}


RETRACTED, CONCERN, CORRECTED = "retracted", "concern", "corrected"

# What a notice does to the trust in a report, the gravest first. NLM counts corrigenda and
# addenda as errata (NLM fact sheet "Errata, retractions, and other linked citations").
GRAVITY = {
    "RetractionIn": RETRACTED,
    "PartialRetractionIn": RETRACTED,
    "RetractedandRepublishedIn": RETRACTED,
    "ExpressionOfConcernIn": CONCERN,
    "ErratumIn": CORRECTED,
    "CorrectedandRepublishedIn": CORRECTED,
}
FOLLOWED = (*GRAVITY, "UpdateIn")
RETRACTED_TYPE = "Retracted Publication"
# What a notice says of the record that it is about, in that record's own words.
INVERSE = {
    "RetractionOf": "RetractionIn",
    "PartialRetractionOf": "PartialRetractionIn",
    "ExpressionOfConcernFor": "ExpressionOfConcernIn",
    "ErratumFor": "ErratumIn",
}


def grave(citation: Citation) -> list[Notice]:
    """Retractions, concerns and corrections of a record, the gravest first.

    One whose type says "Retracted Publication" is retracted also when it names no notice.
    """
    order = list(GRAVITY)
    found = [notice for notice in citation.notices if notice.kind in GRAVITY]
    named = any(GRAVITY[notice.kind] == RETRACTED for notice in found)
    if RETRACTED_TYPE in citation.publication_types and not named:
        found.append(Notice("RetractionIn", "", "PubMed marks it as a retracted publication"))
    return sorted(found, key=lambda notice: order.index(notice.kind))


def arrived(before: Citation | None, after: Citation) -> list[Notice]:
    """The grave notices of a text that the one before did not have, the gravest first.

    A notice that only gets its PMID later is not a new one: kinds are compared by number.
    """
    known = grave(before) if before else []
    had = Counter(GRAVITY[notice.kind] for notice in known)
    keys = {_key(notice) for notice in known}
    new: list[Notice] = []
    for kind, now in Counter(GRAVITY[notice.kind] for notice in grave(after)).items():
        of_kind = [notice for notice in grave(after) if GRAVITY[notice.kind] == kind]
        unknown = [notice for notice in of_kind if _key(notice) not in keys]
        new += unknown[: max(0, now - had[kind])]
    return new


def _key(notice: Notice) -> str:
    return notice.pmid or notice.citation


@dataclass(frozen=True, slots=True)
class Warned:
    """A grave notice for a page: its kind, one word for it, and where it stands."""

    kind: str
    word: str
    where: str

    @property
    def tone(self) -> str:
        """How loud it is: a retraction is an error, the rest are warnings."""
        return "error" if self.kind == RETRACTED else "warning"


def warned(citation: Citation) -> list[Warned]:
    """The grave notices of a record in words, the gravest first."""
    word = {RETRACTED: "Retracted", CONCERN: "Expression of concern", CORRECTED: "Corrected"}
    found = [(GRAVITY[notice.kind], notice) for notice in grave(citation)]
    return [Warned(kind, word[kind], notice.citation or notice.pmid) for kind, notice in found]


@dataclass(frozen=True, slots=True)
class Linked:
    """One link in words; ``pmid`` may be empty."""

    words: str
    citation: str
    pmid: str


def linked(citation: Citation) -> list[Linked]:
    """All publications that a record names, retractions and corrections first."""
    order = {kind: rank for rank, kind in enumerate(WORDS)}
    found = sorted(citation.notices, key=lambda notice: order.get(notice.kind, len(order)))
    return [Linked(_words(notice), notice.citation, notice.pmid) for notice in found]


def words(notice: Notice) -> str:
    """One notice in one line: what it does, and where it stands."""
    return f"{_words(notice)}: {notice.citation or notice.pmid}"


def _words(notice: Notice) -> str:
    return WORDS.get(notice.kind, "See also")
