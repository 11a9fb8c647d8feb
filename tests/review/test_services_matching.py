"""Rules of merging: certain duplicates only, nothing handled is lost, every merge can be undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.citation import Author, Citation
from review.errors import WrongPosition
from review.models import Merge, Move, Pair, Record, Report, Search, Study
from review.services.duplicates import match_records
from review.services.flow import mark_handled, move
from review.services.matching import join_reports, part_reports
from review.services.pairs import answer_pair
from tests import factories
from tests.people import Team, team

FINAL = Citation(
    identifier="38258677",
    title="Naltrexone 6 mg once daily versus placebo in women with fibromyalgia",
    authors=(Author("Due Bruun", "Karin", "K"), Author("Christensen", "Robin", "R")),
    year=2024,
    doi="10.1016/s2665-9913(23)00278-3",
    pmid="38258677",
)


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def pubmed(t: Team) -> Search:
    return factories.search(t.review)


@pytest.fixture
def lists(t: Team) -> Search:
    return factories.search(t.review, kind="citation", source="Reference lists")


def store(search: Search, *citations: Citation) -> list[Report]:
    run = factories._hand_run(search)
    factories.store_snapshot(search=search, citations=list(citations), run=run)
    keys = [each.identifier for each in citations]
    return [search.records.get(identifier=key).report for key in keys]


def join(survivor: Report, absorbed: Report, why: str = "same trial") -> Merge:
    return join_reports(
        survivor=survivor,
        absorbed=absorbed,
        rule="by a person",
        why=why,
        similarities={},
        actor=None,
    )


def test_same_pmid_and_title_is_one_report_with_both_records(pubmed: Search, lists: Search) -> None:
    (first,) = store(pubmed, FINAL)
    (second,) = store(lists, FINAL)
    assert first == second
    merge = Merge.objects.get()
    assert (merge.rule, merge.survivor, merge.made_by) == ("pmid", first, None)
    assert "Same PMID" in merge.why
    assert merge.similarities["title"] == 1.0
    assert first.records.count() == 2
    assert Report.objects.live().count() == 1


def test_absorbed_report_leaves_the_flow_with_a_move_that_names_the_merge(
    pubmed: Search, lists: Search
) -> None:
    store(pubmed, FINAL)
    store(lists, FINAL)
    merge = Merge.objects.get()
    last = Move.objects.filter(report=merge.absorbed).order_by("pk").last()
    assert last is not None
    assert (last.origin, last.target, last.cause) == ("screening", None, f"merge {merge.pk}")
    assert (merge.absorbed.position, merge.absorbed.survivor) == (None, merge.survivor)


@pytest.mark.parametrize(
    "other",
    [
        replace(FINAL, identifier="x", title="Erratum: opioids in the aged"),
        replace(FINAL, identifier="x", pmid="1", doi=""),
        replace(FINAL, identifier="x", pmid="", doi="10.1186/s13063-021-05776-7"),
    ],
    ids=["another title", "another PMID", "another DOI"],
)
def test_what_is_not_certain_stays_apart(pubmed: Search, lists: Search, other: Citation) -> None:
    store(pubmed, FINAL)
    store(lists, other)
    assert not Merge.objects.exists()


def test_reports_of_another_review_are_never_matched(pubmed: Search, t: Team) -> None:
    elsewhere = factories.search(team("elsewhere", shared=t).review)
    store(pubmed, FINAL)
    store(elsewhere, FINAL)
    assert not Merge.objects.exists()


def test_three_copies_become_one_report(t: Team, pubmed: Search, lists: Search) -> None:
    register = factories.search(t.review, kind="register", source="ICTRP")
    store(pubmed, FINAL)
    store(lists, FINAL)
    (third,) = store(register, FINAL)
    assert third.records.count() == 3
    assert Report.objects.live().get() == third


def test_matching_again_changes_nothing(pubmed: Search, lists: Search) -> None:
    store(pubmed, FINAL)
    store(lists, FINAL)
    assert match_records(Record.objects.values_list("pk", flat=True)) == 0
    assert Merge.objects.count() == 1


def test_report_that_a_person_was_shown_survives(pubmed: Search, lists: Search) -> None:
    store(pubmed, FINAL)
    (seen,) = store(lists, replace(FINAL, title="To be corrected"))
    mark_handled(seen)
    record = seen.records.get()
    record.current = record.revisions.create(number=2, data=FINAL.to_json(), sha256="1" * 64)
    record.save()
    assert match_records([record.pk]) == 1
    assert Merge.objects.get().survivor == seen
    assert Report.objects.live().get() == seen


def test_two_reports_that_people_have_handled_wait_for_an_answer(
    pubmed: Search, lists: Search
) -> None:
    (one,) = store(pubmed, FINAL)
    (other,) = store(lists, replace(FINAL, title="To be corrected"))
    mark_handled(one)
    mark_handled(other)
    record = other.records.get()
    record.current = record.revisions.create(number=2, data=FINAL.to_json(), sha256="1" * 64)
    record.save()
    assert match_records([record.pk]) == 0
    pair = Pair.objects.get()
    assert (pair.first, pair.second, pair.answer) == (one, other, "")
    assert not Merge.objects.exists()


def test_pair_that_a_person_called_different_is_never_merged(
    t: Team, pubmed: Search, lists: Search
) -> None:
    (one,) = store(pubmed, FINAL)
    (other,) = store(lists, replace(FINAL, title="To be corrected"))
    pair = Pair.objects.get(first=one, second=other, answer="")  # queued as the title differs
    answer_pair(pair=pair, answer="different", actor=t.ann)
    record = other.records.get()
    record.current = record.revisions.create(number=2, data=FINAL.to_json(), sha256="1" * 64)
    record.save()
    assert match_records([record.pk]) == 0
    assert Pair.objects.get().answered_by == t.ann


@pytest.mark.parametrize("case", ["itself", "merged away"])
def test_only_two_live_reports_can_be_joined(pubmed: Search, case: str) -> None:
    one, two, three = factories.reports(pubmed, 3)
    join(one, two)
    with pytest.raises(WrongPosition):
        join(one, one) if case == "itself" else join(three, Report.objects.get(pk=two.pk))
    assert Merge.objects.count() == 1


# Splitting ----------------------------------------------------------------------------------


def test_split_gives_back_records_position_and_reason(t: Team, pubmed: Search) -> None:
    one, two = factories.reports(pubmed, 2)
    reason = t.review.reasons.get(label="Wrong population")
    move(report=two, target="excluded_full_text", cause="vote 1", actor=t.ann, reason=reason)
    merge = join(one, two)
    part_reports(merge=merge, actor=t.bo)
    two.refresh_from_db()
    assert (two.position, two.reason, two.survivor) == ("excluded_full_text", reason, None)
    assert [r.identifier for r in two.records.all()] == ["1002"]
    assert [r.identifier for r in one.records.all()] == ["1001"]
    merge.refresh_from_db()
    assert merge.split_by == t.bo


def test_split_pair_is_remembered_as_different(pubmed: Search, lists: Search) -> None:
    store(pubmed, FINAL)
    store(lists, FINAL)
    part_reports(merge=Merge.objects.get(), actor=None)
    assert Pair.objects.get().answer == "different"
    assert match_records(Record.objects.values_list("pk", flat=True)) == 0
    assert Report.objects.live().count() == 2


def test_split_mends_column_and_face_of_both(pubmed: Search, lists: Search) -> None:
    (left,) = store(pubmed, FINAL)
    store(lists, FINAL)
    absorbed = Merge.objects.get().absorbed
    part_reports(merge=Merge.objects.get(), actor=None)
    absorbed.refresh_from_db()
    left.refresh_from_db()
    assert (left.arm, absorbed.arm) == ("left", "right")
    assert absorbed.face == absorbed.records.get().current


def test_what_was_split_is_not_split_again(pubmed: Search) -> None:
    merge = join(*factories.reports(pubmed, 2))
    part_reports(merge=merge, actor=None)
    with pytest.raises(WrongPosition, match="split already"):
        part_reports(merge=merge, actor=None)


def test_chain_of_merges_comes_apart_from_its_end(pubmed: Search) -> None:
    """A takes B, C takes A: B follows to C, and comes back to A when A leaves C."""
    a, b, c = factories.reports(pubmed, 3)
    inner = join(a, b)
    outer = join(c, Report.objects.get(pk=a.pk))
    b.refresh_from_db()
    assert b.survivor == c
    assert c.records.count() == 3
    with pytest.raises(WrongPosition, match="Split that merge first"):
        part_reports(merge=inner, actor=None)
    part_reports(merge=outer, actor=None)
    b.refresh_from_db()
    a.refresh_from_db()
    assert (b.survivor, a.position, a.records.count(), c.records.count()) == (a, "screening", 2, 1)
    part_reports(merge=inner, actor=None)
    assert [Record.objects.get(identifier=k).report for k in ("1001", "1002", "1003")] == [a, b, c]


def test_survivor_without_a_study_joins_that_of_the_absorbed_report(
    t: Team, pubmed: Search
) -> None:
    """Otherwise what was appraised and extracted there would be lost from sight."""
    one, two = factories.reports(pubmed, 2)
    two.study = Study.objects.create(review=t.review, label="Younger 2013")
    two.save()
    join(one, two)
    one.refresh_from_db()
    assert one.study == two.study


def test_survivor_keeps_its_own_study(t: Team, pubmed: Search) -> None:
    one, two = factories.reports(pubmed, 2)
    for report, label in ((one, "Bruun 2021"), (two, "Younger 2013")):
        report.study = Study.objects.create(review=t.review, label=label)
        report.save()
    join(one, two)
    one.refresh_from_db()
    assert str(one.study) == "Bruun 2021"
