"""Inline markup of titles and abstracts: i, b, sup, sub and u, everything else is text.

Sources send text with entities and a few tags. It is stored as it came; these functions are the
only way from it to a page (``html``) or to a comparison (``plain``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

ALLOWED = ("i", "b", "sup", "sub", "u")
_TAG = re.compile(rf"<(/?)({'|'.join(ALLOWED)})>", re.IGNORECASE)


def from_plain(text: str) -> str:
    """Turn text that has no markup (typed by hand) into inline markup."""
    return escape(text, quote=False)


def plain(text: str) -> str:
    """Strip the allowed tags and decode entities: what a person reads, for search and matching."""
    return "".join(unescape(part) for part in _parts(text))


def html(text: str) -> str:
    """Render any string as safe HTML: allowed tags stay and are balanced, the rest is escaped."""
    out: list[str] = []
    still_open: list[str] = []
    end = 0
    for match in _TAG.finditer(text):
        out.append(escape(unescape(text[end : match.start()])))
        out.append(_tag(bool(match[1]), match[2].lower(), still_open))
        end = match.end()
    out.append(escape(unescape(text[end:])))
    out.extend(f"</{name}>" for name in reversed(still_open))
    return "".join(out)


def _parts(text: str) -> Iterator[str]:
    """Give the text between tags; an entity never reaches across one."""
    end = 0
    for match in _TAG.finditer(text):
        yield text[end : match.start()]
        end = match.end()
    yield text[end:]


def _tag(closing: bool, name: str, still_open: list[str]) -> str:
    if not closing:
        still_open.append(name)
        return f"<{name}>"
    if name not in still_open:
        return ""
    closed: list[str] = []
    while (last := still_open.pop()) != name:
        closed.append(f"</{last}>")
    return "".join(closed) + f"</{name}>"
