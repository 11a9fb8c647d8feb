"""D6: what was acknowledged is on the disk, so a power cut takes none of it.

The databases promise that only as long as nobody tells them to be quicker. Here the connection
that the product itself opens is asked, and what is shipped to start a server is read. The cut
itself was not tried: it needs a machine whose power the tests may take away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.running import ROOT

SHIPPED = ["docker-compose.yml", "Dockerfile", "deploy", "docs/server.md", ".ci/run"]
QUICKER = re.compile(
    r"\b(fsync|synchronous_commit|full_page_writes)\W{1,4}(off|false|0|no|local)\b"
)


@pytest.fixture
def opened_anew(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A connection that was opened just now with the settings of the product."""
    fresh = connections.create_connection("default")
    fresh.connect()
    yield fresh
    fresh.close()


def asked(fresh: BaseDatabaseWrapper, question: str) -> str:
    with fresh.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite; the suite runs elsewhere")
def test_sqlite_waits_for_the_disk_before_it_says_done(opened_anew: BaseDatabaseWrapper) -> None:
    assert asked(opened_anew, "PRAGMA synchronous") == "2", "FULL"
    assert asked(opened_anew, "PRAGMA journal_mode") == "wal"


@pytest.mark.both
def test_the_connection_in_use_was_not_told_to_be_quicker(db: None) -> None:
    if connection.vendor == "sqlite":
        assert asked(connection, "PRAGMA synchronous") == "2"
        return
    assert asked(connection, "SHOW synchronous_commit") == "on"
    assert asked(connection, "SHOW fsync") == "on"
    assert asked(connection, "SHOW full_page_writes") == "on"


@pytest.mark.both
def test_a_server_whose_default_is_quicker_is_overruled(opened_anew: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        assert asked(opened_anew, "PRAGMA synchronous") == "2"
        return
    source = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"
    assert asked(opened_anew, source) == "client", "it is said by us, not left to the server"
    assert asked(opened_anew, "SHOW synchronous_commit") == "on"


def test_nothing_that_is_shipped_tells_postgresql_or_redis_to_be_quicker() -> None:
    paths = [ROOT / name for name in SHIPPED]
    files = [p for path in paths for p in ([path] if path.is_file() else path.rglob("*.py"))]
    assert len(files) > 4
    found = [f"{p.name}: {m[0]}" for p in files for m in QUICKER.finditer(p.read_text())]
    assert not found
    assert QUICKER.search("postgres -c fsync=off")
