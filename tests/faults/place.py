"""A site of its own for one test: a data folder, a database, and real processes that work there.

The processes are those of the product: waitress as ``manage.py up`` starts it, or gunicorn where
there is a Redis; the worker; beat. What a test puts in and looks up goes through programs in the
same place (``tests.faults.inside``), so that a place may also be a disk of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier

from review.site.celery import beat_command, worker_command
from review.site.lifeline import PARENT
from review.site.management.commands.up import web_command
from tests.plugins.services import free_port
from tests.running import ROOT, Program, until
from tests.worker import database_url


class Place:
    """One site. ``enter`` is put before every command: the way into another mount namespace."""

    def __init__(
        self, folder: Path, static: Path, *, enter: Sequence[str] = (), **environ: str
    ) -> None:
        self.folder, self.enter = folder, list(enter)
        self.data = folder / "data"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.running: list[Program] = []
        self.environ = {
            "DJANGO_SETTINGS_MODULE": "review.site.settings",
            "WINNOW_NO_BOOTSTRAP": "1",
            "WINNOW_DATA_DIR": str(self.data),
            "WINNOW_STATIC_DIR": str(static),
            "SITE_URL": self.address,
            "NCBI_EMAIL": "team@example.org",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "PYTHONUNBUFFERED": "1",
            PARENT: str(os.getpid()),
        } | environ

    # Programs that come to an end

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Let a Python program work here; its end, whatever it is."""
        return subprocess.run(
            [*self.enter, sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=900,
        )

    def manage(self, *words: str) -> str:
        """What a command of manage.py says; it must succeed."""
        done = self.run("manage.py", *words)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def ask(self, what: str, **arguments: Any) -> Any:
        """What a function of ``tests.faults.inside`` gives."""
        done = self.run("-m", "tests.faults.inside", what, json.dumps(arguments))
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    # Programs that go on

    def start(self, *command: str, name: str, log: Path | None = None, **environ: str) -> Program:
        log = log or self.folder / f"{name}-{len(self.running)}.log"
        self.running.append(Program(command, log, enter=self.enter, **self.environ | environ))
        return self.running[-1]

    def start_web(self, log: Path | None = None, **environ: str) -> Program:
        """Start the web server and wait until it answers."""
        command = web_command(self.port)[1:]
        if self.environ["REDIS_URL"]:
            gunicorn = ["-m", "gunicorn", "--config", "python:review.site.settings_gunicorn"]
            command = [*gunicorn, "--bind", f"127.0.0.1:{self.port}", "review.site.wsgi"]
        web = self.start(*command, name="web", log=log, **environ)
        until(lambda: self.health() or web.process.poll() is not None, 60)
        assert web.process.poll() is None, web.text[-4000:]
        return web

    def start_worker(self, log: Path | None = None, **environ: str) -> Program:
        """Start a worker; it has said that it is ready, unless its log is no file."""
        worker = self.start(*worker_command()[1:], name="worker", log=log, **environ)
        if log is None:
            worker.await_text(" ready.")
        return worker

    def start_beat(self, log: Path | None = None, **environ: str) -> Program:
        """Start the process that sends what is due."""
        return self.start(*beat_command()[1:], name="beat", log=log, **environ)

    def health(self) -> dict[str, str]:
        """What /healthz says; nothing while nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=30) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as answer:
            return dict(json.load(answer))
        except OSError:
            return {}

    def end(self) -> None:
        """End everything that was started, at once."""
        for program in self.running:
            kill(program)


def kill(program: Program) -> None:
    """kill -9 for a program and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(program.process.pid, signal.SIGKILL)
    program.process.wait(30)


def copy_of_sqlite(folder: Path) -> None:
    """Put a copy of the empty test database into a data folder, which may be on another disk."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(aside) / "winnow.sqlite3"
        source = sqlite3.connect(connection.settings_dict["NAME"])
        source.execute("VACUUM INTO ?", [str(copy)])
        source.close()
        shutil.copy(copy, folder)


def copy_of_postgresql(name: str) -> str:
    """Make a copy of the empty test database on the same server; its URL."""
    parts = urlsplit(database_url())
    source = parts.path.strip("/")
    connection.close()  # a database that is copied may have no visitors
    on_server(parts._replace(path="/postgres"), "CREATE DATABASE {} TEMPLATE {}", name, source)
    return urlunsplit(parts._replace(path=f"/{name}"))


def drop_postgresql(url: str) -> None:
    parts = urlsplit(url)
    name = parts.path.strip("/")
    on_server(parts._replace(path="/postgres"), "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def on_server(parts: Any, statement: str, *names: str) -> None:
    with psycopg.connect(urlunsplit(parts), autocommit=True) as server:
        server.execute(SQL(statement).format(*map(Identifier, names)))  # type: ignore[arg-type]
