"""Whose rows are whose: every row of a review, and rows of one review that point into another."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import F, Field, Model

from review.models import Review

FIRST, STEP = 1_500_000_000, 1_000_000  # above every PMID, below the largest key of any table

Kind = type[Model]


def kinds() -> list[Kind]:
    """Every table of every app, in a fixed order."""
    found = apps.get_models(include_auto_created=True)
    return sorted(found, key=lambda model: model._meta.label)


def distinct_keys() -> None:
    """Let new rows of each table have keys that no other table gives: a key tells its kind."""
    for number, model in enumerate(kinds()):
        key, table = model._meta.pk, model._meta.db_table
        if key.get_internal_type() not in ("AutoField", "BigAutoField"):
            continue
        with connection.cursor() as cursor:
            first = FIRST + number * STEP
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)",
                               [table, first])  # fmt: skip
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                               [table, key.column, first])  # fmt: skip


def kind_of(value: object) -> Kind | None:
    """Which table's key this is."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return None
    number, rest = divmod(int(text) - FIRST, STEP)
    return kinds()[number] if 0 <= number < len(kinds()) and rest else None


@cache
def paths() -> dict[Kind, str]:
    """How to get from a row to its review, for every table with a way there."""
    found: dict[Kind, str] = {Review: "pk"}
    grows = True
    while grows:
        grows = False
        for model in kinds():
            ways = [(f, found[f.related_model]) for f in _links(model) if f.related_model in found]
            if model not in found and ways:
                link, on = min(ways, key=lambda way: (way[0].null, way[1].count("__")))
                found[model] = link.name if on == "pk" else f"{link.name}__{on}"
                grows = True
    return found


def _links(model: Kind) -> list[Any]:
    return [f for f in model._meta.concrete_fields if isinstance(f, Field) and f.is_relation]


def rows_of(review: Review, tables: set[str] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """What is stored of a review, by table; in all tables or in these."""
    return {
        model._meta.db_table: list(
            model._base_manager.filter(**{path: review.pk}).order_by("pk").values_list()
        )
        for model, path in paths().items()
        if tables is None or model._meta.db_table in tables
    }


def keys_of(review: Review, kind: Kind) -> list[int]:
    """The keys of a review's rows of one table; of people those who are members."""
    where = {"memberships__review": review} if kind not in paths() else {paths()[kind]: review.pk}
    return list(kind._base_manager.filter(**where).order_by("pk").values_list("pk", flat=True))


def strays(tables: set[str]) -> list[str]:
    """Rows of these tables that belong to one review and point to a row of another."""
    found = []
    for model, path in paths().items():
        for link in _links(model) if model._meta.db_table in tables else []:
            on = paths().get(link.related_model)
            if on is None or link.name == path:
                continue
            other = link.name if on == "pk" else f"{link.name}__{on}"
            rows = model._base_manager.exclude(**{link.name: None}).exclude(**{path: F(other)})
            found += [f"{model._meta.label} {pk}: {link.name}" for pk in rows.values_list("pk")]
    return found
