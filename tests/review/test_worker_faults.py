"""A real worker: its processes killed, its time up, its messages nonsense, its broker mute."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings as site
from pytest_django import Settings

from review.models import Job, Record, Revision, SearchRun
from review.models.jobs import State
from review.services import jobs
from review.services.searches import RUN_TASK
from review.site.audit import differences
from review.site.celery import app
from tests.eutils import EUtils
from tests.people import team
from tests.plugins.options import skip_or_fail
from tests.plugins.services import free_port
from tests.pubmed_records import generated, pmids
from tests.pubmed_runs import begin, texts
from tests.running import processes, until
from tests.worker import Worker, environment

ALL = pmids(250)  # two batches


@pytest.fixture
def pubmed(settings: Settings) -> Iterator[EUtils]:
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(generated(250))
        server.answers(None, ALL)
        yield server


def state(run: SearchRun) -> str:
    return Job.objects.get(pk=run.job_id).state


def assert_once(run: SearchRun) -> None:
    """The run came to its end as if nothing had happened."""
    run.refresh_from_db()
    assert state(run) == State.DONE
    assert (run.new, run.missing) == (250, [])
    assert (Record.objects.count(), texts(run), Revision.objects.count()) == (250, 250, 250)
    assert list(differences(run.search.review)) == []


def asks(port: int) -> int:
    """The process that has a connection to this port of our machine."""
    tables = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = (line.split() for line in tables)
    ends = {f"socket:[{row[9]}]" for row in rows if int(row[2].rpartition(":")[2], 16) == port}
    for pid in processes():
        with suppress(OSError):
            if ends & {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir()}:
                return pid
    raise AssertionError("nobody asks")


def sweep_until_done(run: SearchRun) -> None:
    """Sweep as beat lets the worker do, only more often."""
    end = time.monotonic() + 60
    while state(run) != State.DONE:
        assert time.monotonic() < end, "it never happened"
        jobs.sweep()
        time.sleep(1)


@pytest.mark.both
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks processes up as Linux does")
def test_a_run_whose_pool_process_was_killed_goes_on_in_the_same_worker(
    pubmed: EUtils, start_worker: Callable[..., Worker]
) -> None:
    worker = start_worker(WINNOW_JOB_LEASE="2")
    pubmed.hold("efetch", after=1)

    run = begin(team())
    assert pubmed.held.wait(30)
    victim = asks(urlsplit(pubmed.url).port or 0)
    assert processes()[victim][0] == worker.process.pid
    os.kill(victim, signal.SIGKILL)
    pubmed.release()
    sweep_until_done(run)

    assert_once(run)
    assert worker.process.poll() is None
    assert len(pubmed.asked("esearch")) == 1


@pytest.mark.both
def test_a_run_whose_time_is_up_is_taken_up_again_at_its_checkpoint(
    pubmed: EUtils, start_worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    start_worker()
    pubmed.hold("efetch", after=1)
    with monkeypatch.context() as quiet:
        quiet.setattr(jobs, "send", lambda job: False)
        run = begin(team())

    app.send_task(RUN_TASK, [run.job_id], soft_time_limit=3, time_limit=60)
    assert pubmed.held.wait(30)
    until(lambda: state(run) == State.QUEUED, 30)
    assert (texts(run), Job.objects.get().takeovers) == (200, 1)
    pubmed.release()
    assert jobs.sweep() == 1
    until(lambda: state(run) == State.DONE, 30)

    assert_once(run)
    assert [len(pubmed.asked(util)) for util in ("esearch", "efetch")] == [1, 3]


def test_a_worker_that_is_asked_to_end_ends_after_its_run(
    pubmed: EUtils, start_worker: Callable[..., Worker]
) -> None:
    worker = start_worker()
    pubmed.hold("efetch", after=1)
    run = begin(team())
    assert pubmed.held.wait(30)

    worker.process.terminate()
    worker.await_text("Warm shutdown")
    pubmed.release()

    assert worker.process.wait(30) == 0
    assert_once(run)


@pytest.mark.both
def test_messages_that_make_no_sense_stop_nobody(
    pubmed: EUtils, start_worker: Callable[..., Worker]
) -> None:
    worker = start_worker()
    task = "review.tasks.of_another_version"
    unknown = Job.objects.create(task=task, subject="Of another version", key="another")

    app.send_task(task, [unknown.pk])
    app.send_task(task, ["no", "job"])
    for arguments in ([], ["not a number"], [1, 2, 3], [{"pk": 1}], [-1], [10**30]):
        app.send_task(RUN_TASK, arguments)
    if site.EMBEDDED:
        for name, body in {"0_a": "", "0_b": '{"body": "cut of', "0_c": "[]", "0_d": "{}"}.items():
            (Path(site.ENV.data) / "queue" / "messages" / f"{name}.celery.msg").write_text(body)
    run = begin(team())
    until(lambda: state(run) == State.DONE, 60)

    assert_once(run)
    unknown.refresh_from_db()
    assert (unknown.state, unknown.error) == (State.FAILED, jobs.UNKNOWN_TASK)
    assert worker.process.poll() is None
    assert worker.log.count(" ready.") == 1


# A broker that does not answer ------------------------------------------------------------------

SEND = """
import time, django; django.setup()
from review.models import Job
from review.services import jobs
began = time.monotonic()
print(jobs.send(Job(pk=1, task="t")), time.monotonic() - began)
"""


@pytest.mark.parametrize("listens", [False, True], ids=["gone", "mute"])
def test_a_redis_that_does_not_answer_holds_up_nobody_who_clicks(listens: bool) -> None:
    """Without limits of time a mute Redis held a page for ever; nothing is waited for longer."""
    with socket.socket() as mute:
        port = free_port()
        if listens:
            mute.bind(("127.0.0.1", port))
            mute.listen(50)
        program = subprocess.run(
            [sys.executable, "-c", SEND],
            env=environment(REDIS_URL=f"redis://127.0.0.1:{port}/0"),
            capture_output=True,
            text=True,
            timeout=60,
        )
    sent, seconds = program.stdout.split()
    assert sent == "False"
    assert float(seconds) < 8


# Redis dies or forgets ---------------------------------------------------------------------------

SWEEP = """
import django; django.setup()
from review.services import jobs
print(jobs.sweep())
"""


class Redis:
    """A Redis of our own that writes down every message at once."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        program = shutil.which("redis-server") or ""
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        lasting = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        self.process = subprocess.Popen([program, *where, *lasting], stdout=subprocess.DEVNULL)
        until(self.answers, 10)

    def answers(self) -> bool:
        with redis.Redis(port=self.port) as client, suppress(redis.ConnectionError):
            return bool(client.ping())
        return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def broker(tmp_path: Path, transactional_db: None) -> Iterator[Redis]:
    if not shutil.which("redis-server"):
        skip_or_fail("REQUIRE_SERVICES", "redis-server is not installed")
    folder = tmp_path / "redis"
    folder.mkdir()
    made = Redis(folder)
    yield made
    made.kill()


def beside(program: str, broker: Redis) -> str:
    """What another process of the site says, one that uses this broker."""
    settings = environment(REDIS_URL=broker.url)
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60)
    return said.stdout.strip()


@pytest.mark.long
@pytest.mark.services
@pytest.mark.parametrize("loses", [False, True], ids=["killed", "emptied"])
def test_a_run_survives_its_broker(
    pubmed: EUtils,
    broker: Redis,
    start_worker: Callable[..., Worker],
    monkeypatch: pytest.MonkeyPatch,
    loses: bool,
) -> None:
    """The worker idles longer than its socket's limit of time, loses Redis, and finds it again."""
    worker = start_worker(REDIS_URL=broker.url)
    time.sleep(8)
    monkeypatch.setattr(jobs, "send", lambda job: False)
    os.kill(worker.process.pid, signal.SIGSTOP)  # it shall not take the message in between
    broker.kill()
    run = begin(team())
    assert beside(SWEEP, broker) == "0", "nobody takes the message, but nothing breaks"
    broker.start()
    assert beside(SWEEP, broker) == "1"
    if loses:
        with redis.Redis(port=broker.port) as client:
            client.flushall()
        Job.objects.filter(state=State.QUEUED).update(sent_at=None)
        beside(SWEEP, broker)
    else:
        broker.kill()
        broker.start()
    os.kill(worker.process.pid, signal.SIGCONT)

    until(lambda: state(run) == State.DONE, 60)
    assert_once(run)
    assert worker.process.poll() is None
