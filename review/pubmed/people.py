"""Authors: persons in printed order, and groups that sign as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from review.citation import Author
from review.pubmed.nodes import attribute, text


def authors(nodes: Iterable[Any]) -> tuple[Author, ...]:
    """Read an AuthorList. A name that PubMed marks as misspelt (ValidYN="N") is left out."""
    valid = (node for node in nodes if attribute(node, "ValidYN") != "N")
    return tuple(found for found in map(_author, valid) if found.last)


def _author(node: Any) -> Author:
    if group := text(node, "CollectiveName"):
        return Author(last=group, group=True)
    fore = text(node, "ForeName")
    initials = text(node, "Initials") or "".join(part[0] for part in fore.split())
    return Author(
        last=text(node, "LastName"),
        fore=fore,
        initials=f"{initials} {text(node, 'Suffix')}".strip(),  # PubMed prints "King ML Jr"
    )
