"""A pasted list of PMIDs and DOIs: each is a record at once, then PubMed is asked for its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from review.citation import Citation
from review.models import SearchRun
from review.pubmed.client import fetch, search
from review.pubmed.parse import TOGETHER, Parsed
from review.pubmed.transport import Transport
from review.services.bulk import update_rows
from review.services.duplicates import match_records
from review.services.jobs import Claim
from review.services.records import CHUNK, Text, identify, mark_without_text, store_texts

DOIS_TOGETHER = 50  # in one question to PubMed
NO_DOI = "PubMed has no record with this DOI. Complete it by hand, or import it from a file."
NO_PMID = "PubMed sent no record with this PMID, also when asked again."

Wanted = Mapping[str, Citation]  # what each record's key stands for: a PMID or a DOI


@dataclass(slots=True)
class Answer:
    """What PubMed said of one batch, by the records' keys."""

    texts: list[Text]
    problems: dict[str, str]


def take_in_list(claim: Claim, run: SearchRun, wanted: Wanted, transport: Transport) -> None:
    """Make a record of everything wanted, then fetch the texts; on from the checkpoint.

    Raises what asking PubMed raises.
    """
    for start, keys in _batches(claim, "identified", list(wanted), CHUNK):
        with transaction.atomic():
            _identify(run, {key: wanted[key] for key in keys})
            claim.advance(done=0, total=len(wanted), identified=start + len(keys))
    dois = [key for key, named in wanted.items() if not named.pmid]
    for start, keys in _batches(claim, "dois", dois, DOIS_TOGETHER):
        answer = _by_doi(transport, {key: wanted[key].doi for key in keys})
        _store(claim, run, keys, answer, start + len(keys), dois=start + len(keys))
    pmids = [key for key, named in wanted.items() if named.pmid]
    for start, keys in _batches(claim, "pmids", pmids, TOGETHER):
        answer = _by_pmid(transport, {key: wanted[key].pmid for key in keys})
        _store(claim, run, keys, answer, len(dois) + start + len(keys), pmids=start + len(keys))


def _batches(
    claim: Claim, mark: str, keys: Sequence[str], size: int
) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(int(claim.job.checkpoint.get(mark, 0)), len(keys), size):
        yield start, keys[start : start + size]


def _identify(run: SearchRun, wanted: Wanted) -> None:
    """Make the records; each has its PMID or DOI at once, whatever PubMed says later."""
    new = identify(run=run, identifiers=list(wanted))
    SearchRun.objects.filter(pk=run.pk).update(new=F("new") + new)
    records = list(run.search.records.filter(identifier__in=wanted))
    for record in records:
        named = wanted[record.identifier]
        record.pmid, record.doi = named.pmid, named.doi
    update_rows(records, ["pmid", "doi"])


def _by_pmid(transport: Transport, wanted: Mapping[str, str]) -> Answer:
    """Fetch records by PMID."""
    fetched = fetch(transport, list(wanted.values()))
    came = {parsed.citation.pmid: parsed for parsed in fetched.parsed}
    problems = dict.fromkeys(wanted.values(), NO_PMID)
    problems |= {bad.pmid: f"Unreadable: {bad.problem}" for bad in fetched.unreadable}
    return _sorted(wanted, came, problems)


def _by_doi(transport: Transport, wanted: Mapping[str, str]) -> Answer:
    """Search for DOIs as article identifiers, and keep what carries one of them."""
    terms = (f'"{doi.replace(chr(34), "")}"[AID]' for doi in wanted.values())
    pmids = search(transport, " OR ".join(terms)).pmids
    came: dict[str, Parsed] = {}
    for start in range(0, len(pmids), TOGETHER):
        fetched = fetch(transport, pmids[start : start + TOGETHER])
        came |= {parsed.citation.doi: parsed for parsed in fetched.parsed}
    return _sorted(wanted, came, dict.fromkeys(wanted.values(), NO_DOI))


def _sorted(
    wanted: Mapping[str, str], came: Mapping[str, Parsed], problems: Mapping[str, str]
) -> Answer:
    """Give each key the text that carries its number, or the reason why there is none."""
    texts = [
        Text(came[number].citation, came[number].raw, came[number].without_dtd, key)
        for key, number in wanted.items()
        if number in came
    ]
    lacking = {key: problems[number] for key, number in wanted.items() if number not in came}
    return Answer(texts, lacking)


def _store(
    claim: Claim, run: SearchRun, keys: Sequence[str], answer: Answer, done: int, **mark: int
) -> None:
    """Store one batch with its problems and its checkpoint, all or nothing; then match it."""
    with transaction.atomic():
        store_texts(search=run.search, texts=answer.texts, run=run)
        mark_without_text(search=run.search, problems=answer.problems)
        run.missing = [*run.missing, *answer.problems]
        SearchRun.objects.filter(pk=run.pk).update(missing=run.missing)
        claim.advance(done=done, note="Fetching texts", **mark)
    stored = run.search.records.filter(identifier__in=keys)
    match_records(stored.values_list("pk", flat=True))
