"""Append-only tables: triggers that refuse UPDATE and DELETE, on SQLite and PostgreSQL.

Installed by an idempotent ``post_migrate`` receiver, because SQLite drops triggers whenever a
table is made again. DELETE passes only for a review with a row in ``review_purge``; such rows
stay themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connection

PURGES = "review_purge"

_PG_FUNCTION = """
CREATE OR REPLACE FUNCTION winnow_append_only() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'review_purge' AND EXISTS
     (SELECT 1 FROM review_purge WHERE review_id = OLD.review_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$ LANGUAGE plpgsql
"""


def tables() -> list[str]:
    """Tables whose model says ``append_only = True``, by name."""
    models = (m for m in apps.get_models() if getattr(m, "append_only", False))
    return sorted(model._meta.db_table for model in models)


def install(**_: Any) -> None:
    """Create (or re-create) the triggers of every append-only table that exists."""
    existing = set(connection.introspection.table_names())
    if PURGES not in existing:
        return
    drop()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_PG_FUNCTION)
        for table in tables():
            if table in existing:
                for statement in _create(table):
                    cursor.execute(statement)


def step_aside(*, plan: Sequence[object] = (), **_: Any) -> None:
    """Take the triggers off before a migration that changes something, on SQLite only.

    While it makes ``review_purge`` again, every trigger that names it would stop the migration.
    One that fails leaves them off; the next that succeeds installs them, ``audit`` says it till
    then.
    """
    if plan and connection.vendor == "sqlite":
        drop()


def _create(table: str) -> list[str]:
    if connection.vendor == "postgresql":
        return [
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION winnow_append_only()"
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    purged = f"EXISTS (SELECT 1 FROM {PURGES} WHERE review_id = OLD.review_id)"  # noqa: S608
    if table == PURGES:
        purged = "FALSE"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {purged} {refuse}",
    ]


def drop() -> None:
    """Remove the triggers: only for a test's flush, and before they are created again."""
    with connection.cursor() as cursor:
        for name, table in installed():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def installed() -> list[tuple[str, str]]:
    """The (trigger, table) pairs that the database holds now."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE tgname LIKE '%%_append_only' AND NOT tgisinternal"
        )
    else:
        query = (
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' "
            "AND (name LIKE '%%_no_update' OR name LIKE '%%_no_delete')"
        )
    with connection.cursor() as cursor:
        cursor.execute(query.replace("%%", "%"))
        return [(name, table) for name, table in cursor.fetchall()]


def missing() -> list[str]:
    """Append-only tables that the database does not protect now."""
    wanted = 1 if connection.vendor == "postgresql" else 2
    held = [table for _, table in installed()]
    return [table for table in tables() if held.count(table) < wanted]
