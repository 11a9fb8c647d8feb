"""Journal names: whole, abbreviated, with a subtitle, with an ISSN; registers and preprints."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from review.dedupe.words import normal

_MINOR = frozenset(["and", "der", "die", "for", "in", "la", "of", "on", "the", "und", "y"])
_MINOR |= {"et", "de", "des", "fur", "i", "e"}
_BESIDE = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?|\s*[;=].*| : .*| conference:? .*", re.IGNORECASE)
_REGISTER = re.compile(
    r"clinical ?trials ?(gov|register|registry|identifier)|clinicaltrials|trials? regist(er|ry)"
    r"|\b(ictrp|isrctn|anzctr|chictr|euctr|ctri|drks|irct|umin|jprn|prospero|nct\d+)\b"
)
_PREPRINT = re.compile(
    r"\b(medrxiv|biorxiv|arxiv|chemrxiv|psyarxiv|socarxiv|ssrn|research square|preprints?|"
    r"authorea|techrxiv|osf)\b"
)
_PREPRINT_DOI = re.compile(
    r"10\.(1101/(20|\d{6})|21203/rs|2139/ssrn|48550|31234|31219|20944/preprints|22541/au|26434)"
)


@lru_cache(4096)
def journal(name: str) -> str:
    """Give the words of a journal that tell it from others: "The Lancet (London)" -> "lancet"."""
    words = _words(_BESIDE.sub("", name)) or _words(name)
    if len(words) > 2 and words[0] == "".join(word[0] for word in words[1:]):
        words = words[1:]  # "JAMA - Journal of the American Medical Association"
    return " ".join(words)


@lru_cache(4096)
def alike(a: str, b: str) -> float | None:
    """Compare two journals as ``journal`` gives them; None when either is missing.

    An abbreviation is its journal (1.0). Names with a word more or less may be other journals
    (0.6 at most): "Brain" and "Brain research", "Journal of pain" and "European journal of pain".
    """
    if not a or not b:
        return None
    if a == b:
        return 1.0
    left, right = a.split(), b.split()
    if _abbreviates(left, right) or _abbreviates(right, left):
        return 1.0
    if _skips(left, right) or _skips(right, left):
        return 0.6
    letters = fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")) / 100
    return letters if letters >= 0.9 else min(letters, 0.6)


def kind(name: str, doi: str) -> str:
    """Name what a record is that stands in no journal: "registry record", "preprint" or nothing."""
    return _kind(name) or ("preprint" if _PREPRINT_DOI.match(doi) else "")


@lru_cache(4096)
def _kind(name: str) -> str:
    words = normal(name)
    if _REGISTER.search(words):
        return "registry record"
    return "preprint" if _PREPRINT.search(words) else ""


def _words(name: str) -> list[str]:
    return [word for word in normal(name).split() if word not in _MINOR]


def _abbreviates(short: list[str], long: list[str]) -> bool:
    """Whether ``short`` is the initials of ``long`` or shortens each of its words."""
    if len(short) == 1 and short[0] == "".join(word[0] for word in long):
        return True
    return len(short) == len(long) and all(map(_shortens, short, long))


def _skips(short: list[str], long: list[str]) -> bool:
    """Whether ``short`` shortens words of ``long`` in order, the first one included."""
    rest = iter(long[1:])
    return _shortens(short[0], long[0]) and all(
        any(_shortens(word, whole) for whole in rest) for word in short[1:]
    )


def _shortens(short: str, whole: str) -> bool:
    """Whether a word is short for another: "natl" for "national"."""
    if whole.startswith(short):
        return True
    rest = iter(whole)
    return short[0] == whole[0] and all(letter in rest for letter in short)
