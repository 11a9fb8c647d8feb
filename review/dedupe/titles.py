"""What a title says beside its words: notice, part and number, generic or not, translated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from review.dedupe.notices import LANGUAGES, notice
from review.dedupe.numbers import numbers
from review.dedupe.tongues import foreign
from review.dedupe.words import normal
from review.markup import plain

# "RETRACTED: X" is the article X; "Retraction notice to X" is another report.
_RETRACTED = re.compile(r"^\W*(retracted|withdrawn)( article)?\s*[\]:.–—-]\W*", re.IGNORECASE)
# What Ovid and others add behind a title.
_REMARK = (
    rf"reviews?|retracted|corrected|letter|editorial|news|see comments?|\d+ refs?\.?|"
    rf"in process citation|(published )?erratum appears in\b[^\]]*|{LANGUAGES}"
)
_ADDED = re.compile(rf"\s*\[\s*({_REMARK})([;,/] *({_REMARK}))*\s*\]\W*$", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)[,\u2009\u202f](?=\d{3}\b)")
_GENERIC = re.compile(
    r"(\w+ )?(abstracts?|announcements?|acknowledge?ments?|books?|book reviews?|contents|"
    r"correspondence|discussion|editorials?|foreword|in memoriam|index|introduction|letters?|"
    r"meeting report|news|poster session|preface|proceedings|summary|obituary|reply|response)"
    r"( \w+)?"
)
_SHORT = 22  # letters: shorter titles are shared by many reports


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart once: ``words`` to compare, ``numbers`` that must agree.

    ``foreign`` says that it is a translation, or not in English.
    """

    words: str
    numbers: frozenset[tuple[str, int]]
    notice: str
    generic: bool
    foreign: bool

    @property
    def letters(self) -> str:
        """The title without spaces, so that "low dose" equals "lowdose"."""
        return self.words.replace(" ", "")


def title(text: str) -> Title:
    """Read a title as matching needs it; an empty one is generic and like nothing."""
    bare = strip(text)
    words = normal(bare)
    generic = len(words) - words.count(" ") < _SHORT or bool(_GENERIC.fullmatch(words))
    return Title(words, numbers(words), notice(bare), generic, foreign(text, words))


def strip(text: str) -> str:
    """Drop "RETRACTED:" before a title, "[Review] [54 refs]" behind, brackets around it."""
    bare = _RETRACTED.sub("", (plain(text) if "<" in text or "&" in text else text).strip())
    while bare.endswith(("]", "].", "] ")) and (shorter := _ADDED.sub("", bare)) != bare:
        bare = shorter
    whole = re.fullmatch(r"\[([^\[\]]*)\]\W*", bare) if bare.startswith("[") else None
    return _THOUSANDS.sub("", whole[1] if whole else bare)
