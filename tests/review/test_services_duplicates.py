"""Duplicates of new texts: found through the index, merged when certain, else asked about once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from review.audit import differences
from review.citation import Author, Citation, Section
from review.dedupe import group, keys
from review.errors import Incomplete
from review.models import BlockKey, Event, Merge, Pair, Record, Report, Search
from review.services.duplicates import match_records
from review.services.flow import mark_handled
from review.services.matching import join_reports, part_reports
from review.services.pairs import answer_pair
from review.services.records import Text, store_texts
from tests import factories
from tests.bench.citations import made_up
from tests.people import Team, team
from tests.review.dedupe_cases import ARTICLE, NOWHERE, TITLE, listed, told


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def pubmed(t: Team) -> Search:
    return factories.search(t.review)


@pytest.fixture
def embase(t: Team) -> Search:
    return factories.search(t.review, source="Embase")


def store(search: Search, *citations: Citation) -> list[Report]:
    """Take records in as a file would bring them; give the report of each."""
    run = factories._hand_run(search)
    factories.store_snapshot(search=search, citations=list(citations), run=run)
    return [search.records.get(identifier=each.identifier).report for each in citations]


def named(identifier: str, citation: Citation) -> Citation:
    return replace(citation, identifier=identifier)


def partition(records: dict[str, object]) -> set[frozenset[str]]:
    """Identifiers grouped by what they belong to."""
    found = defaultdict(set)
    for identifier, report in records.items():
        found[report].add(identifier)
    return {frozenset(each) for each in found.values()}


# Finding ------------------------------------------------------------------------------------


def test_records_without_a_common_identifier_are_merged_by_place_title_and_authors(
    pubmed: Search, embase: Search
) -> None:
    (first,) = store(pubmed, ARTICLE)
    (second,) = store(embase, named("E1", listed()))
    assert first == second
    merge = Merge.objects.get()
    assert (merge.rule, merge.made_by) == ("place", None)
    assert merge.why == "Same volume and first page, titles 100% alike, authors 100% alike."
    assert merge.similarities["journal"] == 1.0


def test_the_index_holds_the_keys_of_the_current_text_and_no_others(embase: Search) -> None:
    (report,) = store(embase, named("E1", told()))
    record = report.records.get()
    newer = named("E1", told(title="Pain and naltrexone in another spelling", volume="66"))
    store_texts(search=embase, texts=[Text(newer)], run=None)
    match_records([record.pk])
    rows = BlockKey.objects.filter(record=record)
    assert {row.value for row in rows} == {key[:120] for key in keys(newer)}
    record.refresh_from_db()
    assert {row.revision_id for row in rows} == {record.current_id}


def test_records_of_another_review_share_no_index(t: Team, pubmed: Search) -> None:
    elsewhere = factories.search(team("elsewhere", shared=t).review, source="Embase")
    store(pubmed, ARTICLE)
    store(elsewhere, named("E1", listed()))
    assert not Merge.objects.exists()
    assert not Pair.objects.exists()


def test_matching_again_changes_nothing(pubmed: Search, embase: Search) -> None:
    store(pubmed, ARTICLE)
    store(embase, named("E1", listed()), named("E2", listed(**NOWHERE, title=f"{TITLE} again")))
    before = (Merge.objects.count(), list(Pair.objects.values_list("pk", "score")))
    assert match_records(Record.objects.values_list("pk", flat=True)) == 0
    assert (Merge.objects.count(), list(Pair.objects.values_list("pk", "score"))) == before


def test_records_that_come_in_portions_end_as_the_reports_of_all_at_once(embase: Search) -> None:
    """The rows of the index give what the engine gives in memory."""
    known = [each.citation for each in made_up(160, seed=11)]
    for start in range(0, len(known), 40):
        store(embase, *known[start : start + 40])
    reports = dict(embase.records.values_list("identifier", "report"))
    in_memory = group(known)
    assert partition(reports) == {frozenset(cluster) for cluster in in_memory.clusters}
    asked = Pair.objects.unanswered(embase.review).count()
    assert asked == len(in_memory.queue)


# Asking -------------------------------------------------------------------------------------


def doubtful(pubmed: Search, embase: Search) -> Pair:
    """Two reports that agree in title and authors, and in nothing else that is known."""
    store(pubmed, ARTICLE)
    store(embase, named("E1", listed(**NOWHERE)))
    return Pair.objects.get()


def test_a_doubtful_pair_waits_with_its_reason_score_and_similarities(
    pubmed: Search, embase: Search
) -> None:
    pair = doubtful(pubmed, embase)
    assert not Merge.objects.exists()
    assert pair.why == "Title and authors are alike."
    assert (pair.answer, pair.veto) == ("", "")
    assert 0.9 < pair.score <= 1
    assert pair.similarities == {"title": 1.0, "authors": 1.0, "journal": 1.0}


def test_the_queue_begins_with_the_likeliest_pair(t: Team, pubmed: Search, embase: Search) -> None:
    store(embase, named("E1", listed(title=f"Erratum: {TITLE}", issue="9", pages="1108")))
    store(embase, named("E2", listed(**NOWHERE)))
    store(pubmed, ARTICLE)
    scores = [pair.score for pair in Pair.objects.unanswered(t.review)]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert Pair.objects.unanswered(t.review)[0].veto == ""


def test_other_pmids_are_not_asked_about(pubmed: Search) -> None:
    store(pubmed, ARTICLE, named("19453963", replace(ARTICLE, pmid="19453963", doi="")))
    assert not Pair.objects.exists()


@pytest.mark.parametrize("answer", ["different", "linked"])
def test_an_answer_survives_every_later_import(
    t: Team, pubmed: Search, embase: Search, answer: str
) -> None:
    pair = doubtful(pubmed, embase)
    link = "companion" if answer == "linked" else ""
    answer_pair(pair=pair, answer=answer, actor=t.ann, link=link)
    record = embase.records.get()
    whole = named("E1", replace(ARTICLE, pages="529-538"))  # certain, were it not for the answer
    store_texts(search=embase, texts=[Text(whole)], run=None)
    assert match_records([record.pk]) == 0
    third = factories.search(t.review, source="PsycInfo")
    store(third, named("P1", listed(**NOWHERE)))
    pair.refresh_from_db()
    assert (pair.answer, pair.link, pair.answered_by) == (answer, link, t.ann)
    assert pair.answered_at is not None
    assert Report.objects.live().filter(pk__in=[pair.first_id, pair.second_id]).count() == 2


def test_what_was_said_of_a_copy_holds_for_the_report_that_absorbed_it(
    t: Team, pubmed: Search, embase: Search
) -> None:
    pair = doubtful(pubmed, embase)
    answer_pair(pair=pair, answer="different", actor=t.ann)
    told_apart = pair.second
    survivor = store(factories.search(t.review, source="Web"), named("W1", UNLIKE))[0]
    join_reports(
        survivor=survivor, absorbed=told_apart, rule="by a person", why="x", similarities={},
        actor=t.ann,
    )  # fmt: skip
    record = survivor.records.get(identifier="E1")
    store_texts(search=embase, texts=[Text(named("E1", ARTICLE))], run=None)
    assert match_records([record.pk]) == 0
    assert not Pair.objects.unanswered(t.review).exists()


UNLIKE = Citation(
    identifier="W1",
    title="How general practitioners store opioids: a survey of cupboards",
    authors=(Author("Kowalska", "Ewa", "E"),),
    abstract=(Section("", "Most cupboards were locked and few practices kept a register."),),
)


def test_an_open_question_goes_over_to_the_report_that_absorbs_one_of_the_two(
    t: Team, pubmed: Search, embase: Search
) -> None:
    pair = doubtful(pubmed, embase)
    survivor = store(factories.search(t.review, source="Web"), UNLIKE)[0]
    merge = join_reports(
        survivor=survivor, absorbed=pair.second, rule="by a person", why="x", similarities={},
        actor=t.ann,
    )  # fmt: skip
    (asked,) = Pair.objects.unanswered(t.review)
    assert {asked.first, asked.second} == {pair.first, survivor}
    assert (asked.why, asked.score) == (pair.why, pair.score)
    part_reports(merge=merge, actor=t.ann)
    assert pair in Pair.objects.unanswered(t.review)


def test_a_question_that_becomes_certain_is_merged(pubmed: Search, embase: Search) -> None:
    pair = doubtful(pubmed, embase)
    record = embase.records.get()
    store_texts(search=embase, texts=[Text(named("E1", listed()))], run=None)
    assert match_records([record.pk]) == 1
    assert not Pair.objects.unanswered(pair.review).exists()


def test_a_link_needs_to_say_how_and_every_answer_is_logged(
    t: Team, pubmed: Search, embase: Search
) -> None:
    pair = doubtful(pubmed, embase)
    for link in ("", "cousin"):
        with pytest.raises(Incomplete, match="how the two reports belong together"):
            answer_pair(pair=pair, answer="linked", actor=t.ann, link=link)
    answer_pair(pair=pair, answer="linked", actor=t.ann, link="erratum")
    event = Event.objects.get(what="answered a possible duplicate")
    assert (event.actor, event.new) == (t.ann, "linked erratum")


# Merging ------------------------------------------------------------------------------------


def test_a_poor_record_does_not_bring_two_editions_together(pubmed: Search, embase: Search) -> None:
    first = named("E1", told())
    second = named("E2", told(year=2014, volume="66", pages="529-538"))
    poor = named("E3", told(volume="", issue="", year=2014, pages="529-38"))
    one, two, three = store(embase, first, second, poor)
    assert len({one, two, three}) == 2
    assert one != two
    assert Pair.objects.unanswered(embase.review).count() == 1


def test_two_reports_that_people_have_handled_wait_for_an_answer(
    pubmed: Search, embase: Search
) -> None:
    (one,) = store(pubmed, ARTICLE)
    (other,) = store(embase, named("E1", UNLIKE))
    for report in (one, other):
        mark_handled(report)
    store_texts(search=embase, texts=[Text(named("E1", listed()))], run=None)
    assert match_records(other.records.values_list("pk", flat=True)) == 0
    (pair,) = Pair.objects.unanswered(one.review)
    assert pair.why.startswith("Same volume and first page")
    assert pair.score > 0.9


def test_many_copies_that_come_together_go_into_one_report_each_with_its_rule(
    embase: Search,
) -> None:
    copies = [named(f"E{n}", told(issue="") if n % 2 else listed()) for n in range(6)]
    assert len(set(store(embase, *copies))) == 1
    survivors = set(Merge.objects.values_list("survivor", flat=True))
    assert len(survivors) == 1
    assert Merge.objects.count() == 5
    assert set(Merge.objects.values_list("rule", flat=True)) <= {"place", "journal and year"}


def test_a_record_goes_to_its_copy_although_a_person_put_another_document_there(
    t: Team, pubmed: Search, embase: Search
) -> None:
    survivor, other = store(pubmed, ARTICLE, named("19453963", replace(UNLIKE, pmid="19453963")))
    join_reports(
        survivor=survivor, absorbed=other, rule="by a person", why="x", similarities={}, actor=t.ann
    )
    (report,) = store(embase, named("E1", listed()))
    assert report == survivor


def test_the_audit_names_records_that_the_index_lacks_or_holds_by_an_older_text(
    t: Team, embase: Search
) -> None:
    missed, newer, untitled = (
        report.records.get()
        for report in store(
            embase,
            factories.citation("E1"),
            factories.citation("E2"),
            Citation(identifier="E3"),
        )
    )
    assert list(differences(t.review)) == [], f"{untitled} has nothing to be found by"
    BlockKey.objects.filter(record=missed).delete()
    newest = factories.citation("E2", volume="99")
    store_texts(search=embase, texts=[Text(newest)], run=None)
    found = sorted(differences(t.review))
    assert found == [
        f"record {record.pk} is not in the index by which duplicates of it are found"
        for record in sorted((missed, newer), key=lambda record: str(record.pk))
    ]
    match_records([missed.pk, newer.pk])
    assert list(differences(t.review)) == []
