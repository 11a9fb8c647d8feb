"""Text as matching sees it: without markup, case, accents and punctuation."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import combining, normalize

from review.markup import plain

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"}
    | {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta"}
    | {"η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi"}
    | {"π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi"}
    | {"ω": "omega", "’": "'"}
)
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_NOT_WORD = re.compile(r"[\W_]+")
_BESIDE = bytes(code for code in range(128) if not chr(code).isalnum())
_SPACED = bytes(code if chr(code).isalnum() else 32 for code in range(128)) + bytes(128)
# Markup that sources leave in their text beside the five tags that are kept: <inf>2</inf>.
_TAG = re.compile(
    r"</?(?:(?:jats|mml):)?(?:inf|em|strong|small|span|font|tt|sc|italic|bold|title|math|mi|mo"
    r"|mn|mrow|msub|msup|mtext|mspace)(?:\s+[\w:-]+=(?:\"[^\"]*\"|'[^']*'))*\s*/?>",
    re.IGNORECASE,
)
# Letters that statistics programs write for those they cannot print: "Hrub<U+00FD>".
_CODED = re.compile(r"<U\+([0-9A-F]{4,6})>", re.IGNORECASE)
# Letters that UTF-8 gives when it is read as Latin: "KÃ¶nig" for "König".
_SIGNS = "ÃÂâÎÐ"
_GARBLED = re.compile(rf"[{_SIGNS}][\u0080-\u00ff\u2010-\u203a€ŠŽšžŸˆ˜™Œœƒ]")


def normal(text: str) -> str:
    """Give lower-case words: "Naltrexone's β-Effect" -> "naltrexones beta effect".

    Accents are dropped, Greek letters spelled out, as databases do either.
    """
    bare = _folded(text)
    if bare.isascii():
        return " ".join(bare.encode().translate(_SPACED, b"'").decode().split())
    return _NOT_WORD.sub(" ", bare.replace("'", "")).strip()


def solid(text: str) -> str:
    """Give the letters and digits alone, so that "low-dose" equals "lowdose"."""
    bare = _folded(text)
    if bare.isascii():
        return bare.encode().translate(None, _BESIDE).decode()
    return _NOT_WORD.sub("", bare)


def mend(text: str) -> str:
    """Undo what programs did to letters: "KÃ¶nig", "K<U+00F6>nig" -> "König"."""
    if "<U+" in text:
        text = _CODED.sub(lambda found: chr(min(int(found[1], 16), 0x10FFFF)), text)
    if text.isascii() or not any(sign in text for sign in _SIGNS) or not _GARBLED.search(text):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode()
        except UnicodeError:
            continue
    return text


def _folded(text: str) -> str:
    """Give lower-case text without markup, accents and Greek letters."""
    bare = plain(_TAG.sub("", mend(text))) if "<" in text or "&" in text else text
    if bare.isascii():
        return bare.lower()
    return _FOREIGN.sub(lambda found: _plain(found[0]), mend(bare).lower())


@cache
def _plain(letter: str) -> str:
    """Give one letter as ASCII where it is an accented, Greek or joined one."""
    parts = normalize("NFKD", letter.casefold())
    return "".join(c for c in parts if not combining(c)).translate(_LETTERS)
