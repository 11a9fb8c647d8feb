"""Rules of the flow: the lock, the ledger, and what follows from a report's records."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from review.models import Move, Position, Record, Report, Search
from review.services.flow import derive, lock_reports, mark_handled, move, project
from tests import factories
from tests.people import Team, team


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def report(t: Team) -> Report:
    return factories.reports(factories.search(t.review), 1)[0]


@pytest.mark.django_db(transaction=True)
def test_lock_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="needs a transaction"):
        lock_reports([1])


def test_lock_gives_fresh_rows_in_key_order(t: Team) -> None:
    one, two, three = factories.reports(factories.search(t.review), 3)
    Report.objects.filter(pk=two.pk).update(position=Position.EXCLUDED)
    locked = lock_reports([three.pk, two.pk, one.pk, two.pk])
    assert [row.pk for row in locked] == [one.pk, two.pk, three.pk]
    assert locked[1].position == "excluded"


def test_move_changes_the_position_and_writes_who_from_where_and_why(
    t: Team, report: Report
) -> None:
    reason = t.review.reasons.get(label="Wrong population")
    move(report=report, target="sought", cause="vote 1", actor=t.ann)
    move(report=report, target="excluded_full_text", cause="vote 2", actor=t.bo, reason=reason)
    last = Move.objects.order_by("pk").last()
    assert last is not None
    assert (last.origin, last.target, last.reason, last.cause, last.actor) == (
        "sought",
        "excluded_full_text",
        reason,
        "vote 2",
        t.bo,
    )
    report.refresh_from_db()
    assert (report.position, report.reason) == ("excluded_full_text", reason)


def test_move_to_where_it_stands_writes_nothing(t: Team, report: Report) -> None:
    before = Move.objects.count()
    assert move(report=report, target="screening", cause="vote 1", actor=t.ann) is False
    assert Move.objects.count() == before


def test_another_reason_at_the_same_position_is_a_move(t: Team, report: Report) -> None:
    first, second = t.review.reasons.order_by("pk")[:2]
    move(report=report, target="excluded_full_text", cause="vote 1", actor=None, reason=first)
    assert move(
        report=report, target="excluded_full_text", cause="settle 2", actor=None, reason=second
    )
    report.refresh_from_db()
    assert report.reason == second


def test_leaving_the_flow_needs_a_survivor_or_a_withdrawal(t: Team, report: Report) -> None:
    """CHECK: position is NULL if and only if the report was merged away or withdrawn."""
    with pytest.raises(IntegrityError), transaction.atomic():
        move(report=report, target=None, cause="lost", actor=None)


def test_first_sight_is_noted_once(t: Team, report: Report) -> None:
    mark_handled(report)
    first = report.handled_at
    mark_handled(report)
    report.refresh_from_db()
    assert first is not None
    assert report.handled_at == first


# Projections --------------------------------------------------------------------------------


def attach(report: Report, search: Search, key: str, *, text: bool = True) -> Record:
    """One more record of a report, past matching."""
    record = Record.objects.create(
        review=report.review, search=search, identifier=key, report=report
    )
    if text:
        record.current = record.revisions.create(
            number=1, data=factories.citation(key).to_json(), sha256="0" * 64
        )
        record.save()
    return record


def test_report_without_a_live_record_counts_by_none_and_has_no_face(report: Report) -> None:
    Record.objects.update(withdrawn_at="2026-11-22T12:00:00Z")
    assert derive(report) == ("right", None, None)


def test_pubmed_text_is_the_face_even_when_it_came_last(t: Team) -> None:
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    (report,) = factories.reports(lists, 1)
    found = attach(report, factories.search(t.review), "1001")
    project(report)
    report.refresh_from_db()
    assert report.face == found.current


def test_withdrawn_record_counts_for_nothing(t: Team) -> None:
    lists = factories.search(t.review, kind="citation", source="Reference lists")
    (report,) = factories.reports(lists, 1)
    found = attach(report, factories.search(t.review), "1001")
    Record.objects.filter(pk=found.pk).update(withdrawn_at="2026-11-22T12:00:00Z")
    assert derive(report)[:2] == ("right", lists.pk)


def test_projection_writes_only_when_something_changed(
    report: Report, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        project(report)


KINDS = ["database", "register", "website", "organisation", "citation", "other"]


class AnyRecords(TestCase):
    """Whatever sources gave a report, in whatever order."""

    @given(st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), min_size=1, max_size=6))
    def test_report_is_left_if_any_record_is_and_counts_by_the_earliest_such(
        self, given_by: list[tuple[str, bool]]
    ) -> None:
        review = team("any").review
        report = Report.objects.create(review=review, place=1, arm="right")
        records = [
            attach(
                report, factories.search(review, kind=kind, source=f"s{i}"), f"9{i}", text=with_text
            )
            for i, (kind, with_text) in enumerate(given_by)
        ]
        left = [record for record in records if record.search.kind in ("database", "register")]
        arm, counted_by, face = derive(report)
        assert arm == ("left" if left else "right")
        assert counted_by == (left or records)[0].search_id
        assert face == next((r.current_id for r in records if r.current_id), None)
