"""What keeps two records apart although a rule would merge them: a table for every veto."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.citation import Citation, Section
from review.dedupe import match
from review.dedupe.vetoes import VETOES
from tests.review.dedupe_cases import (
    ARTICLE,
    MEETING,
    NOWHERE,
    OTHERS,
    RESULTS,
    TITLE,
    UNLIKE,
    listed,
    told,
)

DOI = "10.1002/art.37734"


def titled(words: str, **changes: object) -> Citation:
    """Give the article at its place under another title."""
    return listed(**{"title": words, **changes})


NOTICES = [
    f"Erratum: {TITLE}",
    f"Erratum to “{TITLE}”",
    f"Corrigendum to {TITLE}",
    f"Correction to: {TITLE}",
    f"Author Correction: {TITLE}",
    f"{TITLE}: Erratum",
    f"{TITLE} [Erratum]",
    f"{TITLE} - Correction",
    f"“{TITLE}”: Correction",
    f"{TITLE} (vol 65, pg 529, 2013)",
    f"Retraction notice to {TITLE}",
    f"Retraction: {TITLE}",
    f"Notice of removal: {TITLE}",
    f"Expression of concern: {TITLE}",
    f"Comment on: {TITLE}",
    f"Comments on “{TITLE}”",
    f"Re: {TITLE}",
    f"Letter regarding “{TITLE}”",
    f"Letter to the editor: {TITLE}",
    f"{TITLE}: a commentary",
    f"{TITLE}: authors' reply",
    f"Reply to “{TITLE}”",
    f"Authors’ response to {TITLE}",
    f"{TITLE}: study protocol",
    f"Reprint of: {TITLE}",
    f"{TITLE} [Spanish version]",
    f"{TITLE} (English edition)",
    f"{TITLE} (Reprinted from Arthritis Rheum, vol 65, pg 529)",
]


@pytest.mark.parametrize("words", NOTICES)
@pytest.mark.parametrize("place", [{}, NOWHERE, {"pages": "1108"}], ids=["there", "?", "behind"])
def test_a_notice_is_never_the_report_it_is_about(words: str, place: dict[str, str]) -> None:
    assert not match(ARTICLE, titled(words, doi=DOI, **place)).same
    assert not match(ARTICLE, titled(words, **place)).same


def test_two_records_of_one_notice_are_one_report() -> None:
    notice = titled(f"Erratum: {TITLE}", pages="1108")
    assert match(notice, titled(f"Erratum to: {TITLE.upper()}.", pages="1108")).same


EDITORIAL = titled("Editorial", authors=OTHERS)
SHORT = titled("Pain in fibromyalgia")
SERIES = titled("Naltrexone in fibromyalgia. Part A: pain and mood of women")
COLUMN = titled("News of the society for all members", pages="5")
NO_ISSUE = {"issue": "", "pages": "", "volume": ""}

VETOED = [
    ("pmid", "two PMIDs", ARTICLE, replace(ARTICLE, pmid="19453963")),
    ("notice", "by its publication type", ARTICLE, listed(
        doi=DOI, publication_types=("Published Erratum",))),
    ("notice", "by its publication type", ARTICLE, listed(
        doi=DOI, publication_types=("Retraction of Publication",))),
    ("number", "part II", ARTICLE, titled(f"{TITLE} II")),
    ("number", "a follow-up", ARTICLE, titled(f"{TITLE}: 24-month follow-up", doi=DOI, pages="")),
    ("number", "a lettered part", SERIES, replace(SERIES, title=SERIES.title.replace(" A", " B"))),
    ("number", "an edition", ARTICLE, titled(f"{TITLE}, 2012 update")),
    ("doi", "two DOIs", ARTICLE, listed(doi="10.1016/j.pain.2009.01.001", volume="")),
    ("doi", "two DOIs, title reworded", ARTICLE, titled(
        TITLE.replace("double-blind, ", ""), doi="10.1002/acr.99999")),
    ("kind", "in a register", ARTICLE, told(**NO_ISSUE, journal="ClinicalTrials.gov")),
    ("kind", "in a register", ARTICLE, told(
        **NO_ISSUE, journal="https://clinicaltrials.gov/show/NCT00568555")),
    ("kind", "a preprint by its server", ARTICLE, told(**NO_ISSUE, journal="medRxiv : preprints")),
    ("doi", "a preprint by its DOI", ARTICLE, told(
        **NO_ISSUE, journal="", doi="10.1101/2020.03.04.20030411")),
    ("volume and page", "another place", ARTICLE, listed(doi=DOI, volume="10", pages="663-72")),
    ("volume", "another volume, no page", ARTICLE, told(volume="66", pages="", year=2014)),
    ("first author", "other people", ARTICLE, told(authors=OTHERS)),
    ("abstract", "another abstract", ARTICLE, listed(abstract=(Section("", UNLIKE),))),
    ("supplement", "in a supplement", ARTICLE, listed(doi=DOI, issue="2 Suppl 1", pages="")),
    ("supplement", "on a page of a supplement", ARTICLE, listed(doi=DOI, pages="S529", issue="")),
    ("issue", "a column on the same page", SHORT, replace(SHORT, issue="3", pages="5")),
    ("issue", "a column with a long title", COLUMN, replace(COLUMN, issue="3")),
    ("generic title", "an editorial", EDITORIAL, replace(EDITORIAL, year=2014)),
    ("generic title", "an editorial", EDITORIAL, replace(EDITORIAL, journal="The Lancet")),
    ("generic title", "an editorial", EDITORIAL, replace(EDITORIAL, volume="", issue="3")),
    ("wording", "women and men", titled(f"{TITLE} in women"), titled(f"{TITLE} in men")),
    ("wording", "with and without", titled(f"{TITLE} with opioids"), titled(
        f"{TITLE} without opioids")),
    ("wording", "hyper- and hypotension", titled(f"{TITLE} in hypertension"), titled(
        f"{TITLE} in hypotension")),
    ("wording", "a subgroup on the same page of a supplement", listed(**MEETING), titled(
        f"{TITLE} in children", **MEETING)),
]  # fmt: skip


@pytest.mark.parametrize(("veto", "why", "a", "b"), VETOED)
def test_a_veto_keeps_apart_what_a_rule_would_merge(
    veto: str, why: str, a: Citation, b: Citation
) -> None:
    found = match(a, b)
    assert (found.same, found.veto) == (False, veto), why
    assert ", but " in found.why


def test_every_veto_has_a_case() -> None:
    assert {veto for veto, *_ in VETOED} == {veto.name for veto in VETOES}


def test_only_different_pmids_are_not_even_asked_about() -> None:
    assert not match(ARTICLE, replace(ARTICLE, pmid="19453963")).ask
    assert match(ARTICLE, listed(doi="10.1016/j.pain.2009.01.001", volume="")).ask


NEIGHBOURS = [
    ("the abstract at a meeting", told(**MEETING, year=2012)),
    ("the abstract at a meeting, in the same journal and year", told(**MEETING)),
    ("the abstract at a meeting, without its page", told(**MEETING | {"pages": ""})),
    ("the same abstract at two meetings", told(**NOWHERE, journal="World Congress on Pain")),
    ("a supplement of another number", listed(issue="2 Suppl 2", pages="S12")),
    ("the next edition under the same title", told(year=2014, volume="66", pages="211-20")),
    ("the next edition on the same page", told(year=2014, volume="66")),
    ("the next edition without place", listed(year=2014, **NOWHERE)),
    ("the thesis", told(
        authors=ARTICLE.authors[:1], journal="Dissertation Abstracts International", volume="73",
        issue="3-B", pages="1524")),
    ("published again in another journal", told(journal="Pain medicine", volume="3", pages="1-9")),
    ("a sister paper behind it", titled(
        TITLE.replace("pain levels", "mood"), pages="539-47", abstract=(Section("", RESULTS),))),
    ("a reply on the next page", titled(f"Reply: {TITLE}", pages="539")),
]  # fmt: skip


@pytest.mark.parametrize(("why", "other"), NEIGHBOURS)
def test_a_document_beside_the_article_is_asked_about_and_not_merged(
    why: str, other: Citation
) -> None:
    found = match(replace(ARTICLE, issue="2"), other)
    assert (found.same, found.ask) == (False, True), why
