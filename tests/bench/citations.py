"""Made-up citations with the truth about them: one document as several vendors list it.

Beside it stand neighbours that are reports of their own: parts, errata, replies, abstracts at
meetings, preprints, editions.

The same seed gives the same records on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from review.citation import Author, Citation, Section
from tests.bench import vocabulary as v
from tests.bench.vendors import VENDORS


@dataclass(frozen=True, slots=True)
class Known:
    """A record and the number of the document that it lists."""

    citation: Citation
    document: int


def made_up(records: int, seed: int = 1) -> Iterator[Known]:
    """Give this many records in an order that mixes documents, vendors and neighbours."""
    random = Random(seed)
    found: list[Known] = []
    documents = count(1)
    while len(found) < records:
        original = document(random)
        for each in (original, *neighbours(original, random)):
            number = next(documents)
            copies = random.choices((1, 2, 3, 4, 5), (60, 22, 11, 5, 2))[0]
            for vendor in random.sample(VENDORS, copies):
                found.append(Known(vendor(each, random), number))
    found = found[:records]
    random.shuffle(found)
    for place, known in enumerate(found):
        named = replace(known.citation, identifier=f"r{place:06}")
        yield Known(named, known.document)


def document(random: Random) -> Citation:
    """Make up one article as its publisher would print it."""
    words = subject(random)
    journal, _short = random.choice(v.JOURNALS)
    year = random.randint(1995, 2025)
    first = random.randint(1, 1800)
    number = random.randint(100_000, 9_999_999)
    title = random.choice(v.TITLES).format(**words).replace("-of-", " of ")
    return Citation(
        identifier="",
        title=title[0].upper() + title[1:],
        abstract=(Section("", abstract(words, random)),) if random.random() < 0.9 else (),
        authors=authors(random),
        journal=journal,
        year=year,
        volume=str(year - 1960 - len(journal) % 20),
        issue=str(random.randint(1, 12)),
        pages=f"{first}-{first + random.randint(3, 14)}",
        doi=f"10.{1000 + len(journal)}/wn.{year}.{number}",
        pmid=str(10_000_000 + number),
    )


def subject(random: Random) -> dict[str, str]:
    """Draw what an article is about."""
    treatment, other_treatment = random.sample(v.TREATMENTS, 2)
    condition, other_condition = random.sample(v.CONDITIONS, 2)
    outcome, other_outcome = random.sample(v.OUTCOMES, 2)
    return {
        "treatment": treatment,
        "other_treatment": other_treatment,
        "condition": condition,
        "other_condition": other_condition,
        "outcome": outcome,
        "other_outcome": other_outcome,
        "people": random.choice(v.PEOPLE),
        "place": random.choice(v.PLACES),
        "design": random.choice(v.DESIGNS),
    }


def abstract(words: dict[str, str], random: Random) -> str:
    """Write eight to sixteen sentences about it."""
    chosen = random.choices(v.SENTENCES, k=random.randint(8, 16))
    return " ".join(
        sentence.format(**words, n=random.randint(10, 400), m=random.randint(1, 9))
        for sentence in chosen
    )


def authors(random: Random) -> tuple[Author, ...]:
    """Name one to twelve people, seldom a whole consortium."""
    number = 45 if random.random() < 0.005 else min(12, 1 + int(random.expovariate(0.25)))
    people = []
    for _ in range(number):
        fore = " ".join(random.sample(v.GIVEN, random.choice((1, 1, 2))))
        family = random.choice(v.FAMILIES).replace("-der-", " der ").replace("-la-", " la ")
        people.append(Author(family, fore, "".join(word[0] for word in fore.split())))
    return tuple(people)


def neighbours(of: Citation, random: Random) -> list[Citation]:
    """Make, for one document in five, another that repeats most of what it says."""
    if random.random() > 0.2:
        return []
    return [random.choice(NEIGHBOURS)(of, random)]


def _elsewhere(of: Citation, random: Random, **changes: object) -> Citation:
    """Move a document: other pages and identifiers, unless ``changes`` say so."""
    first = random.randint(1, 1800)
    number = random.randint(100_000, 9_999_999)
    moved = replace(
        of,
        pages=f"{first}-{first + random.randint(3, 14)}",
        doi=f"10.9999/wn.{number}",
        pmid=str(30_000_000 + number),
    )
    return replace(moved, **changes)  # type: ignore[arg-type]


def _part(of: Citation, random: Random) -> Citation:
    part = random.choice(["II", "Part 2", "2. Further results", "Part B", "III"])
    return _elsewhere(of, random, title=f"{of.title.rstrip('.')}. {part}", abstract=_other(random))


def _word(of: Citation, random: Random) -> Citation:
    """A sister paper of the same trial, one word apart, behind it in the same issue."""
    word, instead = random.choice([("with", "without"), (" in ", " before "), ("and", "or")])
    title = of.title.replace(word, instead, 1) if word in of.title else f"{of.title} in men"
    return _elsewhere(of, random, title=title, abstract=_other(random))


def _erratum(of: Citation, random: Random) -> Citation:
    head = random.choice(["Erratum: {}", "Correction to: {}", "Corrigendum to “{}”", "{}: Erratum"])
    return _elsewhere(of, random, title=head.format(of.title), abstract=())


def _reply(of: Citation, random: Random) -> Citation:
    head = random.choice(
        ["Comment on: {}", "Re: {}", "Response to letter on {}", "{}: a commentary"]
    )
    return _elsewhere(
        of,
        random,
        title=head.format(of.title),
        abstract=(),
        authors=authors(random) + of.authors[:1],
    )


def _meeting(of: Citation, random: Random) -> Citation:
    """The abstract at a meeting of the same or the year before, without PMID."""
    year = (of.year or 2000) - random.choice((0, 1))
    page = random.randint(1, 400)
    return _elsewhere(
        of,
        random,
        journal=random.choice([of.journal, "World Congress of Pain Medicine"]),
        year=year,
        volume=str(random.randint(10, 60)),
        issue=f"Suppl {random.randint(1, 4)}",
        pages=f"S{page}",
        pmid="",
        doi="",
        abstract=tuple(Section("", part.text[:600]) for part in of.abstract),
    )


def _edition(of: Citation, random: Random) -> Citation:
    year = (of.year or 2000) + 1
    volume = str(int(of.volume) + 1)
    return _elsewhere(of, random, year=year, volume=volume, abstract=_other(random))


def _preprint(of: Citation, random: Random) -> Citation:
    doi = f"10.1101/2020.{random.randint(10, 12)}.01.{random.randint(100_000, 999_999)}"
    place = {"journal": "medRxiv", "volume": "", "issue": "", "pages": ""}
    return _elsewhere(of, random, doi=doi, pmid="", **place)


def _register(of: Citation, random: Random) -> Citation:
    place = {"journal": "ClinicalTrials.gov", "volume": "", "issue": "", "pages": "", "doi": ""}
    return _elsewhere(of, random, pmid="", abstract=(), authors=(), **place)


def _translation(of: Citation, random: Random) -> Citation:
    title, journal = f"{of.title} [Spanish version]", "Revista Latina de Medicina"
    place = {"journal": journal, "volume": "9", "issue": "1"}
    return _elsewhere(of, random, title=title, doi="", pmid="", abstract=(), **place)


def _shared_doi(of: Citation, random: Random) -> Citation:
    """Another abstract of a supplement that has one DOI as a whole, perhaps by the same people."""
    other = document(random)
    who = random.choice([of.authors, other.authors])
    return replace(of, title=other.title, abstract=other.abstract, authors=who, pmid="")


def _other(random: Random) -> tuple[Section, ...]:
    return (Section("", abstract(subject(random), random)),)


NEIGHBOURS = (
    _part, _word, _erratum, _reply, _meeting, _edition, _preprint, _register, _translation,
    _shared_doi,
)  # fmt: skip
