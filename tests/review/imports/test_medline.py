"""PubMed's text format, as PubMed and as ERIC write it."""

from __future__ import annotations

from datetime import date

from review.citation import Author, Notice
from tests.review.imports.files import citations, entries, extra, looked_at, one, sentences

NBIB = """
    PMID- 80000001
    OWN - NLM
    STAT- MEDLINE
    DCOM- 20191125
    LR  - 20191125
    IS  - 1524-4628 (Electronic)
    IS  - 0039-2499 (Linking)
    VI  - 50
    IP  - 3
    DP  - 2019 Mar
    TI  - Naltrexone for fibromyalgia in
          adults: a made-up trial.
    PG  - 697-704
    LID - 10.5555/made.up.1 [doi]
    AB  - BACKGROUND: Pain lasts. METHODS: Nobody
          took part. RESULTS: P<0.05.
    CI  - Copyright nobody.
    FAU - Okafor, Adaeze I
    AU  - Okafor AI
    AD  - Nowhere Hospital.
    FAU - Hellinger, Frank R Jr
    AU  - Hellinger FR Jr
    CN  - MADEUP Investigators
    LA  - eng
    LA  - fre
    SI  - ClinicalTrials.gov/NCT00000001
    SI  - GENBANK/AB000001
    PT  - Journal Article
    PT  - Randomized Controlled Trial
    TT  - Un essai inventé.
    TA  - J Made Up
    JT  - Journal of made-up trials
    CIN - J Made Up. 2019 Apr;50(4):705. PMID: 80000002
    RIN - J Made Up. 2020 Jan;51(1):1. PMID: 80000003
    MH  - Fibromyalgia/*drug therapy
    OT  - low dose
    PMC - PMC5887696
    EDAT- 2019/02/20 06:00
    PHST- 2019/02/20 06:00 [pubmed]
    AID - 10.5555/made.up.1 [doi]
    AID - S0000-0000 [pii]
    SO  - J Made Up. 2019 Mar;50(3):697-704.

    PMID- 80000002
    OWN - NLM
    TI  - Comment.
    DP  - 2019
"""


def test_every_field_of_pubmed_is_where_pubmed_xml_has_it() -> None:
    first, second = citations(NBIB)
    assert first.title == "Naltrexone for fibromyalgia in adults: a made-up trial."
    assert (first.identifier, first.pmid, first.pmcid) == ("80000001", "80000001", "PMC5887696")
    assert (first.journal, first.year, first.published) == ("J Made Up", 2019, "2019 Mar")
    assert (first.volume, first.issue, first.pages) == ("50", "3", "697-704")
    assert first.doi == "10.5555/made.up.1"
    assert first.language == "eng, fre"
    assert first.vernacular_title == "Un essai inventé."
    assert first.mesh == ("Fibromyalgia/*drug therapy",)
    assert first.keywords == ("low dose",)
    assert first.publication_types == ("Journal Article", "Randomized Controlled Trial")
    assert first.registrations == ("NCT00000001",)
    assert first.revised == date(2019, 11, 25)
    assert (second.title, second.pmid) == ("Comment.", "80000002")


def test_sections_of_the_abstract_are_parted_at_their_headings() -> None:
    first, _ = citations(NBIB)
    assert [(part.label, part.text) for part in first.abstract] == [
        ("BACKGROUND", "Pain lasts."),
        ("METHODS", "Nobody took part."),
        ("RESULTS", "P&lt;0.05."),
    ]


def test_full_names_suffixes_and_groups_are_authors() -> None:
    first, _ = citations(NBIB)
    assert first.authors == (
        Author("Okafor", "Adaeze I", "AI"),
        Author("Hellinger", "Frank R", "FR Jr"),
        Author("MADEUP Investigators", group=True),
    )


def test_retractions_and_comments_are_notices() -> None:
    first, _ = citations(NBIB)
    assert first.notices == (
        Notice("CommentIn", "80000002", "J Made Up. 2019 Apr;50(4):705"),
        Notice("RetractionIn", "80000003", "J Made Up. 2020 Jan;51(1):1"),
    )


def test_data_banks_are_no_registers_and_other_tags_are_kept() -> None:
    kept = extra(citations(NBIB)[0])
    assert kept["SI"] == ["GENBANK/AB000001"]
    assert kept["CI"] == ["Copyright nobody."]
    assert kept["pii"] == ["S0000-0000"]
    assert kept["affiliation"] == ["Nowhere Hospital."]


def test_entries_without_a_pmid_begin_after_an_empty_line() -> None:
    found = citations(
        """
        OWN - ERIC
        TI  - Creationism and the Dinosaur Boom.
        AU  - Stokes, William Lee
        DP  - 1989

        OWN - ERIC
        TI  - Clues from the Past.
        DP  - 1985
        """
    )
    assert [each.title for each in found] == [
        "Creationism and the Dinosaur Boom.",
        "Clues from the Past.",
    ]


def test_windows_line_ends_and_tabs_in_continuation_lines_are_read() -> None:
    found = one("PMID- 7\r\nTI  - A title\r\n\tbehind a tab\r\n")
    assert found.title == "A title behind a tab"


def test_entry_with_housekeeping_alone_is_listed() -> None:
    found, problems = entries("PMID- 7\nTI  - A\n\nOWN - NLM\nSTAT- MEDLINE\n")
    assert len(found) == 1
    assert "Line 4: This entry is empty. It was left out." in sentences(problems)


def test_line_of_an_abstract_with_a_dash_is_no_tag() -> None:
    found = one("PMID- 7\nTI  - A\nAB  - We measured\n      RNA - and DNA - twice.\n")
    assert found.abstract[0].text == "We measured RNA - and DNA - twice."


def test_format_is_told_by_its_first_lines() -> None:
    assert looked_at(NBIB).plan.format == "nbib"
