"""A PostgreSQL server of our own, to be stopped, killed and replaced as a test likes.

It runs as a user without rights, because PostgreSQL refuses root, and never touches the machine's
own server. Where ``initdb`` is missing the test is skipped, or fails when REQUIRE_SERVICES=1.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from glob import glob
from pathlib import Path
from typing import Any

import psycopg

from tests.plugins.options import skip_or_fail
from tests.plugins.services import free_port
from tests.running import until

WITHOUT_RIGHTS: dict[str, Any] = {"user": "nobody", "extra_groups": []}


def tool(name: str) -> str:
    """Where a program of PostgreSQL lies."""
    found = shutil.which(name) or next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"))), "")
    if not found:
        skip_or_fail("REQUIRE_SERVICES", f"PostgreSQL's {name} is not installed")
    return found


class Cluster:
    """One server with one database, ``winnow``; ``url`` is that of the server's first start."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="winnow-cluster-"))
        self.user = WITHOUT_RIGHTS if os.geteuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, "nobody")
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/winnow"
        self.servers: dict[str, subprocess.Popen[bytes]] = {}

    def make(self) -> None:
        """Make the server, start it, and make the database."""
        self.do("initdb", "--no-sync", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-D", "main")
        self.start("main", self.port)
        with psycopg.connect(self.at(self.port), autocommit=True) as server:
            server.execute("CREATE DATABASE winnow TEMPLATE template0 ENCODING 'UTF8'")

    def do(self, name: str, *arguments: str) -> None:
        """Let one of PostgreSQL's programs work in our folder."""
        command = [tool(name), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, **self.user)
        assert done.returncode == 0, done.stderr.decode()

    def start(self, name: str, port: int, *options: str) -> None:
        """Start a server on its folder and wait until it lets people in."""
        settings = ["-p", str(port), "-k", str(self.folder), "-h", "127.0.0.1", *options]
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self.servers[name] = subprocess.Popen(
                [tool("postgres"), "-D", name, *settings],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **self.user,
            )
        until(lambda: self.answers(port), 60)

    def answers(self, port: int) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.at(port), connect_timeout=2).close()
            return True
        return False

    def at(self, port: int) -> str:
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def stop(self, name: str, how: signal.Signals) -> None:
        """End a server: SIGINT breaks everybody off, SIGQUIT ends it as a power cut would."""
        server = self.servers.pop(name)
        server.send_signal(how)
        server.wait(60)

    def tell(self, statement: str, port: int = 0) -> None:
        """Let a server do a statement."""
        with psycopg.connect(self.at(port or self.port), autocommit=True) as server:
            server.execute(statement)  # type: ignore[call-overload]

    def end(self) -> None:
        for name in list(self.servers):
            self.stop(name, signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)
