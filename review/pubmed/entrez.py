"""Bio.Entrez as our XML reader: offline, with a folder of its own, under a DTD that it has.

Biopython downloads a DTD that it does not know and makes a cache folder in HOME when it is first
used. Both fail on a locked-down server, so the folder is given and the DTD is always one on disk.
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from Bio import Entrez

_ADDRESS = "https://dtd.nlm.nih.gov/ncbi/pubmed/out/"
_NOWHERE = "it names a definition that is not on disk, and none is fetched"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_SEARCH = _HEAD + b'<!DOCTYPE eSearchResult SYSTEM "https://dtd.nlm.nih.gov/esearch.dtd">\n'
_LINKS = _HEAD + b'<!DOCTYPE eLinkResult SYSTEM "https://dtd.nlm.nih.gov/eLink_101123.dtd">\n'
_DECLARED = re.compile(rb"<!DOCTYPE\s[^>\[]*?([\w.-]+\.dtd)[\"']")
_PUBMED = re.compile(r"pubmed_\d{6}\.dtd")


def use_cache(folder: str | Path) -> None:
    """Let Biopython keep DTDs in ``folder`` (writable); call it once, before anything is read."""
    Entrez.local_cache = str(folder)  # type: ignore[assignment]
    if parser := sys.modules.get("Bio.Entrez.Parser"):
        parser.DataHandler.directory = str(folder)


@dataclass(frozen=True, slots=True)
class Dtd:
    """A PubMed DTD on disk; ``declared`` is false when the document named one we do not have."""

    path: Path
    declared: bool

    @property
    def doctype(self) -> bytes:
        """The line that makes Biopython open this very file."""
        name = f'<!DOCTYPE PubmedArticleSet SYSTEM "{_ADDRESS}{self.path.name}">'
        return _HEAD + name.encode() + b"\n"


def dtd_of(prolog: bytes) -> Dtd:
    """Find the DTD that a document declares before its root, else take the newest on disk.

    NLM publishes a DTD each December; pubmed.md section 2 shows what a new name did to Biopython.
    """
    match = _DECLARED.search(prolog)
    known = _on_disk()
    name = match[1].decode() if match else ""
    return Dtd(known.get(name, known[max(known)]), declared=name in known)


def search_tree(answer: bytes) -> Any:
    """Parse an eSearchResult under the DTD on disk; elements that it does not know are skipped.

    Raises ValueError if there is no eSearchResult, else as ``tree`` does.
    """
    start = answer.index(b"<eSearchResult")
    return tree(_SEARCH + answer[start:], validate=False)


def link_tree(answer: bytes) -> Any:
    """The same for an eLinkResult."""
    start = answer.index(b"<eLinkResult")
    return tree(_LINKS + answer[start:], validate=False)


def tree(document: bytes, *, validate: bool = True) -> Any:
    """Parse a whole document with its DOCTYPE; text comes with ``& < >`` as entities.

    Raises ValueError or RuntimeError (Biopython's own) for a document that it refuses.
    """
    if Entrez.local_cache is None:
        use_cache(tempfile.mkdtemp(prefix="winnow-entrez-"))
    _stay_offline()
    return Entrez.read(BytesIO(document), validate, escape=True)  # type: ignore[no-untyped-call]


def _stay_offline() -> None:
    """Keep Biopython from downloading a schema that a document names, without any time limit."""
    from Bio.Entrez import Parser

    Parser.urlopen = _refuse  # type: ignore[assignment,attr-defined]


def _refuse(address: str) -> NoReturn:
    raise ValueError(_NOWHERE)


def why(error: Exception) -> str:
    """Say why a document was refused, without Biopython's advice to programmers."""
    kind = type(error).__name__
    if kind == "ValidationError":
        return f"it holds <{getattr(error, 'name', '')}>, which PubMed's format does not have"
    if kind == "CorruptedXMLError":
        return f"its XML is damaged: {getattr(error, 'msg', '')}"
    return " ".join(str(error).split()) or kind


def _on_disk() -> dict[str, Path]:
    folders = [Path(Entrez.__path__[0]) / "DTDs"]
    if Entrez.local_cache:
        folders.append(Path(Entrez.local_cache) / "Bio" / "Entrez" / "DTDs")
    found = (path for folder in folders for path in folder.glob("pubmed_*.dtd"))
    return {path.name: path for path in found if _PUBMED.fullmatch(path.name)}
