"""PostgreSQL and Redis for the tests that need them.

PostgreSQL is the server named in WINNOW_TEST_POSTGRES; tests make and remove databases of their
own there and touch no other. Redis is a private one without files. Where one is missing, the tests
are skipped with the reason, or fail when REQUIRE_SERVICES=1.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import psycopg
import pytest
import redis

from tests.plugins.options import skip_or_fail

POSTGRES = os.environ.get("WINNOW_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of a PostgreSQL server where databases may be made."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        skip_or_fail("REQUIRE_SERVICES", "no PostgreSQL answers at WINNOW_TEST_POSTGRES")
    return POSTGRES


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a Redis server of our own."""
    if not (program := shutil.which("redis-server")):
        skip_or_fail("REQUIRE_SERVICES", "redis-server is not installed")
    port = free_port()
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen([*command, "--appendonly", "no"], stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(port=port)
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        client.close()
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)
