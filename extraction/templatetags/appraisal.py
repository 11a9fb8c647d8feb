"""How pages show a judgement: its word, and the mark that gives it a colour and a shape."""

from __future__ import annotations

from django import template

from extraction.appraisal import Answer, Judgement
from extraction.sheet import Sheet

register = template.Library()

_WORDS = {Judgement.LOW: "Low risk", Judgement.SOME_CONCERNS: "Some concerns"}
_WORDS |= {Judgement.HIGH: "High risk"}


@register.filter
def mark(judgement: str | None) -> str:
    """The first word of a judgement, which the style sheet knows: low, some or high."""
    return (judgement or "").partition(" ")[0]


@register.filter
def judged(judgement: str | None) -> str:
    """A judgement in words: "Low risk", "Some concerns", "High risk"."""
    return _WORDS[Judgement(judgement)] if judgement else "No judgement yet"


@register.filter
def answered(code: str | None) -> str:
    """An answer code in words: "PY" gives "Probably yes"."""
    return Answer(code).label if code else ""


@register.filter
def row_of(sheet: Sheet, number: str) -> object:
    """The latest answer row of a question, or None."""
    return sheet.rows.get(number)


@register.filter
def judgement_of(sheet: Sheet, domain: str) -> object:
    """The latest judgement row of a domain or of "overall", or None."""
    return sheet.judgements.get(domain)


@register.filter
def score_of(sheet: Sheet, number: str) -> str:
    """What a question counts as: a code, NA when it is not asked, nothing while it is open."""
    return sheet.scored.get(number, "")


@register.filter
def asked_for(domain: object, sheet: Sheet) -> object:
    """The questions of a domain for the effect that the assessment is about."""
    return domain.asked_for(sheet.effect)  # type: ignore[attr-defined]
