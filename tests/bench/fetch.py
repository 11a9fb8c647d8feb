"""How fast and how big is a worker that fetches a large search? By hand::

    python -m tests.bench.fetch 1000 10000 25000

For each number of records: a database of its own, the local E-utilities in this process, and a
worker process whose highest resident memory is measured by the system. It asks with an API key,
so at most nine requests a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.eutils import EUtils
from tests.pubmed_records import generated, pmids

ROOT = Path(__file__).resolve().parents[2]
PREPARE = """
import django; django.setup()
from django.core.management import call_command
from review.services.protocol import create_review
from review.services.searches import save_search, start_run
call_command("migrate", verbosity=0)
review = create_review(slug="bench", title="A large search", actor=None)
search = save_search(review=review, actor=None, source="PubMed", is_pubmed=True, strategy="pain")
print(start_run(search=search, actor=None).job_id)
"""
FETCH = """
import json, resource, sys, time, django; django.setup()
from review.models import Record, Revision, SearchRun
from review.services import fetch, jobs
began = time.monotonic()
jobs.perform(int(sys.argv[1]), fetch.run_search)
run = SearchRun.objects.select_related("job").get(job=int(sys.argv[1]))
print(json.dumps({
    "state": run.job.state,
    "error": run.job.error,
    "reported": run.reported,
    "listed": len(set(run.identifiers)),
    "records": Record.objects.count(),
    "texts": Revision.objects.count(),
    "slices": len(run.slices),
    "requests": run.requests,
    "seconds": time.monotonic() - began,
    "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
}))
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One fetch: what came in, how long it took, and the worker's highest resident memory."""

    state: str
    error: str
    reported: int
    listed: int
    records: int
    texts: int
    slices: int
    requests: int
    seconds: float
    kilobytes: int

    @property
    def megabytes(self) -> float:
        """In MiB; macOS counts bytes where Linux counts kibibytes."""
        return self.kilobytes / (1024**2 if sys.platform == "darwin" else 1024)


def measure(number: int) -> Measured:
    """Fetch this many records, which entered PubMed over fifty years, in a process of its own."""
    with EUtils() as server, tempfile.TemporaryDirectory(prefix="winnow-bench-") as data:
        server.holds(generated(number))
        found = pmids(number)
        first, days = date(1975, 3, 1), 50 * 365
        server.entered = {
            pmid: first + timedelta(days=days * place // number) for place, pmid in enumerate(found)
        }
        server.answers(None, found)
        job = python(PREPARE, data=data, url=server.url)
        return Measured(**json.loads(python(FETCH, job, data=data, url=server.url)))


def python(program: str, *arguments: str, data: str, url: str) -> str:
    """The last line that a program of the site writes, on a data folder of its own."""
    ours = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL")
    settings = {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "DJANGO_SETTINGS_MODULE": "review.site.settings",
        "WINNOW_DATA_DIR": data,
        "EUTILS_BASE_URL": url,
        "NCBI_EMAIL": "team@example.org",
        "NCBI_API_KEY": "bench",
    }
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("The program failed; see above.")
    return done.stdout.splitlines()[-1]


def main() -> None:
    """Print one line for each number."""
    numbers = [int(number) for number in sys.argv[1:]] or [1_000, 10_000, 25_000]
    print("records  texts    slices  requests  seconds  records/s  peak MiB")  # noqa: T201
    for number in numbers:
        m = measure(number)
        print(  # noqa: T201
            f"{m.records:<8,} {m.texts:<8,} {m.slices:<7} {m.requests:<9} {m.seconds:<8.1f} "
            f"{m.texts / m.seconds:<10.0f} {m.megabytes:.0f}  {m.error}",
            flush=True,
        )


if __name__ == "__main__":
    main()
