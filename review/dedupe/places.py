"""Where a report stands: volume, issue and pages, however a source writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# A spreadsheet turns the pages 6-10 into 06-Oct and 10-15 into Oct-15.
_DATED = re.compile(rf"0?(\d+)[-/]({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)})[-/]0?(\d+)")
_LABEL = re.compile(r"\b(vol|volume|issue|iss|no|pp?|pages?|art|article|artn)\b\.?")
_UNPAGED = re.compile(r"\(?no pagination( specified)?\)?|no - specified|\bspecified\b")
_SUPPLEMENT = re.compile(r"suppl(?:ement|\b|\.)?[a-z]*\W*(\d+|[ivx]+\b)?|\bsup\b\W*(\d+)?|\bs\d")
_IN_VOLUME = re.compile(r"([^(]*\d[^(]*)\(([^)]*)\)?")  # "13 (2)" is volume and issue
_CUT = re.compile(r"\d+\)")  # the end of "25 (Suppl 3)"
_TOKEN = re.compile(r"([a-z]*)0*(\d+)")
_DASH = re.compile(r"\s*[-–—‐‑−]+\s*|\s+to\s+")
_LONGEST = 12  # letters: a longer volume or issue is other text


@dataclass(frozen=True, slots=True)
class Place:
    """``first`` and ``last`` page; ``supplement`` its number, or "?" when only that it is one.

    Empty is unknown, or no supplement.
    """

    volume: str
    issue: str
    first: str
    last: str
    supplement: str

    @property
    def regular(self) -> bool:
        """Whether it stands in a numbered issue that is no supplement."""
        return bool(self.issue) and not self.supplement


def place(volume: str, issue: str, pages: str) -> Place:
    """Read a place: ("Vol. 012", "2 Suppl 1", "S227-30") -> 12, 2, s227, s230, supplement.

    ("13 (2) (no pagination)", "e0192222", "") has its issue in the volume, its page in the issue.
    """
    volume, issue, pages = (_undated(text) for text in (volume, issue, pages))
    told = _SUPPLEMENT.search(f"{volume} {issue} {pages}")
    supplement = (told[1] or told[2] or "?") if told else ""
    if inside := _IN_VOLUME.fullmatch(volume):
        pages = pages or issue
        volume, issue = inside.groups()
    first, last = _pages(pages)
    return Place(_number(volume), _number(issue), first, last, supplement)


def same(a: str, b: str) -> bool:
    """Whether both are known and equal."""
    return bool(a) and a == b


def differ(a: str, b: str) -> bool:
    """Whether both are known and not equal."""
    return bool(a and b) and a != b


def volumes_same(a: Place, b: Place) -> bool:
    """Whether both volumes are known and equal, or one side has mixed up volume and issue."""
    return same(a.volume, b.volume) or _mixed_up(a, b)


def volumes_differ(a: Place, b: Place) -> bool:
    """Whether both volumes are known and other ones."""
    return differ(a.volume, b.volume) and not _mixed_up(a, b)


def issues_differ(a: Place, b: Place) -> bool:
    """Whether both issues, or both supplements, have numbers, and other ones."""
    numbered = "?" not in (a.supplement, b.supplement)
    issue = differ(a.issue, b.issue) and not _mixed_up(a, b)
    return issue or (numbered and differ(a.supplement, b.supplement))


def pages_same(a: Place, b: Place) -> bool:
    """Whether first pages are known and equal; in a supplement with or without its S."""
    if a.supplement and b.supplement:
        return same(a.first.lstrip("s"), b.first.lstrip("s"))
    return same(a.first, b.first)


def pages_differ(a: Place, b: Place) -> bool:
    """Whether first pages are known and other ones.

    Not when the last pages agree (a typing error in the first), and not when one side numbers
    the pages of an article from 1 where the other gives the article's number.
    """
    if not differ(a.first, b.first) or pages_same(a, b) or (a.last and a.last == b.last):
        return False
    return not (_counted(a) and not b.last) and not (_counted(b) and not a.last)


def _mixed_up(a: Place, b: Place) -> bool:
    return same(a.volume, b.issue) and same(a.issue, b.volume)


def _counted(one: Place) -> bool:
    return one.first == "1" and bool(one.last)


def _undated(text: str) -> str:
    lower = text.strip().lower()
    if not lower or lower.isdigit():
        return lower
    lower = _UNPAGED.sub("", lower).strip()
    dated = _DATED.fullmatch(lower)
    if not dated:
        return lower
    if dated[1]:
        return f"{dated[1]}-{_MONTHS.index(dated[2]) + 1}"
    return f"{_MONTHS.index(dated[3]) + 1}-{dated[4]}"


def _number(text: str) -> str:
    """Give the number of a volume or issue: "2 Suppl 1" -> "2", "Suppl 1" -> "", "xii" stays."""
    if text.isdigit():
        return text.lstrip("0")
    bare = _LABEL.sub(" ", text).strip()
    if not bare or _CUT.fullmatch(bare) or _SUPPLEMENT.match(bare):
        return ""
    if found := re.match(r"\W*0*(\d+)", bare) or re.search(r"\W0*(\d+)$", bare):
        return found[1]
    letters = re.sub(r"[\W_]+", "", bare)
    return letters if len(letters) <= _LONGEST else ""


def _pages(text: str) -> tuple[str, str]:
    """Give first and last page; a shortened last page is filled up: 529-38 -> 529, 538."""
    if not text:
        return "", ""
    parts = _DASH.split(re.split(r"[,;+]", _LABEL.sub(" ", text).strip())[0].strip())
    first, last = _page(parts[0]), _page(parts[1]) if len(parts) > 1 else ""
    digits = first.lstrip("abcdefghijklmnopqrstuvwxyz")
    if last.isdigit() and len(last) < len(digits):
        last = f"{first[: len(first) - len(last)]}{last}"
    elif last.isdigit() and first != digits:
        last = f"{first.removesuffix(digits)}{last}"
    return first, last


def _page(text: str) -> str:
    """Give one page: "S0227" -> "s227", "e158" -> "158" as only online pages have an e."""
    found = _TOKEN.match(text.replace(" ", "").replace(".", ""))
    if not found:
        return re.sub(r"[\W_]+", "", text)
    return found[2] if found[1] == "e" else found[1] + found[2]
