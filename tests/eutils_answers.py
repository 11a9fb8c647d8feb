"""What the local E-utilities answer: XML documents written as NCBI writes them.

Shapes and limits are those described in NCBI's E-utilities help and seen in public bug reports:
ESearch lists at most 9,999 PubMed records, EFetch leaves out what it does not have in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

MOST = 9_999
ENTERED = date(2020, 1, 1)  # when a record entered PubMed that does not say it
DTD = "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd"
_ENTREZ = re.compile(
    rb'<PubMedPubDate PubStatus="entrez">\s*<Year>(\d+)</Year>\s*'
    rb"<Month>(\d+)</Month>\s*<Day>(\d+)</Day>"
)
HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'


@dataclass(frozen=True)
class Reply:
    """An HTTP answer before it is sent; ``send`` replaces the plain way of writing it."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})
    send: Callable[..., None] | None = None


@dataclass(frozen=True)
class Matches:
    """What a query finds, and what PubMed says about the query."""

    pmids: tuple[str, ...]
    translation: str = ""
    errors: tuple[tuple[str, str], ...] = ()  # ("PhraseNotFound", "nonsense")
    warnings: tuple[tuple[str, str], ...] = ()


def entered(record: bytes) -> date | None:
    """The record's entrez date: when it entered PubMed."""
    found = _ENTREZ.search(record)
    return date(*(int(part) for part in found.groups())) if found else None


def entrez_dates(params: dict[str, str]) -> Callable[[date], bool] | None:
    """Whether a day lies within the dates of a request; None when the request sets no dates.

    NCBI overlooks a limit without both of its ends. Only entrez dates are known here, as YYYY,
    YYYY/MM or YYYY/MM/DD.
    """
    if not (params.get("mindate") and params.get("maxdate")):
        return None
    if params.get("datetype") != "edat":
        raise NotImplementedError("this server knows no dates but edat")
    first, last = (_padded(params[name]) for name in ("mindate", "maxdate"))

    def within(day: date) -> bool:
        said = day.isoformat()
        return first <= said[: len(first)] and said[: len(last)] <= last

    return within


def esearch(found: Matches, term: str, start: int, most: int, history: str = "") -> Reply:
    """List a window of the matches. Beyond 9,999 NCBI clamps, and a later start is an error."""
    count, warnings = len(found.pmids), found.warnings
    if start >= MOST and count > MOST:
        return error_reply(
            "eSearchResult",
            "Search Backend failed: Exception: 'retstart' cannot be larger than 9998. For PubMed, "
            "ESearch can only retrieve the first 9,999 records matching the query.",
        )
    if start + most > MOST:
        most = max(0, MOST - start)
        if count > MOST:
            note = f"Restrictions achieved. start and count adjusted to {start}, {most}"
            warnings = (*warnings, ("OutputMessage", note))
    window = found.pmids[start : start + most]
    if not count:
        warnings = (*warnings, ("OutputMessage", "No items found."))
    body = (
        f"<Count>{count}</Count><RetMax>{len(window)}</RetMax><RetStart>{start}</RetStart>"
        f"{history}<IdList>{''.join(f'<Id>{pmid}</Id>' for pmid in window)}</IdList>"
        f"<TranslationSet/><QueryTranslation>{escape(found.translation or term)}"
        f"</QueryTranslation>{_said('ErrorList', found.errors)}{_said('WarningList', warnings)}"
    )
    return Reply(document("eSearchResult", body, "esearch"))


def efetch(records: dict[str, bytes], wanted: Iterable[str], dtd: str = DTD) -> Reply:
    """Send the records that exist, without a word about the others."""
    doctype = f'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "{dtd}">\n'
    held = b"\n".join(records[pmid] for pmid in wanted if pmid in records)
    start = (HEAD + doctype + "<PubmedArticleSet>\n").encode()
    return Reply(start + held + b"\n</PubmedArticleSet>\n")


def epost(webenv: str) -> Reply:
    """Name the place where a posted list is kept."""
    body = f"<QueryKey>1</QueryKey><WebEnv>{webenv}</WebEnv>"
    return Reply(document("ePostResult", body, "epost"))


def esummary(records: dict[str, bytes], wanted: Sequence[str]) -> Reply:
    """Send one DocSum per record; one missing identifier adds an ERROR."""
    parts = []
    for pmid in wanted:
        if pmid not in records:
            parts.append(f"<ERROR>UID={escape(pmid)}: cannot get document summary</ERROR>")
            continue
        found = re.search(rb"<ArticleTitle[^>]*>(.*?)</ArticleTitle>", records[pmid], re.DOTALL)
        title = re.sub(r"<[^>]*>", "", found[1].decode()) if found else ""
        item = f'<Item Name="Title" Type="String">{title}</Item>'
        parts.append(f"<DocSum><Id>{pmid}</Id>{item}</DocSum>")
    return Reply(document("eSummaryResult", "".join(parts), "eSummary_041029"))


def elink(name: str, sets: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Reply:
    """Links of one name; a set without any says nothing about the name."""
    parts = []
    for ids, links in sets:
        asked = "".join(f"<Id>{pmid}</Id>" for pmid in ids)
        found = "".join(f"<Link><Id>{pmid}</Id></Link>" for pmid in links)
        named = f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{name}</LinkName>{found}</LinkSetDb>"
        body = f"<DbFrom>pubmed</DbFrom><IdList>{asked}</IdList>{named if links else ''}"
        parts.append(f"<LinkSet>{body}</LinkSet>")
    return Reply(document("eLinkResult", "".join(parts), "elink"))


def error_reply(root: str, words: str, status: int = 200) -> Reply:
    """NCBI's own way to fail, often with a status of success."""
    return Reply(document(root, f"<ERROR>{escape(words)}</ERROR>", "efetch"), status)


def document(root: str, body: str, dtd: str) -> bytes:
    """Put a body under its root, with declaration and DOCTYPE."""
    address = f"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/{dtd}.dtd"
    doctype = f'<!DOCTYPE {root} PUBLIC "-//NLM//DTD {dtd} 20060628//EN" "{address}">\n'
    return f"{HEAD}{doctype}<{root}>{body}</{root}>\n".encode()


def _padded(day: str) -> str:
    return "-".join(part.zfill(2) for part in day.split("/"))


def _said(group: str, messages: Sequence[tuple[str, str]]) -> str:
    if not messages:
        return ""
    inner = "".join(f"<{kind}>{escape(words)}</{kind}>" for kind, words in messages)
    return f"<{group}>{inner}</{group}>"
