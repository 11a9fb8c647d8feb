"""How long a reviewer waits for the next report and for a decision, however large the review::

    python -m tests.bench.screening 1000 100000
    WINNOW_TEST_POSTGRES=postgresql://… python -m tests.bench.screening 1000 100000

For each number of reports: a database of its own (SQLite; PostgreSQL where a server is named),
eight reviewers, and requests through the whole stack of middleware, one after the other.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = 200
WAIT = {"next": "next report", "vote": "decision", "conflicts": "conflicts, any depth"}


def prepare(*, migrate: bool = True) -> None:
    """Set up Django in this process, for requests without a server."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "review.site.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    if migrate:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
    settings.ALLOWED_HOSTS = ["testserver"]
    setup_test_environment()


def measured(reports: int) -> dict[str, Any]:
    """Milliseconds of each request, and statements of the first of each kind; runs in a child."""
    prepare()
    from tests.bench.large_review import large_review

    return _requests(large_review(reports), reports)


def _requests(large: Any, reports: int) -> dict[str, Any]:
    from django.urls import reverse

    from tests.screening.pages import paper, signed_in

    clients = [signed_in(person) for person in large.reviewers]
    slug, rng = large.review.slug, random.Random(2)
    queue = reverse("screening:queue", args=[slug, "title_abstract"])
    conflicts = reverse("screening:conflicts", args=[slug, "title_abstract"])
    taken: dict[str, Any] = {"next": [], "vote": [], "conflicts": []}
    for number in range(min(REQUESTS, reports // 10)):
        client = clients[number % len(clients)]
        if number < len(clients):
            client.get(queue)  # claims a batch of seats
        taken["next"].append(_timed(lambda c=client: c.get(queue)))
        sent = paper(client, queue, rng.choice(["include", "exclude", "exclude", "exclude"]))
        taken["vote"].append(_timed(lambda c=client, s=sent: c.post(*s)))
    for _ in range(REQUESTS // 2):
        page = f"{conflicts}?after={rng.randrange(reports)}"
        taken["conflicts"].append(_timed(lambda p=page: clients[0].get(p)))
    sent = paper(clients[0], queue, "exclude")
    counted = {
        "next": _statements(lambda: clients[1].get(queue)),
        "vote": _statements(lambda: clients[0].post(*sent)),
        "conflicts": _statements(lambda: clients[0].get(conflicts)),
    }
    return {"taken": taken, "statements": counted}


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    answer = act()
    if answer.status_code not in (200, 303):
        raise SystemExit(f"answered {answer.status_code}")
    return (time.perf_counter() - began) * 1000


def _statements(act: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum(not query["sql"].startswith(frame) for query in captured.captured_queries)


@contextmanager
def database(server: str | None) -> Any:
    """The URL of an empty database: "" for SQLite in the data folder."""
    if server is None:
        yield ""
        return
    import psycopg

    name = f"winnow_bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server.rsplit('/', 1)[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def child(reports: int, url: str, data: str) -> dict[str, Any]:
    """Measure in a process of its own."""
    ours = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment["WINNOW_DATA_DIR"] = data
    if url:
        environment["DATABASE_URL"] = url
    program = (
        "import json, sys; from tests.bench.screening import measured; "
        "print(json.dumps(measured(int(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", program, str(reports)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("The program failed; see above.")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Print a line for each database, size and kind of request."""
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 100_000]
    print("database    reports  request               p50 ms  p95 ms  max ms  statements")  # noqa: T201
    for server in (None, os.environ.get("WINNOW_TEST_POSTGRES")):
        for size in sizes:
            with tempfile.TemporaryDirectory() as data, database(server) as url:
                found = child(size, url, data)
            for kind, name in WAIT.items():
                cut = quantiles(found["taken"][kind], n=100)
                print(  # noqa: T201
                    f"{'PostgreSQL' if server else 'SQLite':<12}{size:>7,}  {name:<20}"
                    f"{cut[49]:>8.1f}{cut[94]:>8.1f}{max(found['taken'][kind]):>8.1f}"
                    f"{found['statements'][kind]:>12}",
                    flush=True,
                )
        if not os.environ.get("WINNOW_TEST_POSTGRES"):
            break


if __name__ == "__main__":
    main()
