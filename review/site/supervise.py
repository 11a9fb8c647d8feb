"""Keeping a few processes running: prefixed output, restart with back-off, one clean end.

Each child is the leader of its own process group, so that Ctrl-C in the terminal reaches only the
supervisor, and so that a child can be ended together with what it started.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from review.site.lifeline import PARENT

Write = Callable[[str], None]

LONGEST_WAIT = 30.0
STEADY = 20.0  # a child that lived this long starts again without delay
LOOK = 0.2


@dataclass
class Child:
    """One process to keep running. ``wait`` is the next delay before a restart, in seconds."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    wait: float = field(default=1.0)


def supervise(
    children: Sequence[Child], stop: threading.Event, write: Write, grace: float = 10.0
) -> None:
    """Start the children and restart what ends, until ``stop`` is set; then end them all.

    A child has ``grace`` seconds to end by itself. That ``write`` fails, because nobody reads any
    more or the log's volume is full, is no reason to end.
    """
    write = undisturbed(write)
    try:
        for child in children:
            start(child, write)
        while not stop.wait(LOOK):
            for child in children:
                look_after(child, write)
    finally:
        write("Ending …")
        end(children, write, grace)


def undisturbed(write: Write) -> Write:
    """The same writing, whose failures disturb nobody."""

    def attempt(line: str) -> None:
        with suppress(OSError, ValueError):
            write(line)

    return attempt


def start(child: Child, write: Write) -> None:
    """Start one child and a thread that passes on what it writes."""
    child.process = subprocess.Popen(  # noqa: S603
        child.command,
        env={**child.environ, PARENT: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    child.started, child.due = time.monotonic(), 0.0
    threading.Thread(target=pass_on, args=(child.name, child.process, write), daemon=True).start()


def pass_on(name: str, process: subprocess.Popen[bytes], write: Write) -> None:
    """Write each line of a process with its name in front."""
    assert process.stdout  # noqa: S101  (start() asks for a pipe)
    with process.stdout as output:
        for line in output:
            write(f"{name:>6} | {line.decode(errors='replace').rstrip()}")


def look_after(child: Child, write: Write) -> None:
    """Plan the restart of a child that ended, or do it when its time has come."""
    if child.process is None or child.process.poll() is None:
        return
    now = time.monotonic()
    if not child.due:
        kill(child)  # what it started must not go on without it
        if now - child.started > STEADY:
            child.wait = 1.0
        write(f"{child.name:>6} | {ending(child.process)}; starting again in {child.wait:.0f} s")
        child.due, child.wait = now + child.wait, min(child.wait * 2, LONGEST_WAIT)
    elif now >= child.due:
        start(child, write)


def ending(process: subprocess.Popen[bytes]) -> str:
    """How a process ended, in words."""
    code = process.returncode
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def end(children: Sequence[Child], write: Write, grace: float) -> None:
    """Ask every child to end; kill the groups of those that take longer."""
    for child in children:
        if child.process and child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + grace
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            write(f"{child.name:>6} | took too long to end and is killed; its job resumes later")
        kill(child)
        child.process.wait()


def kill(child: Child) -> None:
    """Kill a child and everything in its group."""
    if child.process:
        try:
            os.killpg(child.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
