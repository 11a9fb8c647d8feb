"""The whole database as values, to see what an act has written."""

from __future__ import annotations

from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]


def dump(*, without: tuple[str, ...] = ("django_session", "site_cache")) -> dict[str, Rows]:
    """Every row of every table, in order of its key."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table not in without:
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608
                found[table] = cursor.fetchall()
    return found


def changed(before: dict[str, Rows], after: dict[str, Rows]) -> set[str]:
    """The tables that differ."""
    return {table for table in before | after if before.get(table) != after.get(table)}
