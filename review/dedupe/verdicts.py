"""The verdict on two records: merged by a rule, a question for a person, or two reports."""

from __future__ import annotations

from dataclasses import dataclass, replace

from review.citation import Citation
from review.dedupe.doubts import doubtful, likelihood
from review.dedupe.pairs import Pair
from review.dedupe.rules import Rule, rule
from review.dedupe.sides import Side, side
from review.dedupe.vetoes import NONE, veto


@dataclass(frozen=True, slots=True)
class Match:
    """A verdict on two records.

    ``rule`` is the rule that holds or empty, ``veto`` the veto that stands; ``same`` needs the
    first without the second. ``ask`` says that a person should answer, ``score`` (0 to 1) how
    likely it is one report. ``similarities`` has title and authors, and abstract and journal when
    both have one, each 0 to 1; it is empty for a pair that is neither. ``why`` is a sentence for
    people.
    """

    same: bool
    ask: bool
    rule: str
    veto: str
    score: float
    similarities: dict[str, float]
    why: str


_EXACT = {"pmid": "PMID", "doi": "DOI", "volume": "volume", "page": "first page", "year": "year"}
_NEAR = {"title": "titles", "authors": "authors", "abstract": "abstracts", "journal": "journals"}
_THROUGH = "of the records that each was merged with already, two cannot be one report"
APART = Match(False, False, "", "", 0.0, {}, "Nothing speaks for one report.")


def match(a: Citation, b: Citation) -> Match:
    """Judge whether two records are one report; the order of the two does not matter."""
    return judge(side(a), side(b))


def judge(a: Side, b: Side) -> Match:
    """Judge two records that were read already."""
    pair = Pair(a, b)
    if pair.unlike:
        return APART
    found = rule(pair)
    doubt = "" if found.name else doubtful(pair)
    if not found.name and not doubt:
        return APART
    against = veto(pair)
    same = bool(found.name) and against is NONE
    why = evidence(found, pair) if found.name else doubt
    if against is not NONE:
        why = f"{why}, but {against.why}"
    return Match(
        same=same,
        ask=not same and not against.final,
        rule=found.name,
        veto=against.name,
        score=likelihood(pair, against),
        similarities=similarities(pair),
        why=f"{why}.",
    )


def refused(found: Match, why: str) -> Match:
    """Turn a certain match into a question, as merging would bring two other records together.

    ``why`` says what keeps those two apart.
    """
    words = f"{found.why.rstrip('.')}, but {_THROUGH}: {why}."
    return replace(found, same=False, ask=True, score=round(found.score / 2, 3), why=words)


def similarities(pair: Pair) -> dict[str, float]:
    """Give how alike two records are, field by field."""
    known = {"title": pair.titles, "authors": pair.authors}
    further = {"abstract": pair.abstract, "journal": pair.journal}
    return known | {name: share for name, share in further.items() if share is not None}


def evidence(found: Rule, pair: Pair) -> str:
    """Say in words what a rule saw: "Same DOI, titles 98% alike, authors 100% alike"."""
    exact = [_EXACT[fact] for fact in found.facts if fact in _EXACT]
    shares = similarities(pair)
    near = [f"{_NEAR[fact]} {shares[fact]:.0%} alike" for fact in found.facts if fact in shares]
    if exact:
        near = [f"same {' and '.join(filter(None, (', '.join(exact[:-1]), exact[-1])))}", *near]
    sentence = ", ".join(near)
    return sentence[:1].upper() + sentence[1:]
