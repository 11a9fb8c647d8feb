"""XML cut into its entries before anything parses it, so that one bad entry stands alone.

Looking for the tags of an entry needs no well-formed document, follows no entity and opens no
address; every piece is then parsed on its own, without a document type. What is left of attacks
by XML is a piece that does not parse, and that is a problem with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree

from review.imports.entry import Refused
from review.imports.limits import LONGEST_VALUE
from review.imports.source import Source

_LONGEST_TAG = 300
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z\d]{1,31};)")
_BARE = re.compile(r"&(?![A-Za-z#][A-Za-z\d]{0,31};)")
_ENTITIES = re.compile(r"<!ENTITY", re.IGNORECASE)

HOSTILE = (
    "This XML defines entities of its own, which can make it grow without end or read other files. "
    "No export of a database does that. Nothing was read."
)


def pieces(source: Source, tag: str) -> Iterator[tuple[int, str]]:
    """Yield each ``<tag>…</tag>`` with the line where it begins.

    One that never ends goes up to the next, or to the end. Raises Refused for XML with entities.
    """
    edges = re.compile(rf"<(/?)(?:{tag})(?:\s[^<>]{{0,{_LONGEST_TAG}}})?>")
    held: list[str] = []
    line = begun = 1
    for text, edge in _tokens(source, edges):
        if not held and _ENTITIES.search(text):
            raise Refused(HOSTILE)
        if held:
            held.append(text)
        line += text.count("\n")
        if edge and not edge[1]:
            if held:
                yield begun, "".join(held)
            held, begun = [edge[0]], line
            source.marks += 1
        elif edge and held:
            yield begun, "".join([*held, edge[0]])
            held = []
        line += edge[0].count("\n") if edge else 0
    if held:
        yield begun, "".join(held)


def _tokens(source: Source, edges: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield text and the edge behind it; a tag that two pieces share is put together first."""
    rest = ""
    for piece in source.pieces():
        text, end = rest + piece, 0
        for edge in edges.finditer(text):
            yield text[end : edge.start()], edge
            end = edge.end()
        cut = text.rfind("<", max(end, len(text) - _LONGEST_TAG * 2))
        cut = cut if cut >= 0 and ">" not in text[cut:] else len(text)
        yield text[end:cut], None
        rest = text[cut:]
    yield rest, None


def element(piece: str) -> etree._Element:
    """Parse one entry. Raises ValueError with the reason when it is damaged."""
    if len(piece) > 2 * LONGEST_VALUE:
        raise ValueError("it is too long")
    text = _BARE.sub("&amp;", _NAMED_ENTITY.sub(_known, piece))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error.msg)) from None


def texts(parent: etree._Element, *paths: str) -> Iterator[str]:
    """Yield the text of the elements at these paths, without the empty ones."""
    for path in paths:
        for found in parent.iterfind(path):
            if text := "".join(found.itertext()).strip():
                yield text


def _known(found: re.Match[str]) -> str:
    """Turn an entity of HTML into its character; one that nobody knows stays as text."""
    text = unescape(found[0])
    return f"&amp;{found[1]}" if text == found[0] else text
