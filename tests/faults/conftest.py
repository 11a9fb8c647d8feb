"""Sites that the tests of this folder may break."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.faults.place import Place, copy_of_postgresql, copy_of_sqlite, drop_postgresql
from tests.running import ROOT


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files, collected as a site needs them."""
    folder = tmp_path_factory.mktemp("static")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "review.site.settings",
            "WINNOW_STATIC_DIR": str(folder),
        },
        check=True,
    )
    return folder


@pytest.fixture
def place(tmp_path: Path, static: Path, transactional_db: None) -> Iterator[Place]:
    """A site on the kind of database and broker that the suite runs on; nothing runs yet."""
    if connection.vendor == "sqlite":
        made = Place(tmp_path, static)
        copy_of_sqlite(made.data)
    else:
        url = copy_of_postgresql(f"winnow_faults_{os.getpid()}")
        made = Place(tmp_path, static, DATABASE_URL=url, REDIS_URL=settings.ENV.redis_url)
    try:
        yield made
    finally:
        made.end()
        if connection.vendor != "sqlite":
            drop_postgresql(made.environ["DATABASE_URL"])
