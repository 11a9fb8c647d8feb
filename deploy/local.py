#!/usr/bin/env python3
"""Try the processes of a server on this machine: gunicorn, a worker and beat.

    python3 deploy/local.py [--port 8000] [--postgres URL]

It makes a database of its own on a PostgreSQL server, loads the demo into it and starts a private
Redis; Ctrl-C ends everything and removes both. With DATABASE_URL or REDIS_URL it runs on those
instead, loads nothing there and removes nothing.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from manage import bootstrap  # noqa: E402

bootstrap("runtime")  # goes on in .venv

import psycopg  # noqa: E402
import redis  # noqa: E402
from psycopg.sql import SQL, Identifier  # noqa: E402

from review.site.celery import beat_command, worker_command  # noqa: E402
from review.site.lifeline import follow_starter  # noqa: E402
from review.site.supervise import Child, supervise  # noqa: E402

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "python:review.site.settings_gunicorn"]


def main() -> None:
    """Prepare, run until Ctrl-C, remove."""
    follow_starter()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # while preparing, all end like Ctrl-C
    with ExitStack() as held:
        try:
            options = arguments()
            run(options.port, prepare(options, held))
        except KeyboardInterrupt:
            write("Ended before it was ready.")
        except subprocess.CalledProcessError as failed:
            sys.exit(failed.returncode)
    write("Winnow has ended.")


def arguments() -> Namespace:
    """What the command line says."""
    parser = ArgumentParser(description="Try the processes of a server on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="the port of the web server")
    parser.add_argument("--postgres", default=SERVER, help="where the database is made")
    return parser.parse_args()


def prepare(options: Namespace, held: ExitStack) -> dict[str, str]:
    """Provide what is missing and bring the database up to date.

    Returns the environment of the processes; ``held`` removes what was made here.
    """
    folder = Path(held.enter_context(TemporaryDirectory(prefix="winnow-local-")))
    environ = {
        "SITE_URL": f"http://127.0.0.1:{options.port}",
        "WINNOW_DATA_DIR": str(folder / "data"),
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "review.site.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "PYTHONUNBUFFERED": "1",
    }
    ours = not environ.get("DATABASE_URL")
    if ours:
        environ["DATABASE_URL"] = held.enter_context(own_database(options.postgres))
    if not environ.get("REDIS_URL"):
        environ["REDIS_URL"] = held.enter_context(own_redis(folder))
    for words in ("migrate --no-input -v 0", "collectstatic --no-input -v 0", "demo" * ours):
        if words:
            command = [sys.executable, "manage.py", *words.split()]
            subprocess.run(command, cwd=ROOT, env=environ, check=True)  # noqa: S603
    return environ


def run(port: int, environ: dict[str, str]) -> None:
    """Keep the three processes running until a signal comes."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    write(f"Winnow starts on {environ['SITE_URL']}. Ctrl-C ends it.")
    web = [*GUNICORN, "--bind", f"127.0.0.1:{port}", "review.site.wsgi"]
    commands = {"web": web, "worker": worker_command(), "beat": beat_command()}
    supervise([Child(name, command, environ) for name, command in commands.items()], stop, write)


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The URL of a new database on a PostgreSQL server, dropped at the end."""
    name = f"winnow_local_{os.getpid()}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as wrong:
        sys.exit(f"PostgreSQL does not answer; say where it is with --postgres. ({wrong})")
    with connection:
        create = SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        connection.execute(create.format(Identifier(name)))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def own_redis(folder: Path) -> Iterator[str]:
    """The URL of a new Redis that logs every write in ``folder`` and never evicts a message."""
    program = shutil.which("redis-server")
    if program is None:
        sys.exit("redis-server is missing. On Debian or Ubuntu: sudo apt install redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "", "appendonly": "yes"}
    options["maxmemory-policy"] = "noeviction"
    command = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    server = subprocess.Popen(  # noqa: S603
        [program, *command], stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        await_redis(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


def await_redis(port: int, seconds: float = 10) -> None:
    """Wait until Redis answers; raises redis.ConnectionError when it does not."""
    end = time.monotonic() + seconds
    with redis.Redis(port=port) as client:
        while True:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)


def write(line: str) -> None:
    """One line for the person at the terminal, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
