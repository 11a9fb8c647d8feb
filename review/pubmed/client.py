"""Search PubMed and fetch records so that nothing is lost in silence.

What was counted is compared with what was listed, and what was asked for with what came; a
difference is asked about once more and then reported, never smoothed over. A search that finds
more than PubMed lists at once is listed in slices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review.pubmed.errors import NotXml, TooMany, UnknownIds
from review.pubmed.parse import TOGETHER, Parsed, ReadBatch, Unreadable, read
from review.pubmed.searching import Listed, listed
from review.pubmed.slices import MOST, Slice, halves
from review.pubmed.transport import Transport

CEILING = 200_000  # records of one search: 1,000 requests, and far above any published review


@dataclass(frozen=True, slots=True)
class Found:
    """Outcome of a search: ``pmids`` each once; ``warnings`` are sentences to show and keep.

    ``slices`` are there when the list was put together from parts.
    """

    count: int
    pmids: tuple[str, ...]
    translation: str = ""
    warnings: tuple[str, ...] = ()
    slices: tuple[Slice, ...] = ()

    @property
    def short(self) -> int:
        """Records that PubMed counted but did not list; 0 when the list is complete."""
        return max(0, self.count - len(self.pmids))


@dataclass(frozen=True, slots=True)
class Fetched:
    """Outcome of one batch. ``missing``: asked for twice, not sent. ``foreign``: not asked for."""

    parsed: tuple[Parsed, ...]
    unreadable: tuple[Unreadable, ...] = ()
    missing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def search(transport: Transport, term: str) -> Found:
    """List every PMID that matches ``term``; above 9,999 in slices of entrez dates.

    Raises TooMany above 200,000 records, TooManyOfOneDay, BadQuery for an unusable term, NotXml
    when PubMed counts records twice but lists none, and what ``Transport.call`` raises.
    """
    answer = _list(transport, {"term": term})
    if answer.count > CEILING:
        raise TooMany(answer.count, CEILING)
    if answer.count > MOST:
        return _in_slices(transport, term, answer)
    warnings = (*answer.warnings, *_differences(answer))
    return Found(answer.count, answer.pmids, answer.translation, warnings)


def fetch(transport: Transport, pmids: Sequence[str]) -> Fetched:
    """Fetch up to 200 records; what did not come is asked for once more.

    Raises ValueError for a longer list or something that is no PMID, and what ``Transport.call``
    raises.
    """
    wanted = tuple(dict.fromkeys(pmids))
    if len(wanted) > TOGETHER or not all(number.isdecimal() for number in wanted):
        raise ValueError(f"fetch takes up to {TOGETHER} PMIDs, digits only")
    first = _ask(transport, wanted)
    came = _numbers(first)
    second = _ask(transport, [number for number in wanted if number not in came])
    parsed = {record.citation.pmid: record for record in (*second.parsed, *first.parsed)}
    unreadable = {bad.pmid: bad for bad in (*second.unreadable, *first.unreadable)}
    return Fetched(
        parsed=tuple(parsed[number] for number in wanted if number in parsed),
        unreadable=tuple(
            unreadable[number]
            for number in (*wanted, "")  # "": not even its number could be read
            if number in unreadable and number not in parsed
        ),
        missing=tuple(n for n in wanted if n not in parsed and n not in unreadable),
        foreign=tuple(sorted((came | _numbers(second)) - set(wanted) - {""})),
    )


def _in_slices(transport: Transport, term: str, whole: Listed) -> Found:
    """Put the list together from parts that hold as many records as all of them are said to be.

    Records enter PubMed while we ask, so a count that differs is asked for again; if it still
    differs, all slices are.
    """

    def ask(first: date, last: date) -> Listed:
        days = {"datetype": "edat", "mindate": f"{first:%Y/%m/%d}", "maxdate": f"{last:%Y/%m/%d}"}
        return _list(transport, {"term": term, **days})

    count = whole.count
    for _ in range(2):
        slices = tuple(halves(ask))
        ids = tuple(number for part in slices for number in part.pmids)
        together = Listed(count, ids, whole.translation, whole.warnings)
        if not _whole(together):
            count = _ask_list(transport, {"term": term}).count
            together = Listed(count, ids, whole.translation, whole.warnings)
        if _whole(together):
            break
    warnings = (*whole.warnings, *_differences(together))
    return Found(count, together.pmids, whole.translation, warnings, slices)


def _list(transport: Transport, query: Mapping[str, str]) -> Listed:
    """List what fits into one answer; one that lists less than it counts is asked for again."""
    answer = _ask_list(transport, query)
    if not _whole(answer) and answer.count <= MOST:
        again = _ask_list(transport, query)
        answer = max(again, answer, key=lambda one: (_whole(one), len(one.pmids)))
    if answer.count and not answer.ids:
        raise NotXml(f"PubMed counted {answer.count:,} records but listed none of them.")
    return answer


def _ask_list(transport: Transport, query: Mapping[str, str]) -> Listed:
    window = {"db": "pubmed", "retstart": "0", "retmax": str(MOST), "retmode": "xml"}
    return listed(transport.call("esearch", {**query, **window}))


def _whole(answer: Listed) -> bool:
    return len(answer.pmids) == answer.count


def _differences(answer: Listed) -> Iterable[str]:
    doubles = len(answer.ids) - len(answer.pmids)
    if doubles:
        what = "1 identifier" if doubles == 1 else f"{doubles:,} identifiers"
        yield f"PubMed listed {what} more than once; each is kept once."
    if not _whole(answer):
        yield (
            f"PubMed counted {answer.count:,} records but listed {len(answer.pmids):,} "
            "different ones, also when asked again."
        )


def _ask(transport: Transport, pmids: Sequence[str]) -> ReadBatch:
    if not pmids:
        return ReadBatch((), ())
    params = {"db": "pubmed", "id": ",".join(pmids), "retmode": "xml"}
    try:
        return read(transport.call("efetch", params))
    except UnknownIds:  # NCBI's way to say that none of them exists (any more)
        return ReadBatch((), ())


def _numbers(batch: ReadBatch) -> set[str]:
    return {record.citation.pmid for record in batch.parsed} | {
        bad.pmid for bad in batch.unreadable
    }
