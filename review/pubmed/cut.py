"""Cut a batch into the XML of its records, byte for byte, however damaged one of them is.

Looking for the tags that begin and end a record needs no well-formed document, so that one bad
record cannot take its 199 neighbours with it, and what is stored is what PubMed sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lxml import etree

_EDGE = re.compile(rb"<(/?)(PubmedArticle|PubmedBookArticle)(?:\s[^>]*)?>")
_SET = re.compile(rb"<(PubmedArticleSet|PubmedBookArticleSet)\b")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding=[\"']([\w.:-]+)[\"']")
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)[^;\s]{0,40};?")
_ENDLESS_TAG = re.compile(rb"<[^<>]{20000}")
_PMID = re.compile(rb"<PMID[^>]*>\s*(\d{1,10})\s*</PMID>")


def as_utf8(xml: bytes) -> bytes:
    """Give the document in UTF-8 without a byte order mark; NCBI's own already is."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return xml.decode("utf-16").encode()
    match = _ENCODING.match(xml)
    if match and match[1].lower() not in (b"utf-8", b"us-ascii"):
        return xml.decode(match[1].decode(), "replace").encode()
    return xml.removeprefix(b"\xef\xbb\xbf")


def prolog(xml: bytes) -> bytes | None:
    """Give what stands before the set of records; None when this is no set of PubMed records."""
    match = _SET.search(xml) or _EDGE.search(xml)
    return xml[: match.start()] if match else None


def pieces(xml: bytes) -> Iterator[bytes]:
    """Yield each record's bytes in order; one that never ends goes up to the next or the end."""
    start = None
    for edge in _EDGE.finditer(xml):
        if edge[1]:
            if start is not None:
                yield xml[start : edge.end()]
            start = None
            continue
        if start is not None:
            yield xml[start : edge.start()].rstrip()
        start = edge.start()
    if start is not None:
        yield xml[start:].rstrip()


def pmid_of(piece: bytes) -> str:
    """Find a record's own PMID without parsing; "" when there is none."""
    match = _PMID.search(piece)
    return match[1].decode() if match else ""


def fingerprint(piece: bytes) -> str:
    """SHA-256 of the record's canonical XML (C14N 2.0): indentation and attribute order are out."""
    try:
        canonical = etree.tostring(_element(piece), method="c14n2", strip_text=True)
    except (etree.XMLSyntaxError, ValueError):
        canonical = piece
    return hashlib.sha256(canonical).hexdigest()


def pruned(piece: bytes, dtd: Path) -> bytes:
    """Drop the elements that ``dtd`` does not allow where they stand, for a newer DTD's records.

    Elements inside text are left alone: their words are the record's words.
    """
    try:
        root = _element(piece)
    except etree.XMLSyntaxError:
        return piece
    allowed = _children(dtd)
    for parent in list(root.iter(etree.Element)):
        wanted = allowed.get(str(parent.tag))
        if wanted is not None:
            for child in [child for child in parent if not _fits(child, wanted)]:
                parent.remove(child)
    return bytes(etree.tostring(root, encoding="utf-8", with_tail=False))


def unknown_entity(piece: bytes) -> str:
    """Name an entity that XML itself does not define; Biopython would drop it without a word."""
    match = _ENTITY.search(piece)
    return match[0].decode("utf-8", "replace") if match else ""


def has_endless_tag(piece: bytes) -> bool:
    """Whether a tag is longer than any of PubMed's; libxml2 sorts attributes in quadratic time."""
    return _ENDLESS_TAG.search(piece) is not None


def _fits(child: etree._Element, wanted: frozenset[str]) -> bool:
    """Formulas have a namespace and a DTD of their own."""
    return child.tag in wanted or str(child.tag).startswith("{")


def _element(piece: bytes) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True
    )
    return etree.fromstring(piece, parser)


@lru_cache(maxsize=4)
def _children(dtd: Path) -> dict[str, frozenset[str]]:
    """For each element that holds only elements, the names it may hold."""
    declared = etree.DTD(file=str(dtd)).iterelements()
    return {found.name: _names(found.content) for found in declared if found.type == "element"}


def _names(content: etree._DTDElementContentDecl | None) -> frozenset[str]:
    if content is None:
        return frozenset()
    if content.type == "element":
        return frozenset({content.name})
    return _names(content.left) | _names(content.right)
