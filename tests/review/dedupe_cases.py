"""One real article, in bibliographic facts, and ways in which other sources list it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from review.citation import Author, Citation, Section

YOUNGER = (
    Author("Younger", "Jarred", "J"),
    Author("Noor", "Noorulain", "N"),
    Author("McCue", "Rebecca", "R"),
    Author("Mackey", "Sean", "S"),
)
OTHERS = (Author("Parkitny", "Luke", "L"), Author("Bruun", "Karin Due", "KD"))
TITLE = (
    "Low-dose naltrexone for the treatment of fibromyalgia: findings of a small, randomized, "
    "double-blind, placebo-controlled, counterbalanced, crossover trial assessing daily pain levels"
)
MAIN_TITLE = "Low-dose naltrexone for the treatment of fibromyalgia"
GERMAN = "Niedrig dosiertes Naltrexon bei der Behandlung von Frauen mit Fibromyalgie"
RESULTS = (
    "Thirty-one women took the drug and a matching capsule in turn. Pain fell more under the drug "
    "than under the capsule, mood improved, and neither sleep nor fatigue changed in either part."
)
UNLIKE = (
    "We asked general practitioners how they store opioids. Most cupboards were locked; few kept "
    "a register. Training sessions were rare, and rural practices reported the longest intervals."
)
ARTICLE = Citation(
    identifier="23359310",
    title=TITLE,
    abstract=(Section("RESULTS", RESULTS),),
    authors=YOUNGER,
    journal="Arthritis and rheumatism",
    year=2013,
    volume="65",
    issue="2",
    pages="529-38",
    doi="10.1002/art.37734",
    pmid="23359310",
)


def listed(**changes: Any) -> Citation:
    """Give the article as a source without identifiers and abstract lists it."""
    bare: dict[str, Any] = {"identifier": "x", "doi": "", "pmid": "", "abstract": ()}
    return replace(ARTICLE, **(bare | changes))


def told(**changes: Any) -> Citation:
    """Give the article as a source without identifiers lists it, with its abstract."""
    return listed(**({"abstract": ARTICLE.abstract} | changes))


NOWHERE: dict[str, Any] = {"volume": "", "issue": "", "pages": ""}
MEETING: dict[str, Any] = {"volume": "64", "issue": "Suppl 10", "pages": "S113"}
