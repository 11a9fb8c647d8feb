"""Whether a title is a translation or not in English: such a title is no evidence against."""

from __future__ import annotations

import re

_BRACKETED = re.compile(r"\s*\[[^\[\]]+\]\W*(\[[^\[\]]+\]\W*)?$")
# Words that no English title has. Two of them make a title foreign.
_GERMAN = "der die das und bei zur zum von mit für fur eine einer eines im des durch nach auf"
_FRENCH = "le les des du dans chez une pour sur avec et aux au par la de"
_SPANISH = "el los las del una para con por y en la de"
_ITALIAN = "il lo gli della dei delle nel nella di e un con per la"
_PORTUGUESE = "o os da do dos das em um uma para com e na no de"
_ENGLISH = "the of and in for with on to by from an at is are"
_OTHERS = tuple(
    frozenset(words.split()) for words in (_GERMAN, _FRENCH, _SPANISH, _ITALIAN, _PORTUGUESE)
)
_ANY = frozenset().union(*_OTHERS)
_ALL_ENGLISH = frozenset(_ENGLISH.split())


def foreign(text: str, words: str) -> bool:
    """Whether a title stands in brackets, as PubMed marks translations, or is not in English.

    ``words`` is the same title in normal form. A Latin title is foreign when it has two of the
    small words of one other language and more of them than English ones.
    """
    if _BRACKETED.match(text):
        return True
    if not words.isascii() and 3 * sum(not c.isascii() for c in words) > len(words):
        return True
    listed = words.split()
    if _ANY.isdisjoint(listed):
        return False
    most = max(sum(word in small for word in listed) for small in _OTHERS)
    return most > 1 and most > sum(word in _ALL_ENGLISH for word in listed)
