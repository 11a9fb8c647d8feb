"""Ways into the tree that Bio.Entrez gives, where anything may be absent."""

from __future__ import annotations

from typing import Any

from review.pubmed.inline import bare, inline


def at(node: Any, *path: str) -> Any:
    """Follow names down; None as soon as one is missing."""
    for name in path:
        if not isinstance(node, dict) or name not in node:
            return None
        node = node[name]
    return node


def many(node: Any, *path: str) -> list[Any]:
    """Follow names down to a list; [] if missing, [x] if the DTD allowed only one."""
    found = at(node, *path)
    if found is None:
        return []
    return list(found) if isinstance(found, list) else [found]


def text(node: Any, *path: str) -> str:
    """Words without markup; "" if missing."""
    found = at(node, *path)
    return bare(found) if isinstance(found, str) else ""


def markup(node: Any, *path: str) -> str:
    """Words as inline markup; "" if missing."""
    found = at(node, *path)
    return inline(found) if isinstance(found, str) else ""


def attribute(node: Any, name: str) -> str:
    """Give an XML attribute's value; "" if missing."""
    return " ".join(str(getattr(node, "attributes", {}).get(name, "")).split())
