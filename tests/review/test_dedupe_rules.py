"""Which records are merged without asking: a table of cases for every rule, with its limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.citation import Author, Citation, Section
from review.dedupe import match
from review.dedupe.rules import RULES
from tests.review.dedupe_cases import (
    ARTICLE,
    GERMAN,
    MAIN_TITLE,
    NOWHERE,
    OTHERS,
    TITLE,
    UNLIKE,
    YOUNGER,
    listed,
    told,
)

PMID, DOI = "23359310", "10.1002/art.37734"

SAME = [
    ("pmid", "capitals, no authors", listed(pmid=PMID, title=TITLE.upper(), authors=(), year=None)),
    ("pmid", "marked as retracted", listed(pmid=PMID, title=f"RETRACTED: {TITLE}")),
    ("pmid", "Ovid's remarks", listed(pmid=PMID, title=f"{TITLE}. [Review] [54 refs]")),
    ("pmid", "ahead of print", listed(pmid=PMID, **NOWHERE, year=2012)),
    ("pmid", "a second DOI", listed(pmid=PMID, doi="10.1002/acr.99999")),
    ("pmid", "original title", listed(pmid=PMID, title=f"[{GERMAN}]", vernacular_title=TITLE)),
    ("pmid", "PMID with label", listed(pmid="PMID: 023359310")),
    ("doi", "journal shortened", listed(doi=DOI, journal="Arthritis Rheum.", authors=YOUNGER[:1])),
    ("doi", "names in capitals", listed(doi=DOI, authors=(Author("YOUNGER J."), *YOUNGER[1:3]))),
    ("doi", "resolver's address", listed(doi="https://doi.org/10.1002/ART.37734.")),
    ("doi", "ahead of print", listed(doi=DOI, **NOWHERE, year=2012)),
    ("doi", "one author in four another", listed(doi=DOI, authors=(*YOUNGER[:3], OTHERS[0]))),
    ("doi and place", "no authors", listed(doi=DOI, authors=())),
    ("doi and place", "subtitle dropped", listed(doi=DOI, title=MAIN_TITLE)),
    ("doi and place", "a column's name before", listed(
        doi=DOI, title=f"{'Reports from practice ' * 4}{TITLE}")),
    ("doi and place", "authors garbled", listed(doi=DOI, authors=(Author("YoungNoorMc"),))),
    ("place", "British spelling", listed(title=TITLE.replace("ized", "ised"))),
    ("place", "short pages, issue left out", listed(pages="529-538", issue="")),
    ("place", "the year before", listed(year=2012)),
    ("place", "no year, no journal", listed(year=None, journal="")),
    ("place", "family and given name swapped", listed(
        authors=tuple(Author(each.fore, each.last) for each in YOUNGER))),
    ("place", "volume and issue mixed up", listed(volume="2", issue="65")),
    ("place", "issue mistyped, pages agree", listed(issue="3")),
    ("place", "two words mistyped", listed(
        title=TITLE.replace("fibromyalgia", "fibomyalgia").replace("pain", "pian"))),
    ("place", "only the first author", listed(authors=(Author("Younger", "", "JW"),))),
    ("place and journal", "title reworded a little", told(
        title=TITLE.replace(" assessing daily pain levels", ""))),
    ("place and journal", "title cut", listed(title=f"{TITLE[:80]}...")),
    ("journal and year", "no pages", listed(pages="")),
    ("journal and year", "no place, same abstract", told(**NOWHERE)),
    ("journal and year", "first page mistyped", listed(pages="429-538")),
    ("page", "no volume, the year before", listed(volume="", issue="", year=2012)),
    ("journal and volume", "the year before", listed(pages="", year=2012)),
    ("abstract", "no place, no year", told(**NOWHERE, year=None)),
    ("abstract and place", "another title", told(title="Naltrexone in low dosage", journal="")),
    ("translated title", "in brackets", listed(doi=DOI, title=f"[{GERMAN}].")),
    ("translated title", "in German", listed(doi=DOI, title=GERMAN)),
    ("translated title", "in Japanese", listed(doi=DOI, title="線維筋痛症に対するナルトレキソン")),
    ("no authors", "one side without", listed(authors=())),
    ("no authors", "anonymous", listed(authors=(Author("Anonymous"),))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "why", "other"), SAME)
def test_the_same_article_from_two_sources_is_merged(rule: str, why: str, other: Citation) -> None:
    found = match(ARTICLE, other)
    assert (found.same, found.rule, found.veto) == (True, rule, ""), why


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, *_ in SAME} == {rule.name for rule in RULES}


APART = [
    ("a title less than .80 alike, same PMID", listed(pmid=PMID, title="Naltrexone in pain")),
    ("no title, as the text was not returned", listed(pmid=PMID, title="")),
    ("a DOI and half of the authors, no place", listed(
        doi=DOI, **NOWHERE, authors=(*YOUNGER[:2], *OTHERS))),
    ("a DOI without authors and place", listed(doi=DOI, **NOWHERE, authors=())),
    ("another abstract of a supplement with one DOI", listed(doi=DOI, title="Sleep and fatigue")),
    ("another title of a supplement, same authors", listed(
        doi=DOI, title=TITLE.replace("pain", "sleep").replace("small", "large"),
        pages="S12", issue="2 Suppl 1")),
    ("a PMID that is not a number, no place", listed(pmid="PMC3768007", **NOWHERE, journal="")),
    ("same place, half of the authors", listed(authors=(*YOUNGER[:2], *OTHERS))),
    ("same journal and year, nothing else to see", listed(**NOWHERE)),
    ("title and authors, no journal, no place", listed(**NOWHERE, journal="")),
    ("no authors and no year", listed(authors=(), year=None)),
    ("no authors and no page", listed(authors=(), pages="")),
    ("same abstract in another journal, no place", told(**NOWHERE, journal="Pain medicine")),
    ("same first page in another journal", listed(volume="", issue="", journal="Pain medicine")),
    ("a translation without DOI", listed(title=f"[{GERMAN}]", pages="")),
    ("another language and other authors", listed(doi=DOI, title=f"[{GERMAN}]", authors=OTHERS)),
]  # fmt: skip


@pytest.mark.parametrize(("why", "other"), APART)
def test_nothing_is_merged_on_less_evidence(why: str, other: Citation) -> None:
    assert not match(ARTICLE, other).same, why


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (listed(pmid=PMID), "Same PMID, titles 100% alike."),
        (listed(doi=DOI), "Same DOI, titles 100% alike, authors 100% alike."),
        (listed(pages="529"), "Same volume and first page, titles 100% alike, authors 100% alike."),
        (listed(doi=DOI, authors=()), "Same DOI, volume and first page, titles 100% alike."),
        (listed(pmid=PMID, title="Pain", **NOWHERE, authors=()), "Nothing speaks for one report."),
        (listed(**NOWHERE), "Title and authors are alike."),
        (listed(title=f"Erratum: {TITLE}", pages="1108"), "Title and authors are alike, but one is "
         "a notice about a report (erratum, retraction, reply, comment), its reprint, its "
         "translation or its protocol."),
        (replace(ARTICLE, pmid="1"), "Same DOI, titles 100% alike, authors 100% alike, but their "
         "PMIDs differ."),
    ],
)  # fmt: skip
def test_a_verdict_says_why(other: Citation, why: str) -> None:
    assert match(ARTICLE, other).why == why


def test_similarities_leave_out_what_one_side_lacks() -> None:
    found = match(ARTICLE, listed(journal=""))
    assert set(found.similarities) == {"title", "authors"}
    assert match(ARTICLE, told()).similarities == {
        "title": 1.0,
        "authors": 1.0,
        "abstract": 1.0,
        "journal": 1.0,
    }


def test_abstracts_that_differ_keep_a_known_article_apart_without_a_shared_doi() -> None:
    other = told(abstract=(Section("", UNLIKE),))
    assert match(ARTICLE, other).veto == "abstract"
    assert match(ARTICLE, replace(other, doi=DOI)).same
