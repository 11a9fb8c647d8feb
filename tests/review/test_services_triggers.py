"""The history cannot be rewritten: the database itself refuses."""

from __future__ import annotations

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.migrations import Migration

from review import triggers
from review.models import Event, Move, Purge
from tests import factories
from tests.people import Team, team

TABLES = ["review_event", "review_move", "review_purge", "screening_decision"]


@pytest.fixture
def t(db: None) -> Team:
    """A review with a row in each of the tables."""
    t = team()
    (report,) = factories.reports(factories.search(t.review), 1)
    factories.vote(t.ann, report, "include")
    Purge.objects.create(review_id=999_999, slug="gone", reason="an earlier one")
    return t


def refused(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_moves_events_and_decisions_are_append_only() -> None:
    assert set(TABLES) <= set(triggers.tables())


@pytest.mark.both
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET review_id = review_id", "DELETE FROM {}"], ids=["update", "delete"]
)
def test_history_is_neither_changed_nor_deleted(t: Team, table: str, statement: str) -> None:
    refused(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
def test_history_is_not_replaced(t: Team, table: str) -> None:
    """SQLite's REPLACE deletes without firing triggers unless recursive_triggers is on."""
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608


@pytest.mark.both
def test_history_goes_only_with_a_purge_of_its_review(t: Team) -> None:
    other = team("elsewhere", shared=t)
    Purge.objects.create(review_id=t.review.pk, slug="ldn", reason="asked for by the team")
    Move.objects.filter(review=t.review).delete()
    assert not Move.objects.filter(review=t.review).exists()
    assert Event.objects.filter(review=other.review).exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(review=other.review).delete()


def test_purge_does_not_allow_a_change(t: Team) -> None:
    Purge.objects.create(review_id=t.review.pk, slug="ldn", reason="asked for by the team")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Move.objects.filter(review=t.review).update(cause="never happened")


@pytest.mark.both
def test_missing_triggers_are_named_and_installed_again(db: None) -> None:
    assert triggers.missing() == []
    triggers.drop()
    assert triggers.missing() == triggers.tables()
    triggers.install()
    triggers.install()
    assert triggers.missing() == []


@pytest.mark.both
def test_they_are_installed_after_every_migration(db: None) -> None:
    triggers.drop()
    emit_post_migrate_signal(0, False, "default")
    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_makes_again_is_protected_again() -> None:
    """A trigger that names a table which is gone meanwhile would stop the migration."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite makes tables again")
    emit_pre_migrate_signal(0, False, "default", plan=[(Migration("0099", "review"), False)])
    with connection.schema_editor() as editor:
        editor._remake_table(Purge)
        editor._remake_table(Move)
    emit_post_migrate_signal(0, False, "default")
    assert triggers.missing() == []
    Purge.objects.create(review_id=1, slug="gone", reason="an earlier one")
    refused("DELETE FROM review_purge")


def test_a_migration_that_changes_nothing_leaves_them_on(db: None) -> None:
    emit_pre_migrate_signal(0, False, "default", plan=[])
    assert triggers.missing() == []


def test_one_trigger_of_two_is_missed(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("two triggers a table are SQLite's")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER review_move_no_delete")
    assert triggers.missing() == ["review_move"]
