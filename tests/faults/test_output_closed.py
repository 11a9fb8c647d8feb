"""D15: nobody reads what Winnow writes, or the log's volume is full; everything goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from review.site.supervise import Child, supervise
from tests.faults.place import Place
from tests.running import ROOT, processes, until

FULL = Path("/dev/full")  # every write fails: no space left on the device


def children(parent: int, kind: str) -> list[int]:
    return [pid for pid, (owner, args) in processes().items() if owner == parent and kind in args]


def test_up_goes_on_when_its_terminal_is_gone(place: Place) -> None:
    """The worker and the web server still do their work, and a killed one still comes back."""
    environ = {k: v for k, v in (os.environ | place.environ).items() if k != "SITE_URL"}
    command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(place.port)]
    up = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert up.stdout is not None
    try:
        for line in up.stdout:
            if b" ready." in line:
                break
        up.stdout.close()
        (web,) = children(up.pid, "waitress")
        os.kill(web, signal.SIGKILL)
        until(lambda: children(up.pid, "waitress") not in ([], [web]), 60)
        until(lambda: place.health().get("jobs") == "up", 60)
        assert up.poll() is None
    finally:
        up.terminate()
        up.wait(30)
    until(lambda: not children(up.pid, ""), 10)


def test_a_supervisor_that_cannot_write_still_restarts_and_ends_its_children() -> None:
    def refuse(line: str) -> None:
        raise BrokenPipeError

    stop = threading.Event()
    child = Child("one", [sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ))
    thread = threading.Thread(target=supervise, args=([child], stop, refuse, 2.0))
    thread.start()
    until(lambda: child.process is not None, 20)
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: child.process and child.process.pid != first, 20)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert child.process.poll() is not None


@pytest.mark.both
@pytest.mark.skipif(not FULL.exists(), reason="this machine has no /dev/full")
def test_every_process_starts_and_works_without_room_for_its_log(place: Place) -> None:
    place.start_web(log=FULL)
    place.start_worker(log=FULL)
    place.start_beat(log=FULL)
    until(lambda: place.health().get("jobs") == "up", 60)
