"""EndNote XML and PubMed XML from files."""

from __future__ import annotations

from tests.pubmed_records import article, document
from tests.review.imports.files import citations, entries, extra, looked_at, one, people, sentences

ENDNOTE = """
    <?xml version="1.0" encoding="UTF-8"?>
    <xml><records>
    <record>
      <database name="Library.enl" path="C:\\Library.enl">Library.enl</database>
      <rec-number>2954</rec-number>
      <ref-type name="Journal Article">17</ref-type>
      <contributors><authors>
        <author><style face="normal" size="100%">Okafor, Adaeze</style></author>
        <author>Fibromyalgia Study Group,</author>
      </authors></contributors>
      <titles>
        <title><style face="normal">Effects of </style><style face="italic">in vivo</style>
          <style face="normal"> CO</style><style face="subscript">2</style>: P &lt; 0.05</title>
        <secondary-title>Science &amp; Pain</secondary-title>
      </titles>
      <pages>943-7</pages><number>5</number><volume>112</volume>
      <dates><year>2015</year><pub-dates><date>Mar 3</date></pub-dates></dates>
      <keywords><keyword>Aged</keyword><keyword>Neoplasms/*epidemiology</keyword></keywords>
      <accession-num>80000001</accession-num>
      <remote-database-name>Medline</remote-database-name>
      <custom2>PMC5887696</custom2>
      <electronic-resource-num>10.5555/made.up.1</electronic-resource-num>
      <urls><related-urls><url>https://example.org/1</url></related-urls>
        <pdf-urls><url>file:///C:/paper.pdf</url></pdf-urls></urls>
      <notes>First line&#xD;Second line</notes>
      <label>unusual</label>
    </record>
    <record><titles><title>Second</title></titles></record>
    </records></xml>
"""


def test_fields_of_endnote_xml() -> None:
    first, second = citations(ENDNOTE)
    assert people(first) == ["Okafor A", "Fibromyalgia Study Group"]
    assert (first.journal, first.published) == ("Science & Pain", "2015 Mar 3")
    assert (first.volume, first.issue, first.pages) == ("112", "5", "943-7")
    assert (first.pmid, first.pmcid, first.doi) == ("80000001", "PMC5887696", "10.5555/made.up.1")
    assert first.keywords == ("Aged", "Neoplasms/*epidemiology")
    assert first.url == "https://example.org/1"
    assert second.title == "Second"


def test_styled_runs_of_one_title_stay_one_title() -> None:
    assert citations(ENDNOTE)[0].title == "Effects of <i>in vivo</i> CO<sub>2</sub>: P &lt; 0.05"


def test_elements_without_a_field_are_kept() -> None:
    kept = extra(citations(ENDNOTE)[0])
    assert kept["label"] == ["unusual"]
    assert kept["note"] == ["First line", "Second line"]
    assert kept["link"] == ["file:///C:/paper.pdf"]


def test_book_section_names_its_book() -> None:
    found = one(
        "<xml><records><record><ref-type name='Book Section'>5</ref-type><titles>"
        "<title>A chapter</title><secondary-title>The Handbook</secondary-title></titles>"
        "</record></records></xml>"
    )
    assert (found.title, found.book, found.journal) == ("A chapter", "The Handbook", "")


def test_damaged_entry_is_listed_and_its_neighbours_are_read() -> None:
    found, problems = entries(
        "<xml><records>\n<record><titles><title>First</title></titles></record>\n"
        "<record><titles><title>Bro<ken</titles></record>\n"
        "<record><titles><title>Third</title></titles></record>\n</records></xml>"
    )
    assert [entry.citation.title for entry in found] == ["First", "Third"]
    assert "Line 3: This entry's XML is damaged" in sentences(problems)
    assert "The file has 3 marks of an entry, but 2 entries were read." in sentences(problems)


def test_file_that_was_cut_off_gives_what_it_has() -> None:
    found, problems = entries(
        "<xml><records><record><titles><title>First</title></titles></record>"
        "<record><titles><title>Sec"
    )
    assert [entry.citation.title for entry in found] == ["First"]
    assert "damaged" in sentences(problems)


def test_entities_of_html_and_bare_ampersands_are_read() -> None:
    found = one(
        "<xml><records><record><titles><title>Pain &ndash; caf&eacute; &unknown; R&D</title>"
        "</titles></record></records></xml>"
    )
    assert found.title == "Pain – café &amp;unknown; R&amp;D"


def test_entry_across_two_pieces_of_a_large_file_is_one() -> None:
    long = "word " * 30_000
    records = "".join(
        f"<record><titles><title>Title {n}</title></titles><abstract>{long}</abstract></record>"
        for n in range(5)
    )
    found = citations(f"<xml><records>{records}</records></xml>")
    assert [each.title for each in found] == [f"Title {n}" for n in range(5)]


def test_pubmed_xml_is_read_as_pubmed_sends_it() -> None:
    raw = document(article(80000001, "CO<sub>2</sub>"), article(80000002, "Second"))
    assert looked_at(raw).plan.format == "pubmed_xml"
    first, second = citations(raw)
    assert (first.title, first.pmid, first.doi) == (
        "CO<sub>2</sub>",
        "80000001",
        "10.5555/generated.80000001",
    )
    assert second.title == "Second"


def test_damaged_pubmed_record_is_listed_with_its_line() -> None:
    raw = document(article(80000001), article(80000002, "<b>never closed"), article(80000003))
    found, problems = entries(raw)
    assert [entry.citation.pmid for entry in found] == ["80000001", "80000003"]
    assert problems[0].line == 5
    assert "could not be read" in sentences(problems)
