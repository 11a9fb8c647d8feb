"""Words that a team wants to see at once in titles and abstracts, found and marked.

A phrase is found as whole words, whatever its case; ``*`` stands for any further letters of a word
(at most thirty), blanks for any white space, and every other character for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from review.markup import Span, html, plain

INCLUDE, EXCLUDE, NEUTRAL = "include", "exclude", "neutral"
TONES = (EXCLUDE, INCLUDE, NEUTRAL)  # where two phrases begin at the same letter, the first wins
MOST_STARS = 3
LONGEST = 80  # letters of a phrase
_MORE = r"\w{0,30}"  # bounded, so that no text takes long, whatever the phrase


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word or phrase, and what it speaks for: one of ``TONES``."""

    words: str
    tone: str


class Highlights:
    """Phrases ready to be looked for; reused for every text of a page."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        of_tone: dict[str, list[str]] = {tone: [] for tone in TONES}
        for phrase in sorted(phrases, key=lambda phrase: len(phrase.words), reverse=True):
            of_tone[phrase.tone].append(_pattern(phrase.words))
        groups = [f"(?P<{tone}>{'|'.join(found)})" for tone, found in of_tone.items() if found]
        self._found = re.compile("|".join(groups), re.IGNORECASE) if groups else None

    def __bool__(self) -> bool:
        return self._found is not None

    def html(self, text: str) -> str:
        """Render inline markup as safe HTML in which each phrase found is a ``mark``."""
        return html(text, self.spans(plain(text)))

    def spans(self, text: str) -> list[Span]:
        """Where in a plain text the phrases are: start, end, class; none overlaps another."""
        if self._found is None:
            return []
        return [(*hit.span(), f"mark-{hit.lastgroup}") for hit in self._found.finditer(text)]


def fault(words: str) -> str:
    """Say why a phrase cannot be looked for; nothing when it can."""
    if len(words) > LONGEST:
        return f"is longer than {LONGEST} letters"
    if words.count("*") > MOST_STARS:
        return f"has more than {MOST_STARS} asterisks"
    if sum(letter.isalnum() for letter in words) < 2:
        return "has fewer than two letters or digits"
    return ""


def _pattern(words: str) -> str:
    found = r"\s+".join(
        _MORE.join(re.escape(piece) for piece in word.split("*")) for word in words.split()
    )
    before = r"(?<!\w)" if words[:1].isalnum() else ""
    after = r"(?!\w)" if words[-1:].isalnum() else ""
    return before + found + after
