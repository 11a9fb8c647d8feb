"""Which values a report keeps of its records: by rule or by hand, through refreshes and splits."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from django.test import Client
from django.urls import reverse

from review.citation import Author, Citation, Section
from review.dedupe.kept import Source, keep, origins
from review.errors import Incomplete
from review.models import Event, Record, Report, Revision, Search
from review.services.duplicates import match_records
from review.services.kept import keep_value
from review.services.records import Text, store_texts
from review.site.audit import differences
from screening.models import Decision
from screening.services.merging import merge_reports, split_reports
from tests import factories
from tests.people import Team, team


def text(identifier: str, abstract: str = "Pain lasts.", **values: object) -> Citation:
    return factories.citation(identifier, "A trial", abstract=(Section("", abstract),), **values)


def kept(*texts: Citation, **chosen: int) -> Citation:
    return keep([Source(key, each) for key, each in enumerate(texts, start=1)], chosen)


def from_whom(*texts: Citation, **chosen: int) -> dict[str, int]:
    return origins([Source(key, each) for key, each in enumerate(texts, start=1)], chosen)


# The rules ----------------------------------------------------------------------------------


def test_the_longest_abstract_is_kept_but_not_one_that_is_hardly_longer() -> None:
    short, copyright, long = "x" * 100, "x" * 108, "x" * 300
    assert from_whom(text("1", short), text("2", copyright))["abstract"] == 1
    assert from_whom(text("1", short), text("2", copyright), text("3", long))["abstract"] == 3


def test_the_doi_that_most_sources_give_is_kept_however_they_write_it() -> None:
    dois = ("10.1000/wrong", "10.1000/RIGHT", "https://doi.org/10.1000/right")
    for order in permutations(dois):
        assert kept(*(text("1", doi=each) for each in order)).doi.casefold().endswith("/right")


def test_volume_and_pages_in_print_are_kept_with_their_year() -> None:
    ahead = text("1", year=2019, volume="", pages="")
    printed = text("2", year=2020, volume="12", issue="3", pages="1-9")
    found = kept(ahead, printed)
    assert (found.year, found.volume, found.issue, found.pages) == (2020, "12", "3", "1-9")


def test_all_else_is_kept_of_the_first_text_that_has_it() -> None:
    first = text("1", authors=(), journal="Pain")
    second = text("2", authors=(Author("Noor", "N"),), journal="The journal of pain")
    found = kept(first, second)
    assert (found.journal, found.authors) == ("Pain", second.authors)
    assert found.identifier == "1"


def test_a_persons_choice_goes_before_the_rules_unless_there_is_nothing_to_keep() -> None:
    first, second = text("1", journal="Pain"), text("2", journal="Brain")
    assert kept(first, second, journal=2).journal == "Brain"
    assert kept(first, text("2", journal=""), journal=2).journal == "Pain"
    assert kept(first, second, journal=9).journal == "Pain"


def test_one_text_is_kept_as_it_is() -> None:
    assert kept(text("1", doi="10.1000/x")) == text("1", doi="10.1000/x")


# In a review --------------------------------------------------------------------------------

LONG = "Naltrexone in a low dose eased the pain of every second participant. " * 3


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def embase(t: Team) -> Search:
    return factories.search(t.review, source="Embase")


@pytest.fixture
def pair(t: Team, embase: Search) -> tuple[Report, Report]:
    """A report of PubMed and one of Embase, which has the longer abstract and the DOI."""
    found = []
    for search, each in (
        (factories.search(t.review), text("1001", journal="Pain")),
        (embase, text("E1", LONG, doi="10.1000/x", journal="Brain", pmid="")),
    ):
        run = factories._hand_run(search)
        factories.store_snapshot(search=search, citations=[each], run=run)
        found.append(search.records.get().report)
    return found[0], found[1]


def face(report: Report) -> Citation:
    report.refresh_from_db()
    assert report.face is not None
    return report.face.citation


def merged(t: Team, pair: tuple[Report, Report]) -> Report:
    merge_reports(survivor=pair[0], absorbed=pair[1], why="Same", actor=t.lead)
    assert list(differences(t.review)) == []
    pair[0].refresh_from_db()
    return pair[0]


def test_a_merged_report_is_read_with_the_values_of_all_its_records(
    t: Team, pair: tuple[Report, Report]
) -> None:
    found = face(merged(t, pair))
    assert (found.journal, found.doi, found.pmid) == ("Pain", "10.1000/x", "1001")
    assert found.abstract[0].text == LONG
    own = Revision.objects.filter(report=None).order_by("pk")
    assert [each.citation.journal for each in own] == ["Pain", "Brain"], "texts stay as they came"


def test_a_split_gives_each_report_its_own_text_back(t: Team, pair: tuple[Report, Report]) -> None:
    before = [face(report) for report in pair]
    merge = merge_reports(survivor=pair[0], absorbed=pair[1], why="Same", actor=t.lead)
    split_reports(merge=merge, actor=t.lead)
    assert [face(report) for report in pair] == before
    assert list(differences(t.review)) == []


def test_a_choice_stays_through_a_refresh_a_split_and_another_merge(
    t: Team, embase: Search, pair: tuple[Report, Report]
) -> None:
    merge = merge_reports(survivor=pair[0], absorbed=pair[1], why="Same", actor=t.lead)
    record = embase.records.get()
    keep_value(report=pair[0], field="journal", record=record.pk, actor=t.lead)
    assert face(pair[0]).journal == "Brain"
    newer = text("E1", LONG, doi="10.1000/x", journal="Brain research", pmid="")
    match_records(store_texts(search=embase, texts=[Text(newer)], run=None).newer)
    assert face(pair[0]).journal == "Brain research"
    split_reports(merge=merge, actor=t.lead)
    assert face(pair[0]).journal == "Pain"
    merge_reports(survivor=pair[0], absorbed=pair[1], why="Same", actor=t.lead)
    assert face(pair[0]).journal == "Brain research"
    keep_value(report=pair[0], field="journal", record=None, actor=t.lead)
    assert face(pair[0]).journal == "Pain"
    assert list(differences(t.review)) == []
    said = Event.objects.filter(what="chose whose value a report keeps").values_list("new")
    assert list(said) == [(f"record {record.pk}",), ("by rule",)]


def test_the_same_values_put_together_again_are_the_same_text(
    t: Team, pair: tuple[Report, Report]
) -> None:
    report, key = merged(t, pair), pair[0].face_id
    record = Record.objects.get(identifier="E1")
    keep_value(report=report, field="journal", record=record.pk, actor=t.lead)
    keep_value(report=report, field="journal", record=None, actor=t.lead)
    report.refresh_from_db()
    assert report.face_id == key
    assert list(Revision.objects.filter(report=report).values_list("number", flat=True)) == [1, 2]


def test_who_decided_on_another_abstract_is_told_and_the_decision_keeps_what_was_read(
    t: Team, pair: tuple[Report, Report]
) -> None:
    stage = factories.stage(t.review)
    read = pair[0].face_id
    decision = factories.vote(t.ann, pair[0], "include")
    assert not Decision.objects.to_read_again(t.ann, stage).exists()
    merged(t, pair)
    assert Decision.objects.to_read_again(t.ann, stage).get() == decision
    decision.refresh_from_db()
    assert decision.revision_id == read


@pytest.mark.parametrize("field", ["volume", "identifier", ""])
def test_a_field_that_the_record_lacks_cannot_be_kept(
    t: Team, pair: tuple[Report, Report], field: str
) -> None:
    report = merged(t, pair)
    record = Record.objects.get(identifier="E1")
    with pytest.raises(Incomplete):
        keep_value(report=report, field=field, record=record.pk, actor=t.lead)


def test_a_record_of_another_report_cannot_be_chosen(t: Team, pair: tuple[Report, Report]) -> None:
    record = Record.objects.get(identifier="E1")
    with pytest.raises(Incomplete):
        keep_value(report=pair[0], field="journal", record=record.pk, actor=t.lead)


# The page -----------------------------------------------------------------------------------


def page(client: Client, address: str) -> str:
    html = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_page_shows_every_value_with_its_origin_and_a_lead_chooses(
    t: Team, pair: tuple[Report, Report]
) -> None:
    address = reverse("review:values", args=[t.review.slug, merged(t, pair).pk])
    lead, ann = Client(), Client()
    lead.force_login(t.lead)
    ann.force_login(t.ann)
    told = page(lead, address)
    assert "Journal Pain kept PubMed 1001 Brain Embase E1 Keep this one" in told
    assert "What no two records give differently" in told and "DOI 10.1000/x Embase E1" in told
    assert "Keep this one" not in page(ann, address)
    record = Record.objects.get(identifier="E1")
    lead.post(address, {"field": "journal", "record": record.pk})
    assert "Brain kept Embase E1 Chosen by Lead" in page(ann, address)
    lead.post(address, {"field": "journal", "record": ""})
    assert "Journal Pain kept" in page(ann, address)
    assert lead.post(address, {"field": "journal", "record": "7777"}).status_code == 422
    shown = page(lead, reverse("review:report", args=[t.review.slug, pair[0].pk]))
    assert "Which of their values this report keeps" in shown
    pair[0].refresh_from_db()
    text_page = reverse("review:revision", args=[t.review.slug, pair[0].face_id])
    assert f"Put together from the records of report {pair[0].pk}" in page(ann, text_page)
