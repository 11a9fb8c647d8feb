"""PubMed's own text format ("PubMed" or .nbib), also as ERIC and others write it.

A tag is up to four letters, filled up with spaces, and "- "; six spaces go on with the line
before. An entry begins at PMID-, or after an empty line where a file has no PMIDs.
Source: NLM, "MEDLINE/PubMed data element (field) descriptions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.imports.blocks import Block
from review.imports.cells import Cell, citation
from review.imports.entry import Entry
from review.imports.source import Source
from review.imports.tags import Table, to_cells
from review.pubmed.identifiers import is_data_bank

MARK = re.compile(r"PMID- ")
_TAG = re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)", re.DOTALL)
_BANKED = re.compile(r"([\w.-]+)/(.+)")
_NOTICED = re.compile(r"(.*?)(?:\.? ?PMID: (\d{1,9}))?\.?", re.DOTALL)

TABLE: Table = {
    "title": ("TI",),
    "book": ("BTI",),
    "original title": ("TT",),
    "author": ("author",),
    "abstract": ("AB",),
    "journal": ("TA", "JT"),
    "published": ("DP",),
    "volume": ("VI",),
    "issue": ("IP",),
    "pages": ("PG",),
    "pmid": ("PMID",),
    "pmcid": ("PMC",),
    "language": ("LA",),
    "mesh": ("MH",),
    "keyword": ("OT",),
    "type": ("PT",),
    "issn": ("IS",),
    "publisher": ("PB",),
    "affiliation": ("AD",),
    "note": ("GN",),
}

# PubMed's tags of comments and corrections, and the RefType that its XML has for the same.
NOTICES = {
    "CIN": "CommentIn",
    "CON": "CommentOn",
    "CRF": "CorrectedandRepublishedFrom",
    "CRI": "CorrectedandRepublishedIn",
    "DRIN": "DatasetIn",
    "DDIN": "DatasetDescribedIn",
    "ECF": "ExpressionOfConcernFor",
    "ECI": "ExpressionOfConcernIn",
    "EFR": "ErratumFor",
    "EIN": "ErratumIn",
    "ORI": "OriginalReportIn",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "RPF": "RepublishedFrom",
    "RPI": "RepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "RRI": "RetractedandRepublishedIn",
    "SPIN": "SummaryForPatientsIn",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}
# Housekeeping of PubMed's, and SO, which repeats journal, date, volume and pages.
PASSED_OVER = frozenset(
    ["CRDT", "DCOM", "EDAT", "MHDA", "OTO", "OWN", "PHST", "PST", "SB", "SO", "STAT"]
)


def read(source: Source) -> Iterator[Entry]:
    """Yield the entries of a file in PubMed's text format."""
    source.mark = MARK
    for block in _blocks(source):
        pairs = [(tag, " ".join(value.split("\n"))) for tag, value in block.pairs() if value]
        if not any(tag == "PMID" for tag, _ in pairs):
            source.marks += 1
        if not any(tag not in PASSED_OVER for tag, _ in pairs):
            source.problems.add("This entry is empty.", "It was left out.", block.line)
            continue
        yield Entry(citation(_cells(pairs)), block.line)


def _blocks(source: Source) -> Iterator[Block]:
    block: Block | None = None
    for number, line in source.lines():
        tag = _TAG.match(line)
        if tag and (block is None or tag[1] == "PMID" or block.after_blank):
            if block is not None:
                yield block
            block = Block(number)
        if block is None:
            if line.strip():
                what = "This line stands before the first entry."
                source.problems.add(what, "It was left out.", number)
        elif tag:
            block.begin(tag[1], tag[2])
        else:
            block.go_on(line.strip())
    if block is not None:
        yield block


def _cells(pairs: list[tuple[str, str]]) -> list[Cell]:
    full = {tag for tag, _ in pairs}
    languages = ", ".join(value for tag, value in pairs if tag == "LA")
    kept = [
        (tag, value)
        for tag, value in pairs
        if tag not in PASSED_OVER and tag != "LA" and not (tag == "AU" and "FAU" in full)
    ]
    cells = to_cells((cell for pair in kept for cell in _named(*pair)), TABLE)
    return [*cells, ("language", languages)]


def _named(tag: str, value: str) -> Iterator[tuple[str, str]]:
    """Name the values whose tag alone does not say what they are."""
    if tag in ("AID", "LID"):
        number, _, kind = value.rpartition(" ")
        yield {"[doi]": "doi", "[bookaccession]": "identifier"}.get(kind, kind.strip("[]")), number
    elif tag in ("FAU", "AU", "CN"):  # in the order of the byline
        yield "author", f"{value}," if tag == "CN" else value
    elif tag == "FED":
        yield "editor", value
    elif tag == "SI":
        banked = _BANKED.fullmatch(value)
        if banked and is_data_bank(banked[1]):
            yield tag, value
        else:
            yield "registration", banked[2] if banked else value
    elif tag == "LR":
        yield "revised", f"{value[:4]}-{value[4:6]}-{value[6:8]}"
    elif tag in NOTICES:
        said = _NOTICED.fullmatch(value)
        words, pmid = (said[1], said[2] or "") if said else (value, "")
        yield "notice", f"{NOTICES[tag]} | {pmid} | {words}"
    else:
        yield tag, value
