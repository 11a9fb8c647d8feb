"""Text of a file as our text: clean lines, and inline markup for titles and abstracts.

``inline`` reads plain text, text with entities and text with the few tags that vendors use;
``outgoing`` writes inline markup so that ``inline`` reads the same again.
"""

from __future__ import annotations

import re
from html import escape, unescape

from review.markup import ALLOWED, plain

# Not text: C0 controls but white space, DEL, lone surrogates, non-characters.
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_MARK = "\ufeff"  # a byte order mark, also in the middle of files that were put together
_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_SIGNS = re.compile("[<>&]")
_SPACE = re.compile("[ \t\r\n\x0b\x0c\x85\u2028\u2029]+")  # a no-break space was set on purpose
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});")

_SAME = {"em": "i", "italic": "i", "strong": "b", "bold": "b", "inf": "sub", "underline": "u"}
_MARKED = "|".join((*ALLOWED, *_SAME))
_BLOCK = "abstract|br|div|label|list|list-item|p|sec|section|span|title"
_ATTRIBUTES = r"""(?:\s+[\w:-]+=(?:"[^"<>]*"|'[^'<>]*'))*\s*/?"""
_TAG = re.compile(rf"<(/?)(?:jats:)?(?:({_MARKED})|(?:{_BLOCK})){_ATTRIBUTES}>", re.IGNORECASE)
BLOCK = re.compile(rf"</?(?:jats:)?(?:{_BLOCK}){_ATTRIBUTES}>", re.IGNORECASE)
_OURS = re.compile(rf"</?(?:{'|'.join(ALLOWED)})>", re.IGNORECASE)


def clean(text: str) -> str:
    """Take out what no text holds; Windows-1252 characters that were read as controls come back."""
    if text.isprintable():
        return text
    text = _C1.sub(lambda found: found[0].encode("latin-1").decode("cp1252", "ignore"), text)
    return CONTROL.sub("", text.replace(_MARK, ""))


def one_line(text: str) -> str:
    """Clean text on one line, with single spaces."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACE.sub(" ", clean(text)).strip()


def plain_line(text: str) -> str:
    """Read a field that has no markup: one line, entities as the characters that they stand for."""
    text = one_line(text)
    return one_line(_ENTITY.sub(_character, text)) if "&" in text else text


def outgoing_line(text: str) -> str:
    """Write a field that has no markup so that ``plain_line`` reads the same."""
    line = one_line(text)
    return line if plain_line(line) == line else line.replace("&", "&amp;")


def inline(text: str) -> str:
    """Turn a file's text into inline markup; tags that nobody uses in titles stay as text."""
    text = one_line(text)
    if not _SIGNS.search(text):
        return text
    out: list[str] = []
    end = 0
    for tag in _TAG.finditer(text):
        out.append(_decoded(text[end : tag.start()]))
        name = (tag[2] or "").lower()
        out.append(f"<{tag[1]}{_SAME.get(name, name)}>" if name else " ")
        end = tag.end()
    out.append(_decoded(text[end:]))
    return _SPACE.sub(" ", "".join(out)).strip()


def outgoing(markup: str) -> str:
    """Write inline markup into a file: plain text and our tags, entities only where needed."""
    if not _SIGNS.search(markup):
        return one_line(markup)
    out: list[str] = []
    end = 0
    for tag in _OURS.finditer(markup):
        out.append(_encoded(markup[end : tag.start()]))
        out.append(tag[0].lower())
        end = tag.end()
    out.append(_encoded(markup[end:]))
    return one_line("".join(out))


def _decoded(text: str) -> str:
    return escape(clean(_ENTITY.sub(_character, text)), quote=False)


def _character(entity: re.Match[str]) -> str:
    return unescape(entity[0])


def _encoded(text: str) -> str:
    readable = clean(plain(text))
    safe = escape(readable, quote=False)
    return readable if _decoded(readable) == safe and not _TAG.search(readable) else safe
