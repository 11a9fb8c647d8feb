"""Decisions that other tools export: Rayyan, Covidence, ASReview, Abstrackr, SRDR+.

What a person decided is a vote with their name. What the team agreed on (a consensus cell, the
line of an adjudicator, Covidence's final exclusion reason) is one settled decision, never votes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from review.imports.entry import EXCLUDE, FULL_TEXT, INCLUDE, MAYBE, Vote
from review.imports.texts import one_line

CHOICES = {
    INCLUDE: "include included yes y relevant accept accepted in 1 1.0 true \u2713",
    EXCLUDE: "exclude excluded no n irrelevant reject rejected out -1 -1.0 false \u2717",
    MAYBE: "maybe unclear ? 0 0.0",
}
_WORDS = {word: choice for choice, words in CHOICES.items() for word in words.split()}
_ASREVIEW = {"1": INCLUDE, "1.0": INCLUDE, "0": EXCLUDE, "0.0": EXCLUDE}
_TEAM = re.compile(r"\s*(?:consensus|adjudicat\w*|final|resolved|team)\b", re.IGNORECASE)

_RAYYAN = re.compile(
    r"(RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES): ?"
    r"((?:[^|{}]+|\{[^{}]*\})*)"
)
_PAIR = re.compile(r'"([^"]{0,200})"\s?=>\s?"([^"]{0,2000})"')
_NOTE = re.compile(r'"([^"]{0,200})"\s?=>\s?\[([^\[\]]*)\]')
_LONGEST = 100_000  # characters of notes that are searched; longer ones are kept as they are
_FINAL = re.compile(r"Exclusion reason: ?([^;]{1,300})", re.IGNORECASE)
_SEEN = re.compile(r"ASReview_(relevant|irrelevant)\b", re.IGNORECASE)


def choice_in(text: str, *, asreview: bool = False) -> str:
    """Read one cell: include, exclude, maybe, or "" for none. ASReview's 0 is an exclusion."""
    word = one_line(text).lower()
    if asreview:
        return _ASREVIEW.get(word) or ("" if word in ("-1", "-1.0") else _WORDS.get(word, ""))
    return _WORDS.get(word, "")


def is_team(name: str) -> bool:
    """Whether the reviewer of a row is the team: "Consensus", "Adjudicator"."""
    return bool(_TEAM.match(name))


def in_notes(notes: Iterable[str]) -> tuple[tuple[Vote, ...], tuple[str, ...]]:
    """Find decisions and labels that a tool put into a field of notes."""
    cast: list[Vote] = []
    labels: list[str] = []
    for note in (note[:_LONGEST] for note in notes):
        if "RAYYAN-" in note or "USER-NOTES" in note:
            parts = {name: value.strip() for name, value in _RAYYAN.findall(note)}
            cast += _rayyan(parts)
            labels += listed(parts.get("RAYYAN-LABELS", ""))
        if final := _FINAL.search(note):
            reason = (one_line(final[1]),)
            cast.append(Vote(EXCLUDE, stage=FULL_TEXT, reasons=reason, settled=True))
        if seen := _SEEN.search(note):
            cast.append(Vote(INCLUDE if seen[1].lower() == "relevant" else EXCLUDE, "ASReview"))
    return tuple(cast), tuple(labels)


def listed(text: str) -> list[str]:
    """Part a list of labels or reasons."""
    parts = re.split(r"\|\||[;,\n]", text)
    return [part for part in map(one_line, parts) if part]


def _rayyan(parts: dict[str, str]) -> list[Vote]:
    """Read Rayyan's notes; it does not say who gave which reason, so each exclusion has them."""
    reasons = tuple(listed(parts.get("RAYYAN-EXCLUSION-REASONS", "")))
    written = {who: one_line(text) for who, text in _NOTE.findall(parts.get("USER-NOTES", ""))}
    cast = []
    for who, word in _PAIR.findall(parts.get("RAYYAN-INCLUSION", "")):
        if choice := choice_in(word):
            given = reasons if choice == EXCLUDE else ()
            note = written.get(who, "").strip('"')
            cast.append(Vote(choice, who, reasons=given, note=note, settled=is_team(who)))
    return cast
