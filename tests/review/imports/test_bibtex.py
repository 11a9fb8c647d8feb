"""BibTeX of databases and libraries, tidy and untidy."""

from __future__ import annotations

import pytest

from review.citation import Author
from review.imports.latex import decoded
from tests.review.imports.files import citations, entries, extra, looked_at, one, people, sentences

SCOPUS = """
    Scopus
    EXPORT DATE: 1 January 2024

    @ARTICLE{Okafor2020,
    author={Okafor, A. and de la Cruz, B. and {Fibromyalgia Study Group}},
    title={Naltrexone for fibromyalgia, a {M}ade-Up trial},
    journal={Journal of Made-Up Trials},
    year={2020},
    volume={6},
    number={1},
    pages={9--20},
    doi={10.5555/made_up.1},
    url={https://www.scopus.com/inward/record.uri?eid=2-s2.0-1&doi=10.5555%2fmade_up.1},
    abstract={Introduction: Pain lasts. Methods: 5% \\& more, ?unknown?},
    author_keywords={pain;  low dose;  placebo},
    keywords={human; female},
    funding_details={Nobody},
    funding_details={Nobody else},
    funding_text 1={The authors thank nobody.},
    document_type={Article},
    source={Scopus},
    }
"""


def test_fields_of_scopus_with_its_odd_names() -> None:
    found = one(SCOPUS)
    assert people(found) == ["Okafor A", "de la Cruz B", "Fibromyalgia Study Group"]
    assert found.title == "Naltrexone for fibromyalgia, a Made-Up trial"
    assert (found.journal, found.year, found.volume, found.issue) == (
        "Journal of Made-Up Trials",
        2020,
        "6",
        "1",
    )
    assert (found.pages, found.doi) == ("9-20", "10.5555/made_up.1")
    assert found.keywords == ("pain", "low dose", "placebo", "human", "female")
    assert found.publication_types == ("Article",)
    assert [part.label for part in found.abstract] == ["Introduction", "Methods"]
    assert found.abstract[1].text == "5% &amp; more, ?unknown?"


def test_names_of_fields_with_a_space_and_fields_that_come_twice_are_kept() -> None:
    kept = extra(one(SCOPUS))
    assert kept["funding_text 1"] == ["The authors thank nobody."]
    assert kept["funding_details"] == ["Nobody", "Nobody else"]
    assert kept["cite key"] == ["Okafor2020"]


def test_capital_names_and_entities_of_web_of_science_are_read() -> None:
    found = one(
        """
        @inproceedings{ WOS:000223334444221,
        Author = {Writerone, Julia and Writertwo, Paul},
        Title = {A title&apos;s end},
        Booktitle = {THE CONFERENCE},
        Year = {2017},
        Pages = {48-98},
        DOI = {10.1007/999-9-999-99999-9\\_3},
        Unique-ID = {WOS:000223334444221},
        }
        """
    )
    assert (found.title, found.journal) == ("A title's end", "THE CONFERENCE")
    assert (found.identifier, found.doi) == ("WOS:000223334444221", "10.1007/999-9-999-99999-9_3")
    assert found.publication_types == ("Conference paper",)


def test_strings_months_quotes_and_joined_values_are_read() -> None:
    found = one(
        """
        @comment{made by a program}
        @preamble{"\\newcommand{\\x}{y}"}
        @string{jmt = "Journal of Made-Up Trials"}
        @article{a, title = "A {"}quoted{"} title", journal = jmt # " (Online)", year = 2020,
          month = mar}
        """
    )
    assert found.title == 'A "quoted" title'
    assert found.journal == "Journal of Made-Up Trials (Online)"
    assert found.published == "2020 Mar"


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"M{\"u}ller", "Müller"),
        (r"\'Ecole {\'E}cole", "École École"),
        (r"\v{S}koda \c{c}a", "Škoda ça"),
        (r"{\O}rsted Stra{\ss}e", "Ørsted Straße"),
        (r"$\beta$-blockers, $\alpha_1$", "β-blockers, α<sub>1</sub>"),
        (r"\textit{E. coli} \emph{in {V}itro}", "<i>E. coli</i> <i>in Vitro</i>"),
        (r"H$_{2}$O, x$^2$", "H<sub>2</sub>O, x<sup>2</sup>"),
        (r"5\% \& \#1 \_ \$2", "5% & #1 _ $2"),
        (r"\unknown{word} stays", r"\unknown{word} stays"),
        ("about ~3 mg", "about ~3 mg"),
    ],
)
def test_latex_is_read_as_the_letters_that_it_stands_for(latex: str, text: str) -> None:
    assert decoded(latex) == text


def test_name_with_and_inside_braces_is_one_name() -> None:
    found = one('@misc{a, title={T}, author={{Smith and Sons} and M{\\"u}ller, J{\\"o}rg}}')
    assert found.authors == (
        Author("Smith and Sons", group=True),
        Author("Müller", "Jörg", "J"),
    )


def test_entry_whose_braces_never_end_stops_where_the_next_begins() -> None:
    found, problems = entries(
        """
        @article{first,
          title = {First},
          keywords = {function() { return "},
          year = {2020},
        }
        @article{second,
          title = {Second},
        }
        """
    )
    assert [entry.citation.title for entry in found] == ["First", "Second"]
    assert "Line 1: The braces of the entry first do not match." in sentences(problems)


def test_entry_that_another_swallowed_shows_in_the_count() -> None:
    found, problems = entries(
        "@article{a, title={First, year={2020}\n@article{b, title={Second}, year={2021}}\n"
    )
    assert len(found) == 1
    assert "The file has 2 marks of an entry, but 1 entries were read." in sentences(problems)


def test_empty_entry_is_listed() -> None:
    found, problems = entries("@article{a, title={First}}\n@article{b,\n}\n")
    assert len(found) == 1
    assert "Line 2: This entry is empty. It was left out." in sentences(problems)


def test_round_brackets_are_listed_as_not_read() -> None:
    found, problems = entries("@article(a, title={First})\n@article{b, title={Second}}\n")
    assert [entry.citation.title for entry in found] == ["Second"]
    assert "Line 1: This entry is in round brackets, which is not read." in sentences(problems)


def test_wrapped_keywords_and_empty_lines_in_an_abstract() -> None:
    found = one(
        """
        @article{a,
          title = {A},
          keywords = {reed; soil
             fauna; wetland},
          abstract = {One paragraph
             over two lines.

             Another.},
        }
        """
    )
    assert found.keywords == ("reed", "soil    fauna".replace("    ", " "), "wetland")
    assert [part.text for part in found.abstract] == [
        "One paragraph over two lines.",
        "Another.",
    ]


def test_format_is_told_though_something_stands_before_the_first_entry() -> None:
    assert looked_at(SCOPUS).plan.format == "bibtex"
    assert len(citations(SCOPUS)) == 1
