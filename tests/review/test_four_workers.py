"""Four worker processes ask NCBI at once: together they stay below its limit, and get no 429."""

from __future__ import annotations

import subprocess
import sys
from bisect import bisect_left
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from review.models import Job
from tests.eutils import EUtils
from tests.pubmed_records import pmids
from tests.worker import environment

WORKERS, SECONDS = 4, 4
ASK_WITHOUT_REST = """
import sys, time, django; django.setup()
from review.services import jobs, pubmed
transport = pubmed.connect(jobs.claim(int(sys.argv[1])))
print("ready", flush=True)
sys.stdin.readline()
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    transport.call("esearch", {"db": "pubmed", "term": "pain"})
print(transport.tally.retries)
"""


@pytest.fixture
def processes(transactional_db: None) -> Iterator[list[subprocess.Popen[str]]]:
    """Those that a test starts; none outlives it."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        with process:  # closes its pipes and waits
            process.kill()


def start(number: int) -> subprocess.Popen[str]:
    job = Job.objects.create(task="t", subject="Asks", key=f"k{number}")
    command = [sys.executable, "-c", ASK_WITHOUT_REST, str(job.pk), str(SECONDS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, env=environment(), text=True, **pipes)


@pytest.mark.both
@pytest.mark.parametrize(("key", "limit"), [("", 3), ("a-key", 10)], ids=["no key", "a key"])
def test_four_workers_together_stay_below_ncbis_limit(
    settings: Settings, processes: list[subprocess.Popen[str]], key: str, limit: int
) -> None:
    settings.NCBI_API_KEY = key
    with EUtils(per_second=limit) as server:
        settings.EUTILS_BASE_URL = server.url
        server.answers(None, pmids(3))
        processes += [start(number) for number in range(WORKERS)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        retries = [process.communicate(timeout=60)[0].strip() for process in processes]

    assert retries == ["0"] * WORKERS
    at = [request.at for request in server.requests]
    assert busiest_second(at) <= limit
    assert len(at) >= SECONDS * limit / 3, "they hardly asked"


def busiest_second(at: list[float]) -> int:
    """The most requests that came within any one second."""
    return max(place - bisect_left(at, last - 1) + 1 for place, last in enumerate(at))
