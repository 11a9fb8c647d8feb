"""Numbers of a title, which tell the parts and editions of a work apart."""

from __future__ import annotations

import re
from collections import Counter

_SPELLED = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_SPELLED |= {"seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12"}
_SPELLED |= {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6"}
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")
_NUMBERED = frozenset(
    ["part", "type", "phase", "stage", "grade", "class", "factor", "study", "volume"]
)
_TELLING = re.compile(
    rf"\d|\b({'|'.join(_SPELLED)}|{'|'.join(_NUMBERED)}|x{{0,3}}(ix|iv|v?i{{1,3}})|x{{1,3}}v?)\b"
)
_NONE: frozenset[tuple[str, int]] = frozenset()


def numbers(words: str) -> frozenset[tuple[str, int]]:
    """Count the numbers of a normal title: digits, roman numerals, spelled ones, lettered parts.

    "Part II", "part 2" and "second part" have the same number. A lone "v" or "x" counts only
    behind a word that is numbered, since "v" is also "versus"; an "i" before digits is iodine.
    """
    if not _TELLING.search(words):
        return _NONE
    found: Counter[str] = Counter()
    listed = words.split()
    for before, word, behind in zip(["", *listed], listed, [*listed[1:], ""], strict=False):
        numbered = before in _NUMBERED
        if digits := re.findall(r"\d+", word):
            found.update(str(int(number)) for number in digits)
        elif word in _SPELLED:
            found[_SPELLED[word]] += 1
        elif (roman := _ROMAN.fullmatch(word)) and (word not in ("v", "x") or numbered):
            if not (word == "i" and behind.isdigit()):
                found[_arabic(roman)] += 1
        elif numbered and len(word) == 1:
            found[word] += 1
    return frozenset(found.items())


def _arabic(roman: re.Match[str]) -> str:
    tens, units = roman.groups()
    fixed = {"ix": 9, "iv": 4}
    return str(10 * len(tens) + fixed.get(units, 5 * units.count("v") + units.count("i")))
