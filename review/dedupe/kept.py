"""Which value of each field a report keeps, out of the texts that several sources give for it.

Abstract: the longest. DOI: what most sources say. Volume, issue, pages and year: of a text in
print rather than of one ahead of print. All else: of the first text that has it, where PubMed's
comes first. A person's choice goes before all of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from review.citation import Citation
from review.dedupe.identifiers import doi
from review.dedupe.words import solid

FIELDS = (
    *("title", "abstract", "authors", "journal", "year"),
    *("volume", "issue", "pages", "doi", "pmid"),
)
_PLACE = ("year", "volume", "issue", "pages")
_LONGER = 1.1  # an abstract that is hardly longer has a copyright line, not more to read


@dataclass(frozen=True, slots=True)
class Source:
    """One text and the key of the record that it is of."""

    key: int
    text: Citation


def origins(sources: Sequence[Source], chosen: Mapping[str, int] | None = None) -> dict[str, int]:
    """The key of the record from which each of ``FIELDS`` is kept; fields that none has are absent.

    ``sources`` begin with the text that people read first; ``chosen`` has a record by field. A
    choice of a record that is not there, or has nothing in the field, does not count.
    """
    by_key = {source.key: source for source in sources}
    found = {}
    for name in FIELDS:
        hand = by_key.get((chosen or {}).get(name, 0))
        kept = hand if hand and getattr(hand.text, name) else _by_rule(name, sources)
        if kept is not None:
            found[name] = kept.key
    return found


def keep(sources: Sequence[Source], chosen: Mapping[str, int] | None = None) -> Citation:
    """Put together the text of a report: the first text with the values that are kept."""
    by_key = {source.key: source.text for source in sources}
    values = {name: getattr(by_key[key], name) for name, key in origins(sources, chosen).items()}
    return replace(sources[0].text, **values)


def _by_rule(name: str, sources: Sequence[Source]) -> Source | None:
    having = [source for source in sources if getattr(source.text, name)]
    if not having:
        return None
    if name == "abstract":
        return _longest(having)
    if name == "doi":
        said = Counter(doi(source.text) for source in having)
        return max(having, key=lambda source: said[doi(source.text)])
    if name in _PLACE:
        return next((source for source in having if _is_in_print(source.text)), having[0])
    return having[0]


def _longest(having: Sequence[Source]) -> Source:
    kept = having[0]
    for source in having[1:]:
        if _letters(source.text) > _LONGER * _letters(kept.text):
            kept = source
    return kept


def _letters(text: Citation) -> int:
    return sum(len(solid(part.text)) for part in text.abstract)


def _is_in_print(text: Citation) -> bool:
    return bool(text.volume and text.pages)
