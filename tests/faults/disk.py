"""A small disk of our own, to be filled.

It is a tmpfs in a mount namespace that ends with the process that holds it, so that nothing of it
is left on the machine, however a test ends.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.running import ROOT

MOUNT = "mount -t tmpfs -o size=$1 winnow $0 && echo mounted && exec sleep 1800"


def can_mount() -> bool:
    """Whether this user may mount a disk of their own here."""
    trial = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=64k winnow /mnt"]
    try:
        return subprocess.run(trial, capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class SmallDisk:
    """A disk of ``size`` bytes at ``folder``; ``enter`` is the way of a command into it."""

    def __init__(self, folder: Path, size: int) -> None:
        folder.mkdir()
        self.folder = folder
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", MOUNT, str(folder), str(size)],
            stdout=subprocess.PIPE,
        )
        assert self.holder.stdout is not None
        assert self.holder.stdout.readline() == b"mounted\n"
        target = f"--target={self.holder.pid}"
        self.enter = ["nsenter", "--mount", target, f"--wd={ROOT}", "--"]

    def seen(self, path: Path) -> Path:
        """A path on the disk as this process can open it."""
        return Path(f"/proc/{self.holder.pid}/root{path}")

    def room(self) -> int:
        """How many bytes are left."""
        found = os.statvfs(self.seen(self.folder))
        return found.f_bavail * found.f_frsize

    def fill(self, leave: int) -> None:
        """Take all but so many bytes."""
        with self.seen(self.folder / "filler").open("ab") as filler:
            filler.write(b"\0" * max(self.room() - leave, 0))

    def make_room(self) -> None:
        """Give them back."""
        self.seen(self.folder / "filler").unlink()

    def end(self) -> None:
        self.holder.kill()
        self.holder.wait()
        if self.holder.stdout:
            self.holder.stdout.close()
