"""PubMed's text as our inline markup: one line, entities, no tags but i, b, sup, sub and u."""

from __future__ import annotations

import re

from review.markup import ALLOWED, plain
from review.pubmed import mathml

_MATH = re.compile(r"<math\b[^<>]*>.*?</math>", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)[^<>]*>")
_SPACE = re.compile(r"[ \t\r\n]+")  # not \s: a no-break or thin space was set on purpose


def inline(text: str) -> str:
    """Clean a string as Bio.Entrez gives it with ``escape=True``."""
    text = _MATH.sub(lambda found: mathml.flat(found[0]), text)
    out: list[str] = []
    end = 0
    for tag in _TAG.finditer(text):
        out.append(_bare(text[end : tag.start()]))
        if tag[2].lower() in ALLOWED:
            out.append(f"<{tag[1]}{tag[2].lower()}>")
        end = tag.end()
    out.append(_bare(text[end:]))
    return _SPACE.sub(" ", "".join(out)).strip()


def bare(text: str) -> str:
    """Clean a string and drop all markup: for names, keywords and identifiers."""
    return plain(inline(text))


def _bare(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")
