"""A program of ours that keeps running beside a test, and every process that it starts."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.plugins.services import free_port

ROOT = Path(__file__).resolve().parents[1]


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def processes() -> dict[int, tuple[int, str]]:
    """Every process that runs: its parent and its command."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True
    )
    split = (line.split(None, 3) for line in listed.stdout.splitlines())
    return {int(w[0]): (int(w[1]), w[3]) for w in split if len(w) == 4 and w[2][0] != "Z"}


class Program:
    """One Python program, started in the project's folder; ``log`` holds what it writes.

    ``environ`` wins over this process's own environment; ``enter`` is a command put before it.
    """

    def __init__(
        self, command: Sequence[str], log: Path, *, enter: Sequence[str] = (), **environ: str
    ) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*enter, sys.executable, *command],
                cwd=ROOT,
                env={
                    **{k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
                    **environ,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def await_text(self, text: str, times: int = 1) -> None:
        until(lambda: self.text.count(text) >= times or self.process.poll() is not None)
        assert self.text.count(text) >= times, self.text[-4000:]

    def family(self) -> dict[int, str]:
        """Every process that this one started, and what those started."""
        found, everyone = {self.process.pid: ""}, processes()
        for _ in range(4):
            found |= {pid: args for pid, (parent, args) in everyone.items() if parent in found}
        return found

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)


class Local(Program):
    """One ``deploy/local.py`` on a port and a data folder of its own; ``address`` is the site's."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        data = {"WINNOW_DATA_DIR": str(folder / "data")}
        command = ["deploy/local.py", "--port", str(port), *arguments]
        super().__init__(command, folder / "local.log", **environ | data)

    def await_ready(self) -> None:
        """Wait until web server and worker say that they are there."""
        self.await_text("Booting worker", times=2)
        self.await_text(" ready. ")
