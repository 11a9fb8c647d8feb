"""The settings of the test suite: the real ones, in a data folder of their own.

The shell's settings do not reach the tests, so that none can touch a working database or empty a
working Redis; WINNOW_TEST_DATABASE_URL and WINNOW_TEST_REDIS_URL choose others. No test can reach
NCBI: the E-utilities point at a closed port.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

OURS = ["SECRET_KEY", "DEBUG", "SITE_URL", "EMAIL_URL", "TRUSTED_PROXIES", "WINNOW_STATIC_DIR"]
OURS += ["NCBI_EMAIL", "NCBI_API_KEY", "NCBI_TOOL", "DATABASE_URL", "REDIS_URL"]
for name in OURS:
    os.environ.pop(name, None)
for name in ("DATABASE_URL", "REDIS_URL"):
    if chosen := os.environ.get(f"WINNOW_TEST_{name}"):
        os.environ[name] = chosen
if "REDIS_URL" in os.environ and "PYTEST_XDIST_WORKER" in os.environ:  # a queue for each process
    server, number = os.environ["REDIS_URL"].rsplit("/", 1)[0], os.environ["PYTEST_XDIST_WORKER"]
    os.environ["REDIS_URL"] = f"{server}/{number.removeprefix('gw')}"

DATA = Path(tempfile.mkdtemp(prefix="winnow-test-"))
OWNER = os.getpid()


def remove_data() -> None:
    """Remove the data folder at the end; forked children leave it alone."""
    if os.getpid() == OWNER:
        shutil.rmtree(DATA, ignore_errors=True)


atexit.register(remove_data)
os.environ["WINNOW_DATA_DIR"] = str(DATA)
os.environ["EUTILS_BASE_URL"] = "http://127.0.0.1:9/entrez/eutils"
os.environ["NCBI_EMAIL"] = "team@example.org"

from review.site.settings import *  # noqa: E402, F403
from review.site.settings import DATABASES  # noqa: E402

if "postgresql" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": f"test_winnow_{OWNER}"}

# A live server serves plain names; with hashed names htmx would be missing without a word.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, for tests only
