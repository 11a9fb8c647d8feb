"""What holds on SQLite and the embedded broker also holds on PostgreSQL and Redis.

Tests marked ``both`` run in the suite as it was started, and once more here with ``--long``.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.plugins.browser import chromium_path
from tests.plugins.options import skip_or_fail

ROOT = Path(__file__).resolve().parents[2]
SPREAD = ["-n", "4", "--dist", "loadfile"]


pytestmark = [
    pytest.mark.long,
    pytest.mark.services,
    pytest.mark.skipif(connection.vendor == "postgresql", reason="the suite runs on PostgreSQL"),
]


def test_the_rules_of_both_hold_on_postgresql_and_redis(postgres_url: str, redis_url: str) -> None:
    run_again("both and not browser and not long", postgres_url, redis_url)


def test_a_whole_review_is_played_on_postgresql_and_redis(
    postgres_url: str, redis_url: str
) -> None:
    if chromium_path() is None:
        skip_or_fail("REQUIRE_BROWSER", "no Chromium is installed")
    run_again("both and browser", postgres_url, redis_url)


def run_again(marked: str, postgres_url: str, redis_url: str) -> None:
    """Run the tests with these marks on the other database and broker; none may be skipped."""
    again = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--long", "-m", marked, "--no-header", *SPREAD],
        cwd=ROOT,
        env={
            **os.environ,
            "WINNOW_TEST_DATABASE_URL": postgres_url,
            "WINNOW_TEST_REDIS_URL": redis_url,
        },
        capture_output=True,
        text=True,
    )
    assert again.returncode == 0, again.stdout[-6000:]
    assert " passed" in again.stdout
    assert " skipped" not in again.stdout
