"""Vetoes: facts that keep two records apart although a rule would merge them.

Each compares what both sides state; what one side lacks is no conflict. The first veto that
stands is named, with a sentence for the person who reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from review.dedupe import places
from review.dedupe.names import same
from review.dedupe.pairs import Pair


@dataclass(frozen=True, slots=True)
class Veto:
    """``name`` and ``why`` for people; a ``hard`` one also keeps two clusters apart.

    A ``final`` one is not even asked about.
    """

    name: str
    why: str
    stands: Callable[[Pair], bool]
    hard: bool = False
    final: bool = False


NONE = Veto("", "", lambda pair: False)


def veto(pair: Pair) -> Veto:
    """Give the first veto that stands, or one without a name."""
    return next((veto for veto in VETOES if veto.stands(pair)), NONE)


def conflict(pair: Pair) -> Veto:
    """Give the first hard veto that stands: records that must not meet in one report."""
    return next((veto for veto in VETOES if veto.hard and veto.stands(pair)), NONE)


def _numbers(pair: Pair) -> bool:
    """Another number is another part, edition or follow-up, unless only its spacing differs."""
    one, other = pair.closest
    if one.numbers == other.numbers or one.letters == other.letters:
        return False
    if pair.pinned and (pair.translated or pair.contained):
        return False
    return not (_certain(pair) and (pair.abstract or 0) >= 0.9)


def _notice(pair: Pair) -> bool:
    one, other = pair.closest
    return (pair.a.notice or one.notice) != (pair.b.notice or other.notice)


def _kind(pair: Pair) -> bool:
    return pair.a.kind != pair.b.kind


def _pmids(pair: Pair) -> bool:
    return places.differ(pair.a.pmid, pair.b.pmid)


def _dois(pair: Pair) -> bool:
    """Publishers give one article two DOIs; then volume, page and title all agree."""
    at_one_place = pair.same_volume and pair.same_page and pair.titles >= 0.97
    return places.differ(pair.a.doi, pair.b.doi) and not at_one_place


def _volume_and_page(pair: Pair) -> bool:
    return pair.other_volume and pair.other_page


def _volume(pair: Pair) -> bool:
    """An edition of another year, unless page and year or an identifier tell of a wrong volume."""
    mistaken = pair.same_doi or pair.same_pmid or (pair.same_page and not pair.years)
    return pair.other_volume and not mistaken


def _first_author(pair: Pair) -> bool:
    a, b = pair.a.names, pair.b.names
    if not a or not b or same(a[0], b[0]) or pair.authors >= 0.4:
        return False
    return not _certain(pair)


def _abstracts(pair: Pair) -> bool:
    return pair.abstract is not None and pair.abstract < 0.62 and not _certain(pair)


def _certain(pair: Pair) -> bool:
    """One DOI, one spot in print, one title: then a source has garbled the rest."""
    return pair.pinned and pair.titles >= 0.97 and not pair.generic and not pair.in_supplement


def _supplement(pair: Pair) -> bool:
    a, b = pair.places
    if bool(a.supplement) == bool(b.supplement) or (pair.pinned and pair.titles >= 0.97):
        return False
    return a.regular or b.regular or not pair.same_page


def _issue(pair: Pair) -> bool:
    """A column keeps its title and its page from issue to issue."""
    if not (pair.same_volume and pair.other_issue):
        return False
    known = pair.same_doi or pair.same_pmid or pair.far_in or (pair.abstract or 0) >= 0.9
    return pair.generic or pair.titles < 0.93 or not known


def _generic(pair: Pair) -> bool:
    """ "Editorial" is the title of many reports, so its whole location must agree."""
    if not pair.generic:
        return False
    elsewhere = pair.other_volume or pair.other_issue or pair.other_page or bool(pair.years)
    least = 0.5 if pair.same_volume and pair.same_page else 0.7
    return elsewhere or (pair.journal is not None and pair.journal < least)


def _wording(pair: Pair) -> bool:
    """Other words in a title matter less when an identifier or the abstract says "the same"."""
    if pair.worded or pair.same_pmid or pair.shortened or pair.mistyped:
        return False
    close = pair.titles >= 0.9 or pair.contained or pair.translated
    if pair.pinned and not pair.in_supplement and close:
        return False
    return pair.abstract is None or pair.abstract < 0.97


VETOES = (
    Veto("pmid", "their PMIDs differ", _pmids, hard=True, final=True),
    Veto(
        "notice",
        "one is a notice about a report (erratum, retraction, reply, comment), its reprint, its "
        "translation or its protocol",
        _notice,
        hard=True,
    ),
    Veto("number", "their titles have different numbers or parts", _numbers, hard=True),
    Veto("doi", "their DOIs differ", _dois, hard=True),
    Veto("kind", "one is a registry record or a preprint", _kind, hard=True),
    Veto("volume and page", "volume and page both differ", _volume_and_page, hard=True),
    Veto("volume", "they are in different volumes", _volume, hard=True),
    Veto("first author", "their first authors differ and few others agree", _first_author),
    Veto("abstract", "their abstracts differ", _abstracts),
    Veto("supplement", "one is in a supplement, the other in a regular issue", _supplement),
    Veto("issue", "they are in different issues of one volume", _issue),
    Veto(
        "generic title",
        "a title this general is shared by many reports, and the places differ",
        _generic,
    ),
    Veto("wording", "their titles differ in a word", _wording),
)
