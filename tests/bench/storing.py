"""How fast are parsed records stored, and how long does a reviewer wait meanwhile? By hand::

    python -m tests.bench.storing 20000
    WINNOW_TEST_POSTGRES=postgresql://… python -m tests.bench.storing 20000

One process stores records in chunks, each its own transaction, as a fetch or an import does;
another screens in the same review, through the whole stack, one decision after the other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

from tests.bench.screening import database, prepare

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; from tests.bench import storing; storing.{}(*map(int, sys.argv[1:]))"


def store(records: int) -> None:
    """Make the review, let somebody screen in it, store records; print records a second."""
    prepare()
    from django.db import connection

    from review.services.records import CHUNK, PAUSE, Text, identify, store_texts
    from review.services.searches import _hand_run
    from tests.bench.large_review import batched, large_review
    from tests.factories import citation, search

    large = large_review(4_000)
    texts = [Text(citation(str(5_000_000 + number))) for number in range(records)]
    source = search(large.review, source="Embase")
    run = _hand_run(source)
    reviewer = start("screen")
    assert reviewer.stdout and reviewer.stdin
    reviewer.stdout.readline()
    began = time.monotonic()
    for chunk in batched(texts, CHUNK):
        identify(run=run, identifiers=[text.citation.identifier for text in chunk])
        store_texts(search=source, texts=chunk, run=run)
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
    seconds = time.monotonic() - began
    reviewer.stdin.close()
    waits = json.loads(reviewer.stdout.readline())
    print(json.dumps({"rate": records / seconds, "waits": waits}))  # noqa: T201


def screen() -> None:
    """Decide on one report after the other until standard input ends; print milliseconds."""
    prepare(migrate=False)
    import select

    from django.urls import reverse

    from review.models import User
    from tests.screening.pages import paper, signed_in

    client = signed_in(User.objects.get(email="ann@example.org"))
    queue = reverse("screening:queue", args=["ldn", "title_abstract"])
    waits: list[float] = []
    print("ready", flush=True)  # noqa: T201
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        sent = paper(client, queue, "exclude")
        began = time.perf_counter()
        client.post(*sent)
        waits.append((time.perf_counter() - began) * 1000)
    print(json.dumps(waits), flush=True)  # noqa: T201


def start(name: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """A process that runs one of the functions above on the same database."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(name), *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def measure(records: int, url: str, data: str) -> dict[str, Any]:
    """Records a second, and the milliseconds of each decision meanwhile."""
    environment = {"WINNOW_DATA_DIR": data} | ({"DATABASE_URL": url} if url else {})
    done = start("store", str(records), **environment)
    out, _ = done.communicate()
    if done.returncode:
        raise SystemExit("The program failed; see above.")
    return dict(json.loads(out.splitlines()[-1]))


def main() -> None:
    """Print a line for each database."""
    records = int(sys.argv[1]) if sys.argv[1:] else 20_000
    print("database    records/s  decisions  p50 ms  p99 ms  max ms")  # noqa: T201
    for server in filter(None, ["sqlite", os.environ.get("WINNOW_TEST_POSTGRES")]):
        name = None if server == "sqlite" else server
        with tempfile.TemporaryDirectory() as data, database(name) as url:
            found = measure(records, url, data)
        cut = quantiles(found["waits"], n=100)
        print(  # noqa: T201
            f"{'PostgreSQL' if name else 'SQLite':<12}{found['rate']:>9,.0f}"
            f"{len(found['waits']):>11}{cut[49]:>8.1f}{cut[98]:>8.1f}{max(found['waits']):>8.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
