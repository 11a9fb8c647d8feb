"""The paragraph on searching for the methods section, ready to paste and to edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.dateformat import format as date_format

from review.methods import LEFT, Reported
from review.models.searches import Chase

APPENDIX = "The full strategies, line by line as they were run, are in the appendix."
CHASED = {
    Chase.CITED_BY: "the articles that cite the included reports (PubMed's “cited in” links)",
    Chase.REFERENCES: "the references of the included reports (PubMed's reference links, "
    "which cover articles whose reference lists PubMed holds)",
}


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Duplicate records removed before screening, and merges by rule and by people."""

    removed: int
    by_rule: int
    by_people: int


def paragraph(searches: list[Reported], duplicates: Duplicates) -> str:
    """Sentences about every search, what limited it, its hits, and the removal of duplicates."""
    searches = [each for each in searches if each.was_run]
    if not searches:
        return ""
    sentences = [sentence for each in searches for sentence in _about(each)]
    total = sum(each.n_records for each in searches)
    sentences.append(f"Together the searches identified {_n(total, 'record')}.")
    sentences.append(_deduplicated(duplicates))
    if any(each.search.strategy for each in searches):
        sentences.append(APPENDIX)
    return " ".join(sentences)


def _about(each: Reported) -> Iterator[str]:
    search = each.search
    where = search.source
    where += f" ({each.platform})" if each.platform else ""
    where += f", covering {search.coverage}," if search.coverage else ""
    what = f"{CHASED[Chase(search.chase)]} in {where}" if search.chase else where
    verb = "followed" if search.chase else "searched"
    by = f" by {search.run_by}" if search.run_by else ""
    yield f"We {verb} {what}{_on(each.asked_on)}{by} ({_n(each.n_records, 'record')})."
    if search.chase:
        treated = "screened with the rest" if each.column == LEFT else "counted apart"
        yield f"These records were {treated}, in the column “{each.column}” of the flow diagram."
    if search.rerun_of:
        yield f"It repeats the search of {search.rerun_of}."
    if each.differs and each.difference:
        yield f"The source reported {_n(each.hits or 0, 'hit')}: {_closed(each.difference)}"
    if search.limits:
        yield f"Limits of {search.source}: {_closed(search.limits)}"
    if search.filters:
        yield f"Filters of {search.source}: {_closed(search.filters)}"
    if search.peer_review:
        yield f"Peer review of the strategy for {search.source}: {_closed(search.peer_review)}"


def _on(days: list[date]) -> str:
    if not days:
        return ""
    first, last = _day(days[0]), _day(days[-1])
    if len(days) == 1:
        return f" on {first}"
    return f" first on {first} and, the last of {len(days)} times, on {last}"


def _deduplicated(found: Duplicates) -> str:
    if not found.removed:
        return "No duplicate records were found."
    were = "was" if found.removed == 1 else "were"
    return (
        f"{_n(found.removed, 'duplicate record')} {were} removed "
        f"before screening with Winnow, which merges records that share identifiers, titles and "
        f"authors ({found.by_rule:,} merged by rule, {found.by_people:,} by people)."
    )


def _n(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _closed(words: str) -> str:
    """Words on one line with a full stop at their end."""
    line = " ".join(words.split())
    return line if line.endswith((".", "!", "?")) else f"{line}."
