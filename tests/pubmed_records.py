"""PubMed records made by a program, as many as a test wants; each says so in its own words.

``article`` builds one record with the fields that a test cares about; ``generated`` a whole set,
the same for the same seed. Numbers start at 80000001, far from those of ``shapes.xml``.
"""

from __future__ import annotations

import random
from pathlib import Path
from xml.sax.saxutils import escape

SHAPES = Path(__file__).parent / "data" / "pubmed" / "shapes.xml"
FIRST = 80_000_001
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)
TAIL = "\n</PubmedArticleSet>\n"

_DRUGS = ("naltrexone", "placebo", "duloxetine", "magnesium", "warm baths", "evening walks")
_CONDITIONS = ("fibromyalgia", "back pain", "migraine", "Crohn's disease", "restless legs")
_GROUPS = ("adults", "women", "older adults", "nurses", "students")
_NAMES = ("Okafor", "Lindqvist", "Marín", "Tanaka", "O'Neil", "Kowalska", "Nguyen", "Haddad")
_LABELS = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")


def document(*records: str) -> bytes:
    """Put records into a PubmedArticleSet under the newest DTD that Biopython has."""
    return (HEAD + "\n".join(records) + TAIL).encode()


def article(
    pmid: int | str,
    title: str = "A made-up record.",
    abstract: str = "<AbstractText>Made up for a test.</AbstractText>",
    *,
    authors: tuple[str, ...] = ("Okafor",),
    year: int = 2020,
    extra: str = "",
    after: str = "",
) -> str:
    """Write one valid PubmedArticle. ``title`` and ``abstract`` are XML, not text.

    ``extra`` goes in after the language (DataBankList), ``after`` behind MedlineJournalInfo
    (CommentsCorrectionsList, MeshHeadingList).
    """
    people = "".join(
        f'<Author ValidYN="Y"><LastName>{escape(name)}</LastName><Initials>A</Initials></Author>'
        for name in authors
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}'
        f"</PMID><DateRevised><Year>{year + 1}</Year><Month>02</Month><Day>03</Day></DateRevised>"
        '<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><Volume>7</Volume>'
        f"<PubDate><Year>{year}</Year></PubDate></JournalIssue><Title>Generated Journal</Title>"
        f"</Journal><ArticleTitle>{title}</ArticleTitle><Pagination><MedlinePgn>{int(pmid) % 9999}"
        f'</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">10.5555/generated.{pmid}'
        f"</ELocationID>{f'<Abstract>{abstract}</Abstract>' if abstract else ''}"
        f'<AuthorList CompleteYN="Y">{people}</AuthorList><Language>eng</Language>{extra}'
        '<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>'
        "</PublicationTypeList></Article><MedlineJournalInfo><MedlineTA>Generated J</MedlineTA>"
        f"</MedlineJournalInfo>{after}</MedlineCitation><PubmedData><PublicationStatus>ppublish"
        f'</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>'
        "</ArticleIdList></PubmedData></PubmedArticle>"
    )


def pmids(n: int, first: int = FIRST) -> tuple[str, ...]:
    """The numbers that ``generated(n)`` gives its records."""
    return tuple(str(first + place) for place in range(n))


def generated(n: int, seed: int = 1, first: int = FIRST) -> bytes:
    """Make ``n`` different records: titles, authors and years vary, a tenth has no abstract."""
    dice = random.Random(seed)
    return document(*(_one(pmid, place, seed, dice) for place, pmid in enumerate(pmids(n, first))))


def _one(pmid: str, place: int, seed: int, dice: random.Random) -> str:
    drug, condition, group = (dice.choice(words) for words in (_DRUGS, _CONDITIONS, _GROUPS))
    title = f"Generated record {place + 1}: {drug} for {condition} in {group}."
    names = tuple(dice.sample(_NAMES, dice.randint(1, 4)))
    trial = f"NCT{dice.randrange(10**8):08d}" if dice.random() < 0.2 else ""
    return article(
        pmid,
        escape(title),
        _abstract(dice, f"This text was generated for tests (seed {seed})."),
        authors=names,
        year=dice.randint(1990, 2025),
        extra=_registered(trial) if trial else "",
    )


def _abstract(dice: random.Random, notice: str) -> str:
    kind = dice.random()
    if kind < 0.1:
        return ""
    if kind < 0.5:
        return f"<AbstractText>{notice} Nobody took part.</AbstractText>"
    parts = (f'<AbstractText Label="{label}">{notice}</AbstractText>' for label in _LABELS)
    return "".join(parts)


def _registered(trial: str) -> str:
    return (
        '<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName>'
        f"<AccessionNumberList><AccessionNumber>{trial}</AccessionNumber></AccessionNumberList>"
        "</DataBank></DataBankList>"
    )
