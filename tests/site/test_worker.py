"""A real worker on the real broker: what it is sent it does, and its end is a real end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.utils import timezone

from review.models import Heartbeat
from review.site.celery import app
from review.site.lifeline import PARENT
from tests.worker import Worker


def beats_since(moment: object) -> bool:
    return Heartbeat.objects.filter(name="worker", at__gt=moment).exists()


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def pool(worker: Worker) -> list[int]:
    """The processes in which a worker runs its tasks."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(worker.process.pid)], capture_output=True, text=True
    )
    return [int(pid) for pid in found.stdout.split()]


@pytest.mark.both
def test_a_worker_does_what_it_is_sent(worker: Worker) -> None:
    sent = timezone.now()
    app.send_task("review.tasks.sweep")
    until(lambda: beats_since(sent))


@pytest.mark.both
def test_a_message_waits_for_the_next_worker(start_worker: Callable[..., Worker]) -> None:
    start_worker().kill()
    sent = timezone.now()
    app.send_task("review.tasks.sweep")
    assert not beats_since(sent)
    start_worker()
    until(lambda: beats_since(sent))


@pytest.mark.both
def test_idle_pool_processes_that_are_killed_take_no_task_with_them(worker: Worker) -> None:
    """Two of them used to wait at one pipe behind one lock, which died with its holder."""
    for victim in pool(worker):
        os.kill(victim, signal.SIGKILL)
    sent = timezone.now()
    app.send_task("review.tasks.sweep")
    until(lambda: beats_since(sent))


def test_no_task_runs_on_after_its_worker_was_killed(worker: Worker) -> None:
    children = pool(worker)
    assert len(children) == 2
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait(10)
    until(lambda: not [pid for pid in children if is_alive(pid)], 10)


def test_a_pool_process_that_begins_after_its_worker_was_killed_ends_at_once() -> None:
    begin = "import review.site.celery as c, time; c.end_with_worker(); time.sleep(60)"
    gone = subprocess.Popen(["true"])
    gone.wait()
    late = subprocess.run(
        [sys.executable, "-c", begin], env={**os.environ, PARENT: str(gone.pid)}, timeout=30
    )
    assert late.returncode == -signal.SIGKILL


def is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")
