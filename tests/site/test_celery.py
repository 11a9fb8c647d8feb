"""Every process of the site sends its messages to the site's own broker."""

from __future__ import annotations

import subprocess
import sys

from tests.worker import environment

PROGRAM = """
import django; django.setup()
from celery import current_app
print(current_app.main, current_app.connection().as_uri().rstrip("/"))
"""


def test_a_process_that_never_names_celery_uses_our_broker() -> None:
    settings = environment(DATABASE_URL="", REDIS_URL="")

    said = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=settings, capture_output=True, text=True, check=True
    )

    assert said.stdout.startswith("winnow review.site.embedded:Transport:")
