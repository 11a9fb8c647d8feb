"""Inline markup of titles and abstracts: i, b, sup, sub and u, everything else is text.

Sources send text with entities and a few tags. It is stored as it came; these functions are the
only way from it to a page (``html``) or to a comparison (``plain``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape

Span = tuple[int, int, str]  # start, end, class
ALLOWED = ("i", "b", "sup", "sub", "u")
_TAG = re.compile(rf"<(/?)({'|'.join(ALLOWED)})>", re.IGNORECASE)


def from_plain(text: str) -> str:
    """Turn text that has no markup (typed by hand) into inline markup."""
    return escape(text, quote=False)


def plain(text: str) -> str:
    """Strip the allowed tags and decode entities: what a person reads, for search and matching."""
    return "".join(unescape(part) for part in _parts(text))


def html(text: str, marks: Sequence[Span] = ()) -> str:
    """Render any string as safe HTML: allowed tags stay and are balanced, the rest is escaped.

    ``marks`` are spans of ``plain(text)``, in order and apart; each becomes a ``mark`` of its
    class, several where tags cut it.
    """
    out: list[str] = []
    still_open: list[str] = []
    end = at = 0
    for match in _TAG.finditer(text):
        part = unescape(text[end : match.start()])
        out += [_marked(part, at, marks), _tag(bool(match[1]), match[2].lower(), still_open)]
        end, at = match.end(), at + len(part)
    out.append(_marked(unescape(text[end:]), at, marks))
    out.extend(f"</{name}>" for name in reversed(still_open))
    return "".join(out)


def _marked(part: str, at: int, marks: Sequence[Span]) -> str:
    """Escape the part of the text that begins ``at``, with what is marked in it."""
    out: list[str] = []
    end = 0
    for first, last, kind in marks:
        start, stop = max(first - at, end), min(last - at, len(part))
        if start < stop:
            inside = f'<mark class="{kind}">{escape(part[start:stop])}</mark>'
            out += [escape(part[end:start]), inside]
            end = stop
    return "".join(out) + escape(part[end:])


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
