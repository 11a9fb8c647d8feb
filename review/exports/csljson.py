"""CSL-JSON: a list of items, one on each line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from review.citation import Citation
from review.exports.cells import Cells, kind_of
from review.imports.csljson import KINDS
from review.imports.lists import joined, parted

_FIELDS = {
    "title": "title",
    "original-title": "original title",
    "abstract": "abstract",
    "volume": "volume",
    "issue": "issue",
    "page": "pages",
    "DOI": "doi",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "URL": "url",
    "language": "language",
    "archive_location": "identifier",
}


def write(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield the text of a CSL-JSON file, one item at a time."""
    before = "[\n"
    for number, citation in enumerate(citations, start=1):
        yield before + json.dumps(_item(number, citation), ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def _item(number: int, citation: Citation) -> dict[str, Any]:
    cells = Cells(citation)
    is_chapter = cells.has("book")
    kind = kind_of(citation.publication_types, KINDS, "article-journal")
    item: dict[str, Any] = {
        "id": citation.identifier or str(number),
        "type": "chapter" if is_chapter else kind,
    }
    item |= {key: text for key, name in _FIELDS.items() if (text := cells.one(name))}
    where = {"container-title": cells.one("book"), "collection-title": cells.one("journal")}
    if not is_chapter:
        where = {"container-title": where["collection-title"]}
    item |= {key: text for key, text in where.items() if text}
    item |= _issued(cells.one("year"), cells.one("published"))
    lists = {
        "author": [_name(name) for name in cells.all("author")],
        "keyword": joined(cells.keywords(), partial(parted, commas=True)),
        "genre": joined(cells.all("type")),
        "note": "\n".join(cells.notes()),
    }
    return item | {key: value for key, value in lists.items() if value}


def _issued(year: str, published: str) -> dict[str, Any]:
    issued: dict[str, Any] = {"date-parts": [[int(year)]]} if year else {}
    issued |= {"literal": published} if published else {}
    return {"issued": issued} if issued else {}


def _name(name: str) -> dict[str, str]:
    """A name in parts; a group's, which ends with a comma, as it stands."""
    if name.endswith(","):
        return {"literal": name.removesuffix(",")}
    return dict(zip(("family", "given", "suffix"), name.split(", "), strict=False))
