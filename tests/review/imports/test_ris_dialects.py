"""RIS as each vendor writes it. The entries are made up; their tags are where vendors put them."""

from __future__ import annotations

import pytest

from review.citation import Author, Citation
from tests.review.imports.files import abstract, citations, extra, looked_at, one, people

TITLE = "Naltrexone for fibromyalgia in adults: a made-up trial"

OVID = f"""
1.
TY  - JOUR
DB  - APA PsycInfo <1987 to 2024>
ID  - 2019-65183-001
DO  - http://dx.doi.org/10.5555/made.up.1
DO  - http://dx.doi.org/10.5555/made.up.1
T1  - {TITLE}.
A1  - Okafor, Adaeze I
A1  - Lindqvist, Bo
Y1  - 2019//
N2  - Nobody took part.
KW  - *Pain
KW  - Placebo
JF  - Journal of Made-Up Trials
VL  - 7
IS  - 2
SP  - No
EP  - Specified
SN  - 0000-0000
L2  - http://ovidsp.ovid.com/ovidweb.cgi?T=JS&AN=2019-65183-001
ER  -
NL  - J Made Up Trials

Link to the Ovid Full Text or citation: https://login.example.org/ovid

2.
TY  - JOUR
T1  - Another
ER  -

"""
EMBASE = f"""
TY  - JOUR
M3  - Article
Y1  - 2014
VL  - 3
IS  - 3
SP  - 152
EP  - 160
SN  - 2226-7190
JF  - Endoscopic Ultrasound
JO  - Endosc. Ultrasound
UR  - http://www.embase.com/search/results?subaction=viewrecord&id=L373791783
U2  - L373791783
C5  - 25485271
DB  - Embase
DB  - Medline
L2  - http://dx.doi.org/10.5555/made.up.2
DO  - 10.5555/made.up.2
LK  - http://sfx.example.org/?id=doi:10.5555%2Fmade.up.2&atitle=x
A1  - Liu R.
A1  - Adler D.G.
M1  - (Liu R.; Adler D.G.) A department
T1  - {TITLE}
LA  - English
KW  - pain
N2  - P <0.05 and CO<inf>2</inf>.
ER  -
"""
SCOPUS = f"""
TY  - JOUR
TI  - {TITLE}
T2  - Journal of Psychosomatic Research
J2  - J. Psychosom. Res.
VL  - 126
PY  - 2019
DO  - 10.5555/made.up.3
AU  - Labanski, A.
AU  - Langhorst, J.
UR  - https://www.scopus.com/inward/record.uri?eid=2-s2.0-1
AB  - Nobody took part. © 2019 Nobody
KW  - pain
N1  - Export Date: 18 November 2019
N1  - CODEN: JPCRA
C7  - 109836
C2  - 31627144
LA  - English
M3  - Review
DB  - Scopus
ER  -
"""
WOS = f"""
TY  - JOUR
AU  - Sampson, SD
AU  - Loewen, MA
TI  - {TITLE}
T2  - PLOS ONE
AB  - Background: Pain lasts.
   Methodology/Principal Findings: Nobody took part.
   Conclusions/Significance: None.
J9  - PLOS ONE
JI  - PLoS One
DA  - SEP 22
PY  - 2010
VL  - 5
IS  - 9
C7  - e12292
DO  - 10.5555/made.up.4
AN  - WOS:000282053100002
N1  - Times Cited in Web of Science Core Collection:  142
Total Times Cited:  162
ER  -
"""
EBSCO = f"""
TY  - JOUR
AU  - Curry Rogers, Kristina
T1  - {TITLE}.
JO  - PLoS ONE
JF  - PLoS ONE
Y1  - 2024/04/03/
VL  - 19
M3  - Article
SP  - 1
EP  - 60
AB  - Nobody took part. [ABSTRACT FROM AUTHOR]
AB  - Copyright of PLoS ONE is the property of Public Library of Science.
N1  - Accession Number: 176404503; Curry Rogers, Kristina 1; Affiliation: 1: Nowhere
L3  - 10.5555/made.up.5
UR  - https://search.ebscohost.com/login.aspx?direct=true&db=aph&AN=176404503
DP  - EBSCOhost
DB  - aph
ER  -
"""
PROQUEST = f"""
TY  - JOUR
T1  - {TITLE}
AN  - 2100343234; SFLNSINS0000002100343234
AU  - Tanaka, Kenji
AB  - Nobody took part.
JF  - Journal of Made-Up Trials
PY  - 2018
DA  - 2018/05//
VL  - 12
IS  - 4
SP  - e5
CY  - London
PB  - Nobody
L2  - https://doi.org/10.5555/made.up.6
LA  - English
KW  - Pain
DB  - ProQuest Central
ER  -
"""
COCHRANE = f"""
Record #3 of 18
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-00778158
AU  -  Bywater, T
TI  -  {TITLE}
JA  -  Trials
PY  -  2011
VL  -  12
SP  -  43‐58
C3  -  PUBMED 21314913,EMBASE 643589775
M3  -  Journal article
KW  -  Conduct Disorder [*prevention & control, psychology]
DO  -  10.5555/made.up.7
AB  -  BACKGROUND: Pain lasts. METHODS/DESIGN: A trial. TRIAL REGISTRATION: ISRCTN96803379.
UR  -  https://www.cochranelibrary.com/central/doi/10.1002/central/CN-00778158/full
ER  -


"""
IEEE = f"""
TY  - CONF
TI  - {TITLE}
T2  - 2022 8th Conference on Made-Up Management (ICMM)
SP  - 101
EP  - 104
AU  - W. Wu
AU  - Q. Qiao
PY  - 2022
DO  - 10.5555/ICMM56520.2022.8
JO  - 2022 8th Conference on Made-Up Management (ICMM)
Y1  - 1-3 April 2022
AB  - Nobody took part.
ER  -
"""
CAB = f"""
TY  - JOUR
T1  - {TITLE}
JF  - Journal of Made-Up Trials
VL  - 30
Y1  - 1998
SP  - 11
EP  - 11
AB  - NA
M3  - Journal article
AN  - 19981234567
DB  - CAB Abstracts
ER  -
"""
ZOTERO = f"""
TY  - CHAP
TI  - {TITLE}
AU  - Blomberg, Björn A.
A2  - Haddad, Rana
T2  - The Made-Up Handbook
DA  - 2012/07/03/
PY  - 2012
SP  - 97
EP  - 105
UR  - https://lens.org/000
L2  - https://pubmed.ncbi.nlm.nih.gov/22752652/
L4  - https://example.org/made-up.pdf
KW  - pain
ER  -
"""
ENDNOTE = f"""
TY  - JOUR
AD  - Nowhere Hospital.
Elsewhere Hospital.
AN  - 21553931
AU  - Abdel-Tawab, M.
AU  - Fibromyalgia Study Group,
C2  - PMC5887696
DA  - Jun
DO  - 10.5555/made.up.8
DP  - NLM
ET  - 2011/05/11
KW  - Animals
Pain/*drug therapy
LA  - eng
N1  - 1179-1926
Abdel-Tawab, Mona
PY  - 2011
SP  - 349-69
ST  - {TITLE}
T2  - Clin Made Up
TI  - {TITLE}
ID  - 369
ER  -
"""

DIALECTS = {
    "Embase": EMBASE,
    "Scopus": SCOPUS,
    "Web of Science": WOS,
    "EBSCO": EBSCO,
    "ProQuest": PROQUEST,
    "Cochrane": COCHRANE,
    "IEEE": IEEE,
    "CAB": CAB,
    "Zotero": ZOTERO,
    "EndNote": ENDNOTE,
}


@pytest.mark.parametrize("vendor", DIALECTS)
def test_title_is_found_wherever_the_vendor_puts_it(vendor: str) -> None:
    assert looked_at(DIALECTS[vendor]).plan.format == "ris"
    assert one(DIALECTS[vendor]).title.rstrip(".") == TITLE


@pytest.mark.parametrize(
    ("vendor", "identifier", "pmid", "doi"),
    [
        ("Embase", "L373791783", "25485271", "10.5555/made.up.2"),
        ("Scopus", "31627144", "31627144", "10.5555/made.up.3"),
        ("Web of Science", "WOS:000282053100002", "", "10.5555/made.up.4"),
        ("EBSCO", "176404503", "", "10.5555/made.up.5"),
        ("ProQuest", "2100343234; SFLNSINS0000002100343234", "", "10.5555/made.up.6"),
        ("Cochrane", "CN-00778158", "21314913", "10.5555/made.up.7"),
        ("IEEE", "", "", "10.5555/icmm56520.2022.8"),
        ("CAB", "19981234567", "", ""),
        ("Zotero", "22752652", "22752652", ""),
        ("EndNote", "21553931", "21553931", "10.5555/made.up.8"),
    ],
)
def test_numbers_are_found_wherever_the_vendor_puts_them(
    vendor: str, identifier: str, pmid: str, doi: str
) -> None:
    found = one(DIALECTS[vendor])
    assert (found.identifier, found.pmid, found.doi) == (identifier, pmid, doi)


@pytest.mark.parametrize(
    ("vendor", "journal", "published", "pages"),
    [
        ("Embase", "Endosc. Ultrasound", "2014", "152-160"),
        ("Scopus", "Journal of Psychosomatic Research", "2019", ""),
        ("Web of Science", "PLOS ONE", "2010 Sep 22", ""),
        ("EBSCO", "PLoS ONE", "2024 Apr 3", "1-60"),
        ("ProQuest", "Journal of Made-Up Trials", "2018 May", "e5"),
        ("Cochrane", "Trials", "2011", "43-58"),
        ("IEEE", "2022 8th Conference on Made-Up Management (ICMM)", "1-3 April 2022", "101-104"),
        ("CAB", "Journal of Made-Up Trials", "1998", "11"),
        ("EndNote", "Clin Made Up", "2011 Jun", "349-69"),
    ],
)
def test_journal_date_and_pages_read_the_same_from_every_vendor(
    vendor: str, journal: str, published: str, pages: str
) -> None:
    found = one(DIALECTS[vendor])
    assert (found.journal, found.published, found.pages) == (journal, published, pages)
    assert str(found.year) in found.published


@pytest.mark.parametrize(
    ("vendor", "names"),
    [
        ("Embase", ["Liu R", "Adler DG"]),
        ("Scopus", ["Labanski A", "Langhorst J"]),
        ("Web of Science", ["Sampson SD", "Loewen MA"]),
        ("EBSCO", ["Curry Rogers K"]),
        ("IEEE", ["Wu W", "Qiao Q"]),
        ("CAB", []),
        ("EndNote", ["Abdel-Tawab M", "Fibromyalgia Study Group"]),
    ],
)
def test_authors_are_named_as_citations_print_them(vendor: str, names: list[str]) -> None:
    assert people(one(DIALECTS[vendor])) == names


def test_ovid_may_put_numbers_before_and_links_after_its_entries() -> None:
    first, second = citations(OVID)
    assert (first.title, second.title) == (f"{TITLE}.", "Another")
    assert (first.identifier, first.doi) == ("2019-65183-001", "10.5555/made.up.1")
    assert (first.pages, first.year, first.keywords) == ("", 2019, ("*Pain", "Placebo"))
    assert first.authors[0] == Author("Okafor", "Adaeze I", "AI")
    assert extra(first)["NL"] == ["J Made Up Trials"]
    assert extra(first)["after the entry"] == [
        "Link to the Ovid Full Text or citation: https://login.example.org/ovid"
    ]


def test_indented_lines_of_web_of_science_are_paragraphs_of_the_abstract() -> None:
    assert [part.label for part in one(WOS).abstract] == [
        "Background",
        "Methodology/Principal Findings",
        "Conclusions/Significance",
    ]


def test_headings_inside_one_line_part_the_abstract() -> None:
    assert [(part.label, part.text) for part in one(COCHRANE).abstract] == [
        ("BACKGROUND", "Pain lasts."),
        ("METHODS/DESIGN", "A trial."),
        ("TRIAL REGISTRATION", "ISRCTN96803379."),
    ]


def test_copyright_line_of_ebsco_is_no_part_of_the_abstract_but_kept() -> None:
    found = one(EBSCO)
    assert abstract(found) == "Nobody took part. [ABSTRACT FROM AUTHOR]"
    assert extra(found)["other abstract"][0].startswith("Copyright of PLoS ONE")


def test_na_of_cab_is_no_abstract() -> None:
    assert one(CAB).abstract == ()


def test_signs_and_subscripts_of_an_abstract_stay_what_they_were() -> None:
    assert one(EMBASE).abstract[0].text == "P &lt;0.05 and CO<sub>2</sub>."


def test_chapter_names_its_book_and_its_editors_stay() -> None:
    found = one(ZOTERO)
    assert (found.book, found.journal) == ("The Made-Up Handbook", "")
    assert extra(found)["editor"] == ["Haddad, Rana"]


def test_lines_of_endnote_are_keywords_and_notes_of_their_own() -> None:
    found = one(ENDNOTE)
    assert found.keywords == ("Animals", "Pain/*drug therapy")
    assert found.pmcid == "PMC5887696"
    assert extra(found)["note"] == ["1179-1926", "Abdel-Tawab, Mona"]
    assert extra(found)["affiliation"] == ["Nowhere Hospital. Elsewhere Hospital."]
    assert extra(found)["ID"] == ["369"]


def test_kind_of_document_that_says_more_becomes_a_type() -> None:
    assert one(IEEE).publication_types == ("Conference paper",)
    assert one(SCOPUS).publication_types == ("Review",)


def test_tags_without_a_field_are_kept_under_their_own_name() -> None:
    assert extra(one(SCOPUS))["C7"] == ["109836"]
    assert extra(one(SCOPUS))["J2"] == ["J. Psychosom. Res."]
    assert extra(one(EMBASE))["M1"] == ["(Liu R.; Adler D.G.) A department"]


def test_numeric_label_of_zotero_is_no_decision() -> None:
    found = one("TY  - JOUR\nTI  - A trial\nLB  - 37\nC1  - 12\nER  - \n")
    assert found == Citation("", "A trial", extra=found.extra)
    assert extra(found) == {"LB": ["37"], "C1": ["12"]}


def test_link_that_would_run_a_program_is_no_address() -> None:
    found = one("TY  - JOUR\nTI  - A trial\nUR  - javascript:alert(1)\nER  - \n")
    assert found.url == ""
    assert extra(found)["other url"] == ["javascript:alert(1)"]
