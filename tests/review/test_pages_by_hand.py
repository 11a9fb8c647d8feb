"""Reports typed by hand: what a person writes becomes a citation, or is answered in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from review.citation import Author
from review.forms.citations import CitationForm, author
from review.markup import plain
from review.models import Record, Report, Search, SearchRun, User
from review.services.records import identify, mark_without_text
from tests import factories
from tests.people import Team, team

YOUNGER = {
    "title": "Low-dose naltrexone for fibromyalgia: P < 0.05 & <i>more</i>",
    "authors": "Younger J\n\nMackey, Sean\nFibromyalgia Study Group",
    "year": "2013",
    "journal": "Arthritis Rheum",
    "doi": "https://doi.org/10.1002/ART.37734",
    "pmid": " 23359310 ",
    "registration": "NCT00568555, NCT00000001",
    "abstract": "Pain lasts.\r\n\r\nIt was <reduced>.",
    "url": "acrjournals.example.org/doi/10.1002/art.37734",
}


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def lists(t: Team) -> Search:
    return factories.search(t.review, kind="citation", source="Reference lists")


def url(name: str, pk: int) -> str:
    return reverse(f"review:{name}", args=["ldn", pk])


def post(client: Client, user: User, name: str, pk: int, **data: str) -> Any:
    client.force_login(user)
    return client.post(url(name, pk), data)


# What people type ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Younger J", Author("Younger", "", "J")),
        ("van der Berg AB", Author("van der Berg", "", "AB")),
        ("Mackey, Sean", Author("Mackey", "Sean", "S")),
        ("Due Bruun, Karin Lise", Author("Due Bruun", "Karin Lise", "KL")),
        ("Younger, J.", Author("Younger", "", "J")),
        ("Dupont J.-P.", Author("Dupont", "", "JP")),
        ("Öberg Ö", Author("Öberg", "", "Ö")),
        ("Cochrane Pain Group", Author("Cochrane Pain Group", group=True)),
        ("Plato", Author("Plato")),
        ("  Younger   J ", Author("Younger", "", "J")),
        ("Younger,", Author("Younger")),
    ],
)
def test_author_line_is_read_as_people_write_it(line: str, read: Author) -> None:
    assert author(line) == read


@given(st.text(min_size=1).filter(str.strip))
def test_any_author_line_gives_a_name_and_loses_no_letter(line: str) -> None:
    read = author(line)
    letters = [c for c in line if c.isalpha()]
    kept = read.last + read.fore + read.initials
    assert all(letter in kept for letter in letters)


def test_form_becomes_a_citation_with_escaped_text() -> None:
    form = CitationForm(YOUNGER)
    assert form.is_valid(), form.errors
    citation = form.citation()
    assert citation.title == (
        "Low-dose naltrexone for fibromyalgia: P &lt; 0.05 &amp; &lt;i&gt;more&lt;/i&gt;"
    )
    assert plain(citation.title) == YOUNGER["title"]
    assert [part.text for part in citation.abstract] == ["Pain lasts.", "It was &lt;reduced&gt;."]
    assert [each.short for each in citation.authors] == [
        "Younger J",
        "Mackey S",
        "Fibromyalgia Study Group",
    ]
    assert (citation.doi, citation.pmid, citation.year) == ("10.1002/art.37734", "23359310", 2013)
    assert citation.registrations == ("NCT00568555", "NCT00000001")
    assert citation.url == "https://acrjournals.example.org/doi/10.1002/art.37734"


@given(st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(bool))
def test_whatever_title_is_typed_reads_the_same_on_the_page(title: str) -> None:
    form = CitationForm({"title": title})
    if form.is_valid():  # control characters are refused
        assert plain(form.citation().title) == " ".join(form.cleaned_data["title"].split())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"doi": "art.37734"}, "This is not a DOI."),
        ({"doi": "10.1002/art 37734"}, "This is not a DOI."),
        ({"doi": "10.1002/" + "x" * 200}, "This is not a DOI."),
        ({"pmid": "PMC123"}, "A PMID is a number of up to nine digits"),
        ({"pmid": "0"}, "A PMID is a number"),
        ({"pmid": "1234567890"}, "A PMID is a number"),
        ({"year": "13"}, "Enter a year from 1800 to"),
        ({"year": "2999"}, "Enter a year from 1800 to"),
        ({"year": "soon"}, "Enter a whole number."),
        ({"title": " "}, "This field is required."),
        ({"url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_mistyped_field_is_answered_with_what_it_should_look_like(
    change: dict[str, str], says: str
) -> None:
    form = CitationForm(YOUNGER | change)
    assert not form.is_valid()
    (field,) = change
    assert says in " ".join(form.errors[field])


@pytest.mark.parametrize("doi", ["doi:10.1/x", "DOI: 10.1234/X", "http://dx.doi.org/10.1234/x"])
def test_doi_is_bare_whatever_it_was_copied_from(doi: str) -> None:
    form = CitationForm({"title": "T", "doi": doi.replace("10.1/", "10.1234/")})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["doi"] == "10.1234/x"


# Adding -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["database", "register", "website", "organisation", "citation"])
def test_report_is_added_to_a_search_of_any_kind(t: Team, client: Client, kind: str) -> None:
    search = factories.search(t.review, kind=kind, source="Somewhere")
    answer = post(client, t.lead, "report_add", search.pk, **YOUNGER)
    report = Report.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("report", report.pk))
    assert report.arm == ("left" if kind in ("database", "register") else "right")
    assert report.position == "screening"


def test_double_click_adds_one_report(t: Team, client: Client, lists: Search) -> None:
    client.force_login(t.lead)
    text = client.get(url("report_add", lists.pk)).content.decode()
    nonce = re.search(r'name="nonce" value="(\w+)"', text)
    assert nonce
    for _ in range(2):
        answer = client.post(url("report_add", lists.pk), {"title": "A leaflet", "nonce": nonce[1]})
        assert answer.status_code == 303
    assert Record.objects.count() == 1


def test_report_that_the_search_has_is_refused_and_nothing_typed_is_lost(
    t: Team, client: Client, lists: Search
) -> None:
    post(client, t.lead, "report_add", lists.pk, **YOUNGER)
    answer = post(client, t.lead, "report_add", lists.pk, **YOUNGER)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "This search has 23359310 already." in text
    assert "Fibromyalgia Study Group" in text


def test_person_is_told_that_the_report_was_recognised(
    t: Team, client: Client, lists: Search
) -> None:
    known = CitationForm(YOUNGER)
    assert known.is_valid()
    pubmed = factories.search(t.review)
    post(client, t.lead, "report_add", pubmed.pk, **YOUNGER)
    client.force_login(t.lead)
    answer = client.post(url("report_add", lists.pk), YOUNGER, follow=True)
    assert "recognised as a report that is here already" in answer.content.decode()
    assert Report.objects.live().count() == 1


# Completing ---------------------------------------------------------------------------------


@pytest.fixture
def lacking(t: Team) -> Record:
    search = factories.search(t.review)
    run = SearchRun.objects.create(search=search, number=1, strategy="")
    identify(run=run, identifiers=["23359310"])
    mark_without_text(search=search, problems={"23359310": "PubMed sent no record for it."})
    return Record.objects.get()


def test_form_knows_the_pmid_and_says_why_it_is_needed(
    t: Team, client: Client, lacking: Record
) -> None:
    client.force_login(t.ann)
    text = client.get(url("record_complete", lacking.pk)).content.decode()
    assert 'value="23359310"' in text
    assert "PubMed sent no record for it." in text


def test_reviewer_completes_a_report_without_text(t: Team, client: Client, lacking: Record) -> None:
    answer = post(client, t.ann, "record_complete", lacking.pk, title="LDN in pain", pmid="")
    assert answer["Location"] == url("report", lacking.report_id)
    text = client.get(answer["Location"]).content.decode()
    assert "LDN in pain" in text
    assert "typed by hand" in text
    assert Record.objects.get().pmid == "23359310"


def test_text_that_came_meanwhile_is_not_overwritten(
    t: Team, client: Client, lacking: Record
) -> None:
    post(client, t.ann, "record_complete", lacking.pk, title="First")
    answer = post(client, t.bo, "record_complete", lacking.pk, title="Second")
    assert answer.status_code == 409
    assert "This record has a text by now." in answer.content.decode()
    assert Record.objects.get().current.citation.title == "First"


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 200), ("ann", 200), ("adjudicator", 403), ("observer", 403), ("stranger", 404)],
)
def test_leads_and_reviewers_complete_reports(
    t: Team, client: Client, lacking: Record, who: str, status: int
) -> None:
    client.force_login(getattr(t, who))
    assert client.get(url("record_complete", lacking.pk)).status_code == status
