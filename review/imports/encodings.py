"""Which characters the bytes of a file stand for: guessed, stated, and never silently wrong.

A byte order mark decides; then UTF-8 if the whole file is; then Windows-1252, unless the letters
do not look like any Western text, when nobody but the person can know.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
UTF8 = "utf-8"

# What people may choose, with the words for it. All are Python's codecs.
ENCODINGS = {
    UTF8: "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Windows Western (1252)",
    "latin-1": "Latin-1 (ISO 8859-1)",
    "cp1250": "Windows Central European (1250)",
    "cp1251": "Windows Cyrillic (1251)",
    "cp1253": "Windows Greek (1253)",
    "cp1254": "Windows Turkish (1254)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC)",
    "euc_kr": "Korean (EUC)",
    "mac_roman": "Old Macintosh",
}

_SAME = {"iso8859-1": "latin-1", "ascii": UTF8, "gb2312": "gb18030", "gbk": "gb18030"}
_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding=[\"']([\w.:-]{1,40})[\"']")
_ESCAPED = re.compile("[\udc80-\udcff]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """``name`` is a Python codec, "" when nothing fits and a person must choose.

    ``why`` says how it was found; when not ``sure``, show some names and ask.
    """

    name: str
    why: str
    sure: bool = True

    @property
    def words(self) -> str:
        """Name for people."""
        return ENCODINGS.get(self.name, self.name)


def guess(data: BinaryIO) -> Encoding:
    """Say how the bytes of a file are to be read; the file is left at its beginning."""
    data.seek(0)
    head = data.read(4096)
    data.seek(0)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, "The file says so at its beginning.")
    if half := _half_nul(head):
        return Encoding(half, "Every other byte is empty, as in UTF-16.")
    declared = _DECLARED.search(head)
    if declared and (name := _codec(declared[1])):
        return Encoding(name, "The file declares it.")
    return _by_content(data)


def _by_content(data: BinaryIO) -> Encoding:
    good, bad, sample, undefined = _scan(data)
    if not bad:
        return Encoding(UTF8, "All of it is valid UTF-8.")
    if good >= bad:
        return Encoding(UTF8, "Most of it is UTF-8, but not all.")
    if _looks_western(sample):
        name = "latin-1" if undefined else "cp1252"
        return Encoding(name, "It is not UTF-8, and its letters look Western European.", sure=False)
    why = "It is not UTF-8, and its letters do not look Western European."
    return Encoding("", why, sure=False)


def _scan(data: BinaryIO) -> tuple[int, int, bytes, bool]:
    """Count valid characters beyond ASCII and bytes that are not UTF-8; give some of the latter."""
    decoder = codecs.getincrementaldecoder(UTF8)("surrogateescape")
    good, bad, sample, undefined = 0, 0, b"", False
    while chunk := data.read(CHUNK):
        text = decoder.decode(chunk)
        if chunk.isascii():
            continue
        wrong = len(_ESCAPED.findall(text))
        bad += wrong
        good += sum(len(run) for run in re.findall(r"[^\x00-\x7f]+", text)) - wrong
        undefined = undefined or bool(_UNDEFINED.search(chunk))
        if len(sample) < CHUNK:
            sample += chunk
    bad += len(decoder.decode(b"", final=True))
    data.seek(0)
    return good, bad, sample, undefined


def _looks_western(sample: bytes) -> bool:
    """In Western text letters beyond ASCII stand alone; in other scripts they come in runs."""
    runs = _HIGH.findall(sample)
    alone = sum(len(run) <= 2 for run in runs)
    return alone >= 0.8 * len(runs)


def _half_nul(head: bytes) -> str:
    if len(head) < 8 or b"\0" not in head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 0.4 * len(head) / 2 > even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * len(head) / 2 > odd else ""


def _codec(name: bytes) -> str:
    try:
        found = codecs.lookup(name.decode()).name
    except LookupError:
        return ""
    found = _SAME.get(found, found)
    return found if found in ENCODINGS else ""
