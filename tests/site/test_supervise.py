"""What a supervisor starts is kept running, and ends with it whatever happens."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review.site.supervise import Child, supervise

CHILD = """
import os, subprocess, sys, time
from review.site.lifeline import follow_starter
follow_starter()
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("pids", os.getpid(), helper.pid, flush=True)
time.sleep(60)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + CHILD
PARENT = """
import sys, threading
from review.site.supervise import Child, supervise
import os
supervise([Child("one", [sys.executable, "-c", sys.argv[1]], os.environ)], threading.Event(),
          lambda line: print(line, flush=True))
"""


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and is not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


class Running:
    """A supervisor in a thread, and the lines it wrote."""

    def __init__(self, *codes: str) -> None:
        self.lines: list[str] = []
        self.stop = threading.Event()
        self.children = [
            Child(f"c{n}", [sys.executable, "-c", code], dict(os.environ))
            for n, code in enumerate(codes)
        ]
        arguments = (self.children, self.stop, self.lines.append, 2.0)
        self.thread = threading.Thread(target=supervise, args=arguments)
        self.thread.start()

    def pids(self) -> list[tuple[int, int]]:
        """(child, its own child) for every start so far."""
        words = [line.split("pids ")[1].split() for line in list(self.lines) if "pids " in line]
        return [(int(child), int(helper)) for child, helper in words]

    def end(self) -> None:
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture
def run() -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*codes: str) -> Running:
        started.append(Running(*codes))
        return started[-1]

    yield start
    for running in started:
        running.end()


def test_a_killed_child_comes_back_without_what_it_left(run: Callable[..., Running]) -> None:
    running = run(CHILD)
    until(lambda: len(running.pids()) == 1)
    child, helper = running.pids()[0]
    os.kill(child, signal.SIGKILL)
    until(lambda: len(running.pids()) == 2)
    until(lambda: not alive(helper), 5)
    assert alive(running.pids()[1][0])
    assert any("killed by SIGKILL; starting again in 1 s" in line for line in running.lines)


def test_a_child_that_always_fails_is_started_ever_more_rarely(run: Callable[..., Running]) -> None:
    running = run("raise SystemExit(3)")
    until(lambda: sum("ended with code 3" in line for line in running.lines) == 3)
    waits = [line.split("again in ")[1] for line in running.lines if "again in" in line]
    assert waits[:3] == ["1 s", "2 s", "4 s"]


def test_every_line_names_its_process(run: Callable[..., Running]) -> None:
    running = run("print('one'); import time; time.sleep(60)", "print('two')")
    until(lambda: len(running.lines) >= 2)
    assert "    c0 | one" in running.lines
    assert "    c1 | two" in running.lines


def test_ending_leaves_no_process_behind(run: Callable[..., Running]) -> None:
    running = run(CHILD, CHILD)
    until(lambda: len(running.pids()) == 2)
    running.end()
    until(lambda: not [pid for pair in running.pids() for pid in pair if alive(pid)], 5)


def test_a_child_that_does_not_listen_is_killed(run: Callable[..., Running]) -> None:
    running = run(STUBBORN)
    until(lambda: len(running.pids()) == 1)
    running.end()
    until(lambda: not [pid for pid in running.pids()[0] if alive(pid)], 5)
    assert any("took too long to end" in line for line in running.lines)


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    code = CHILD.replace("helper = ", "helper = None and ").replace("helper.pid", "0")
    log = tmp_path / "log"
    with log.open("w") as output:
        parent = subprocess.Popen([sys.executable, "-c", PARENT, code], stdout=output)
    try:
        until(lambda: "pids" in log.read_text())
        child = int(log.read_text().split("pids ")[1].split()[0])
        assert alive(child)
    finally:
        parent.kill()
        parent.wait()
    until(lambda: not alive(child), 10)
