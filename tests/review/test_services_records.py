"""Rules of records and their texts: nothing is lost, doubled or overwritten."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from review.citation import Section
from review.errors import Incomplete, Stale
from review.models import Event, Merge, Move, Record, Report, Revision, Search, SearchRun
from review.services import records
from review.services.by_hand import complete_by_hand
from review.services.records import Text, identify, mark_without_text, store_texts
from tests import factories
from tests.people import Team, team

SENT_NONE = "PubMed listed this identifier but sent no record for it."


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def search(t: Team) -> Search:
    return factories.search(t.review)


@pytest.fixture
def run(search: Search) -> SearchRun:
    return SearchRun.objects.create(search=search, number=1, strategy=search.strategy)


# Identifiers --------------------------------------------------------------------------------


def test_every_identifier_is_a_record_and_a_report_to_screen_at_once(run: SearchRun) -> None:
    assert identify(run=run, identifiers=["38258677", "23359310"]) == 2
    assert list(run.first_found.values_list("identifier", flat=True)) == ["38258677", "23359310"]
    assert list(Report.objects.values_list("place", "position", "arm")) == [
        (1, "screening", "left"),
        (2, "screening", "left"),
    ]
    assert (
        list(Move.objects.values_list("origin", "target", "cause"))
        == [(None, "screening", "identified")] * 2
    )


@pytest.mark.both
def test_only_a_number_of_pubmed_is_a_pmid(run: SearchRun) -> None:
    """What was typed by hand into a search of PubMed has another identifier."""
    identify(run=run, identifiers=["38258677", "by-hand-0123456789ab", "10.1002/art.37734"])
    pmids = Record.objects.order_by("pk").values_list("pmid", flat=True)
    assert list(pmids) == ["38258677", "", ""]


def test_later_run_adds_only_what_the_search_never_had(search: Search, run: SearchRun) -> None:
    identify(run=run, identifiers=["38258677", "23359310"])
    later = SearchRun.objects.create(search=search, number=2, strategy="")
    assert identify(run=later, identifiers=["23359310", "42385209"]) == 1
    assert Record.objects.get(identifier="42385209").report.place == 3
    assert Record.objects.get(identifier="23359310").first_run == run


def test_pubmed_identifier_is_a_pmid_and_that_of_a_register_is_not(t: Team, run: SearchRun) -> None:
    register = factories.search(t.review, kind="register", source="ClinicalTrials.gov")
    other = SearchRun.objects.create(search=register, number=0, strategy="")
    identify(run=run, identifiers=["23359310"])
    identify(run=other, identifiers=["NCT00568555"])
    assert list(Record.objects.order_by("pk").values_list("pmid", flat=True)) == ["23359310", ""]


def test_two_sources_with_the_same_identifier_have_a_record_each(t: Team, run: SearchRun) -> None:
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    identify(run=run, identifiers=["23359310"])
    other = SearchRun.objects.create(search=lists, number=0, strategy="")
    assert identify(run=other, identifiers=["23359310"]) == 1
    assert list(Report.objects.values_list("arm", flat=True)) == ["left", "right"]


class ManyIdentifiers(TestCase):
    """Whatever lists come in whatever order, in whatever chunks."""

    @given(st.lists(st.lists(st.integers(1, 30).map(str), max_size=40), max_size=4))
    def test_each_identifier_of_any_lists_is_one_record_of_one_report(
        self, lists: list[list[str]]
    ) -> None:
        search = factories.search(team("any").review)
        run = SearchRun.objects.create(search=search, number=1, strategy="")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(records, "CHUNK", 7)
            added = sum(identify(run=run, identifiers=one) for one in lists)
        wanted = {each for one in lists for each in one}
        found = list(search.records.values_list("identifier", "report__place"))
        assert added == len(found) == len(wanted)
        assert {identifier for identifier, _ in found} == wanted
        assert sorted(place for _, place in found) == list(range(1, len(wanted) + 1))


# Texts --------------------------------------------------------------------------------------


def test_first_text_becomes_the_face_of_the_report(search: Search, run: SearchRun) -> None:
    identify(run=run, identifiers=["23359310"])
    text = Text(factories.citation("23359310", "LDN for fibromyalgia", doi="10.1/x"), b"<xml/>")
    stored = store_texts(search=search, texts=[text], run=run)
    record = Record.objects.get()
    assert (stored.first, stored.newer) == ((record.pk,), ())
    assert (record.pmid, record.doi) == ("23359310", "10.1/x")
    assert record.report.face == record.current
    assert gzip.decompress(bytes(record.current.raw)) == b"<xml/>"


def test_unchanged_text_adds_no_revision(search: Search, run: SearchRun) -> None:
    identify(run=run, identifiers=["1"])
    text = factories.citation("1")
    store_texts(search=search, texts=[Text(text)], run=run)
    housekeeping = replace(text, revised=date(2026, 11, 1))
    again = store_texts(search=search, texts=[Text(housekeeping)], run=run)
    assert (again.first, again.newer, Revision.objects.count()) == ((), (), 1)


def test_changed_text_is_a_new_revision_and_the_old_one_stays(
    search: Search, run: SearchRun
) -> None:
    identify(run=run, identifiers=["1"])
    text = factories.citation("1", "Pain and naltrexone")
    store_texts(search=search, texts=[Text(text)], run=run)
    corrected = replace(text, title="Pain and low-dose naltrexone")
    stored = store_texts(search=search, texts=[Text(corrected)], run=run)
    record = Record.objects.get()
    assert stored.newer == (record.pk,)
    titles = [each.citation.title for each in record.revisions.order_by("number")]
    assert titles == ["Pain and naltrexone", "Pain and low-dose naltrexone"]
    assert record.report.face.number == 2


def test_text_of_an_identifier_that_the_search_does_not_have_is_ignored(
    search: Search, run: SearchRun
) -> None:
    stored = store_texts(search=search, texts=[Text(factories.citation("7"))], run=run)
    assert (stored.first, Record.objects.count(), Revision.objects.count()) == ((), 0, 0)


def test_record_without_text_says_why_until_a_text_comes(search: Search, run: SearchRun) -> None:
    identify(run=run, identifiers=["1"])
    mark_without_text(search=search, problems={"1": SENT_NONE})
    assert Record.objects.get().problem == SENT_NONE
    assert list(Report.objects.without_text()) == [Record.objects.get().report]
    store_texts(search=search, texts=[Text(factories.citation("1"))], run=run)
    assert Record.objects.get().problem == ""
    assert not Report.objects.without_text()


def test_text_that_was_had_is_not_marked_as_missing(search: Search, run: SearchRun) -> None:
    """A later run that fails to get it does not take the earlier text away."""
    identify(run=run, identifiers=["1"])
    store_texts(search=search, texts=[Text(factories.citation("1"))], run=run)
    mark_without_text(search=search, problems={"1": SENT_NONE})
    assert Record.objects.get().problem == ""


# Completed by hand --------------------------------------------------------------------------


@pytest.fixture
def lacking(search: Search, run: SearchRun) -> Record:
    identify(run=run, identifiers=["17222320"])
    mark_without_text(search=search, problems={"17222320": SENT_NONE})
    return Record.objects.get()


def test_typed_text_is_a_revision_without_a_run(t: Team, lacking: Record) -> None:
    typed = factories.citation("", "Low-dose naltrexone in Crohn's disease")
    complete_by_hand(record=lacking, citation=typed, actor=t.ann)
    record = Record.objects.get()
    assert (record.current.run, record.current.number, record.problem) == (None, 1, "")
    assert (record.current.citation.identifier, record.pmid) == ("17222320", "17222320")
    assert record.report.face == record.current
    event = Event.objects.get(what="completed a record by hand")
    assert (event.actor, event.subject) == (t.ann, "17222320")


def test_text_from_the_source_replaces_the_typed_one_as_a_newer_revision(
    t: Team, lacking: Record, search: Search, run: SearchRun
) -> None:
    complete_by_hand(record=lacking, citation=factories.citation("", "Typed"), actor=t.ann)
    store_texts(search=search, texts=[Text(factories.citation("17222320", "Fetched"))], run=run)
    assert Record.objects.get().report.face.citation.title == "Fetched"
    assert Revision.objects.count() == 2


def test_record_with_a_text_is_not_completed(
    t: Team, lacking: Record, search: Search, run: SearchRun
) -> None:
    store_texts(search=search, texts=[Text(factories.citation("17222320", "Fetched"))], run=run)
    with pytest.raises(Stale, match="has a text by now"):
        complete_by_hand(record=lacking, citation=factories.citation("", "Typed"), actor=t.ann)
    assert Record.objects.get().current.citation.title == "Fetched"


def test_typed_text_needs_a_title(t: Team, lacking: Record) -> None:
    empty = replace(factories.citation(""), title=" ", abstract=(Section("", "Text"),))
    with pytest.raises(Incomplete, match="title"):
        complete_by_hand(record=lacking, citation=empty, actor=t.ann)
    assert Record.objects.get().current is None


def test_completed_report_is_recognised_as_one_that_is_there(t: Team, lacking: Record) -> None:
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    known = factories.citation("17222320", "Low-dose naltrexone in Crohn's disease")
    factories.store_snapshot(search=lists, citations=[known], run=factories._hand_run(lists))
    complete_by_hand(record=lacking, citation=replace(known, identifier=""), actor=t.ann)
    assert Merge.objects.get().rule == "pmid"
    assert Report.objects.live().count() == 1
