"""Emptying the test database although its history refuses to be deleted.

After a test with real transactions Django truncates every table and makes permissions and content
types anew, which takes seconds. Here the rows go by DELETE in one transaction in which the
append-only triggers are off, and what never differs between tests stays.
"""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase

STAYS = {"django_content_type", "auth_permission"}


def empty(_: TransactionTestCase) -> None:
    """Delete every row that a test can have made."""
    from review import triggers

    cache.clear()  # its table is no model's, and holds the rate limits
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")  # nothing to keep: no wait for the disk
        with transaction.atomic():
            triggers.drop()
            for table in set(tables) - STAYS:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
            triggers.install()
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=FULL")


@pytest.fixture(autouse=True, scope="session")
def _empty_append_only_tables() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
