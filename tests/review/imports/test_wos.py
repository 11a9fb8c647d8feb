"""Web of Science's own format."""

from __future__ import annotations

from review.citation import Author
from tests.review.imports.files import citations, entries, extra, looked_at, sentences

CIW = """
    FN Clarivate Analytics Web of Science
    VR 1.0
    PT J
    AU Okafor, A
       Lindqvist, B
    AF Okafor, Adaeze
       Lindqvist, Bo
    CA MADEUP Grp
    TI Naltrexone for fibromyalgia in
       adults: a made-up trial
    SO JOURNAL OF MADE-UP TRIALS
    LA English
    DT Article
    DE pain; low dose;
       placebo
    ID NALTREXONE; PAIN
    AB Introduction: Pain lasts. Outcomes: Nobody
       took part.
    CR ALLEN JP, 1986, P NATL ACAD SCI USA, V83
       Other A, 2004, X
    VL 6
    IS 1
    BP 9
    EP 20
    DI 10.5555/made.up.1
    PD DEC 16
    PY 2020
    UT WOS:000514379300001
    PM 80000001
    ER

    PT J
    AU Higgins, K
    TI Second
    PY 2019
    UT WOS:000510870600001
    ER

    EF
"""


def test_fields_of_web_of_science() -> None:
    first, second = citations(CIW)
    assert first.title == "Naltrexone for fibromyalgia in adults: a made-up trial"
    assert (first.identifier, first.pmid) == ("WOS:000514379300001", "80000001")
    assert (first.journal, first.published) == ("JOURNAL OF MADE-UP TRIALS", "2020 Dec 16")
    assert (first.volume, first.issue, first.pages) == ("6", "1", "9-20")
    assert first.doi == "10.5555/made.up.1"
    assert first.keywords == ("pain", "low dose", "placebo")
    assert first.publication_types == ("Article",)
    assert [part.label for part in first.abstract] == ["Introduction", "Outcomes"]
    assert second.title == "Second"


def test_full_names_are_taken_where_the_file_has_them() -> None:
    assert citations(CIW)[0].authors == (
        Author("Okafor", "Adaeze", "A"),
        Author("Lindqvist", "Bo", "B"),
        Author("MADEUP Grp", group=True),
    )


def test_cited_references_and_other_tags_are_kept() -> None:
    kept = extra(citations(CIW)[0])
    assert kept["CR"] == ["ALLEN JP, 1986, P NATL ACAD SCI USA, V83", "Other A, 2004, X"]
    assert kept["ID"] == ["NALTREXONE; PAIN"]


def test_missing_end_is_listed_and_its_entry_kept() -> None:
    found, problems = entries("FN X\nVR 1.0\nPT J\nTI First\n\nPT J\nTI Second\n")
    assert [entry.citation.title for entry in found] == ["First", "Second"]
    assert sentences(problems) == (
        "Line 3: This entry has no end mark (ER). It was kept.\n"
        "Line 6: The last entry has no end mark (ER). It was kept."
    )


def test_empty_entry_is_listed() -> None:
    found, problems = entries("FN X\nPT J\nER\nPT J\nTI Second\nER\nEF\n")
    assert [entry.citation.title for entry in found] == ["Second"]
    assert "Line 2: This entry is empty. It was left out." in sentences(problems)


def test_format_is_told_by_its_first_lines() -> None:
    assert looked_at(CIW).plan.format == "wos"
