"""Every shape of PubMed record, and what a reader of the citation must find in it.

The records are in tests/data/pubmed/shapes.xml, each under a comment that names its shape.
"""

from datetime import date

import pytest

from review.citation import Author, Notice, Section
from review.markup import html, plain
from review.pubmed.parse import read
from tests.pubmed_records import SHAPES

OKAFOR = Author("Okafor", "Adaeze", "A")
LINDQVIST = Author("Lindqvist", "Per Olof", "PO")


@pytest.fixture(scope="module")
def shapes():
    parsed = read(SHAPES.read_bytes()).parsed
    return {int(record.citation.pmid) - 90_000_000: record.citation for record in parsed}


CASES = [
    # abstracts
    (
        1,
        "abstract",
        (
            Section("BACKGROUND", "Walking is cheap."),
            Section("METHODS", "We drew lots for 40 invented adults."),
            Section("RESULTS", "Both groups slept well."),
            Section("CONCLUSIONS", "More walks are needed."),
        ),
    ),
    (
        2,
        "abstract",
        (
            Section(
                "",
                "Thirty invented people took warm baths. "
                "Their stiffness was written down each morning.",
            ),
        ),
    ),
    (3, "abstract", ()),
    (36, "abstract", (Section("OBJETIVO", "Mirar el tiempo."),)),
    (37, "abstract", (Section("", "The main abstract."),)),
    (40, "abstract", (Section("", "First part."), Section("RESULTS", "Second part."))),
    # markup and formulas
    (4, "title", "Serum Ca<sup>2+</sup> and <i>in vitro</i> binding of H<sub>2</sub>O."),
    (
        5,
        "abstract",
        (Section("", "Uptake was V̇O<sub>2max</sub> and counts were 10<sup>3</sup> per day."),),
    ),
    (6, "title", "Decay of <sup>129</sup>Xe in an invented lung."),
    (6, "abstract", (Section("", "The rate is (a+b)/c &lt; 2 in all."),)),
    # people
    (7, "authors", (Author("Nowhere Pain & Sleep Consortium", group=True),)),
    (
        8,
        "authors",
        (OKAFOR, Author("Marín", "Lucía", "L"), Author("SLEEPWELL Study Group", group=True)),
    ),
    (
        31,
        "authors",
        (
            Author("King", "Martin Luther", "ML Jr"),
            Author("Smith", "John", "J"),
            Author("Suharto"),
            Author("O'Neil-van der Berg", "Siân", "S"),
        ),
    ),
    (32, "authors", (Author("García", "Ana María", "AM"),)),
    (41, "authors", ()),
    (43, "authors", (Author("Łukasiewicz", "Żaneta", "Ż"), Author("王", "伟", "W"))),
    # dates
    (1, "published", "2021 Mar 5"),
    (9, "published", "2014 Sep-Oct"),
    (9, "year", 2014),
    (10, "published", "1998 Dec-1999 Jan"),
    (10, "year", 1998),
    (11, "published", "2012 Spring"),
    (42, "published", "2024 Jun"),
    (42, "year", 2024),
    (1, "revised", date(2022, 1, 15)),
    (41, "revised", None),
    # titles in other languages
    (12, "title", "[Pain after long walks]."),
    (12, "vernacular_title", "Douleur après de longues marches : élan &amp; repos."),
    (12, "language", "fre"),
    (13, "title", "Über den Schmerz im Alter."),
    (14, "language", "eng, por"),
    # identifiers
    (15, "doi", "10.5555/winnow.heat(15)"),
    (16, "doi", "10.5555/winnow.from-list"),
    (17, "doi", ""),
    (17, "pmcid", ""),
    (18, "doi", "10.5555/winnow.0018"),
    (19, "doi", ""),
    (39, "pmcid", "PMC9000039"),
    # where it appeared
    (1, "journal", "J Invent Pain Res"),
    (41, "journal", "J Invent Pain Res"),
    (1, "pages", "11-19"),
    (19, "pages", "44-51"),
    (42, "pages", ""),
    # what it is about
    (
        20,
        "mesh",
        (
            "Fibromyalgia/*drug therapy/psychology",
            "Naltrexone/administration & dosage/*therapeutic use",
            "Humans",
            "*Pain Management",
            "Norway",
        ),
    ),
    (38, "keywords", ("low-dose naltrexone", "H2O & salt", "Low gravity")),
    (
        21,
        "publication_types",
        (
            "Journal Article",
            "Randomized Controlled Trial",
            "Multicenter Study",
            "Research Support, Non-U.S. Gov't",
        ),
    ),
    (22, "registrations", ("NCT90000022", "ISRCTN90000022")),
    (23, "registrations", ("NCT90000231", "NCT90000232")),
    # notices
    (
        24,
        "notices",
        (
            Notice("RetractionIn", "90000025", "J Invent Pain Res. 2022 Jan;13(1):2"),
            Notice("CommentIn", "90000030", "J Invent Pain Res. 2021 Dec;12(12):990"),
        ),
    ),
    (
        25,
        "notices",
        (Notice("RetractionOf", "90000024", "J Invent Pain Res. 2021 Mar 5;12(3):241-9"),),
    ),
    (
        26,
        "notices",
        (
            Notice("ErratumIn", "90000027", "J Invent Pain Res. 2021 Jun;12(6):400"),
            Notice("ErratumIn", "", "J Invent Pain Res. 2021 Jul;12(7):500. No number given"),
        ),
    ),
    (
        28,
        "notices",
        (Notice("ExpressionOfConcernIn", "90000099", "J Invent Pain Res. 2022 Feb;13(2):80"),),
    ),
    (
        30,
        "notices",
        (Notice("CommentOn", "90000024", "J Invent Pain Res. 2021 Mar 5;12(3):241-9"),),
    ),
    # books
    (33, "title", "Chapter 3: Rest"),
    (33, "book", "Pain in <i>Invented</i> People"),
    (33, "authors", (OKAFOR, LINDQVIST)),
    (33, "doi", ""),
    (33, "pages", "33-40"),
    (33, "year", 2016),
    (34, "title", "Invented Handbook of Sleep"),
    (34, "book", ""),
    (34, "authors", (LINDQVIST,)),
    (34, "doi", "10.5555/winnow.handbook"),
    (34, "published", "2018 Nov"),
    (34, "abstract", (Section("SCOPE", "All of sleep."),)),
    (35, "book", "Invented Summaries"),
    (35, "authors", (Author("Invented Editorial Board", group=True),)),
    (35, "published", "2018 Sep 14"),
    (35, "url", "https://www.ncbi.nlm.nih.gov/books/NBK900035/"),
    # text that is only text
    (43, "title", "Schmerz, douleur, боль, 疼痛, ألم 🙂."),
    (44, "authors", (Author("<b>Tables", 'Bobby "&"', "B"),)),
]


@pytest.mark.parametrize(
    ("shape", "field", "value"), CASES, ids=[f"{shape} {field}" for shape, field, _ in CASES]
)
def test_a_shape_reads_as_it_should(shapes, shape, field, value):
    assert getattr(shapes[shape], field) == value


def test_every_shape_is_looked_at(shapes):
    assert {shape for shape, _, _ in CASES} | {27, 29} == set(shapes)


def test_a_retraction_and_its_notice_point_at_each_other(shapes):
    assert "Retracted Publication" in shapes[24].publication_types
    assert "Retraction of Publication" in shapes[25].publication_types
    assert shapes[24].notices[0].pmid == shapes[25].pmid
    assert shapes[25].notices[0].pmid == shapes[24].pmid


def test_an_erratum_and_its_paper_point_at_each_other(shapes):
    assert shapes[26].notices[0].pmid == shapes[27].pmid
    assert shapes[27].notices[0] == Notice(
        "ErratumFor", shapes[26].pmid, "J Invent Pain Res. 2021 Mar 5;12(3):261-9"
    )
    assert [notice.kind for notice in shapes[29].notices] == ["UpdateOf", "CommentIn"]


def test_words_that_look_like_tags_stay_words(shapes):
    title = shapes[44].title
    assert plain(title) == "Tags <script>alert(1)</script> &amp; 2 < 3."
    assert "<script" not in html(title)
    (part,) = shapes[44].abstract
    assert plain(part.text).endswith("and <i>not italic</i>.")
    assert "<" not in html(part.text)


def test_narrow_and_unbreakable_spaces_stay(shapes):
    (part,) = shapes[43].abstract
    assert part.text == "Dose 4.5\u00a0mg and 10\u2009000 steps; β₂-agonists ≥ 5 ± 1 µg."
