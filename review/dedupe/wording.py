"""Whether two titles differ in a word that matters: men and women, with and without, rats and mice.

Letters alone do not tell: "without" and "with" are 98 of 100 letters alike in a long title, and so
are two spellings of "randomised". So words are paired; what is left over on either side counts.
"""

from __future__ import annotations

import re
from collections import Counter

from rapidfuzz.distance import OSA

_MINOR = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "s"]
)
_AMERICAN = (
    (re.compile(r"(?<=\w)our(?=s?$|ed$|ing$|al$|able$|ful$|less$)"), "or"),
    (re.compile(r"[ao]e(?=\w)"), "e"),
    (re.compile(r"ys(e|ing|ed)"), r"yz\1"),
    (re.compile(r"is(e|ed|es|ing|ation|ations|er|ers)$"), r"iz\1"),
    (re.compile(r"(?<=\w)(tre)$"), "ter"),
    (re.compile(r"([a-z])\1"), r"\1"),
)


def same_words(a: str, b: str, lenient: bool = False) -> bool:
    """Whether two normal titles have the same words in any spelling, order aside.

    Small words do not count, nor does where words are joined ("low dose", "lowdose"). In words
    of six letters one may be mistyped, but not the first: "afferent" is not "efferent". With
    ``lenient`` shorter words and the first letter may be mistyped too.
    """
    if a == b or a.replace(" ", "") == b.replace(" ", ""):
        return True
    left, right = Counter(a.split()), Counter(b.split())
    extra, missing = left - right, right - left
    return _explained(extra, missing, b, lenient) and _explained(missing, extra, a, lenient)


def _explained(extra: Counter[str], missing: Counter[str], other: str, lenient: bool) -> bool:
    """Whether each extra word is a small one, a spelling of a missing one, or joined there."""
    joined = other.replace(" ", "")
    return all(
        word in _MINOR
        or any(_spelled(word, instead, lenient) for instead in missing)
        or (len(word) > 2 and word in joined and not _within_a_word(word, other))
        for word in extra
    )


def _within_a_word(word: str, other: str) -> bool:
    """Whether it is only part of one longer word there, as "effective" is of "ineffective"."""
    return any(word in longer for longer in other.split() if not longer.startswith(word))


def _spelled(a: str, b: str, lenient: bool) -> bool:
    """Whether two words are one: British and American, plural, or one letter mistyped."""
    if b == a[1:] or a == b[1:]:  # "atypical"
        return a[:2] in ("ae", "oe") or b[:2] in ("ae", "oe")
    if a[0] != b[0] and not lenient and not {a[:2], b[:2]} & {"ae", "oe"}:
        return False
    one, other = _plain(a), _plain(b)
    if one == other or one == f"{other}s" or other == f"{one}s":
        return True
    long = min(len(a), len(b)) >= (3 if lenient else 6)
    return long and OSA.distance(a, b, score_cutoff=1) <= 1


def _plain(word: str) -> str:
    for pattern, instead in _AMERICAN:
        word = pattern.sub(instead, word)
    return word
