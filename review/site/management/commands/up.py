"""``manage.py up``: everything that Winnow needs, in one terminal.

Prepares the database and the static files, loads the demo once, and keeps the web server, one
worker and beat running until Ctrl-C. With DATABASE_URL and REDIS_URL it runs on those.
"""

import fcntl
import os
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from review.models import Review, User
from review.site.celery import beat_command, worker_command
from review.site.management.commands.demo import log_ins
from review.site.supervise import Child, supervise


class Command(BaseCommand):
    """Run web server, worker and beat until Ctrl-C."""

    help = "Run Winnow on this machine: web server, worker and schedule, with the demo review."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port of the web server")
        parser.add_argument("--no-demo", action="store_true", help="start without the demo review")

    def handle(self, *args: Any, port: int, no_demo: bool, **options: Any) -> None:
        """Prepare, announce, supervise."""
        with only_one(settings.ENV.data):
            check_port(port)
            prepare()
            lines = self.first_steps(no_demo=no_demo)
            stop = threading.Event()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda *_: stop.set())
            site = os.environ.get("SITE_URL", f"http://127.0.0.1:{port}")
            welcome = ["", f"Winnow is ready: {site}", *lines, "Ctrl-C ends it.", ""]
            announce = (f"http://127.0.0.1:{port}/", "\n".join(welcome), stop, self.stdout.write)
            threading.Thread(target=tell_when_ready, args=announce, daemon=True).start()
            supervise(children(port), stop, self.stdout.write)
            self.stdout.write("Winnow has ended.")

    def first_steps(self, *, no_demo: bool) -> list[str]:
        """Load the demo where it belongs; return what a person needs to know to log in."""
        if not no_demo and settings.SITE_IS_LOCAL and not Review.objects.exists():
            self.stdout.write("Loading the demo review …")
            try:
                call_command("demo", stdout=StringIO())
            except CommandError as refused:
                self.stdout.write(f"The demo was not loaded: {refused}")
        if not User.objects.exists():
            return ["Make the first account: python3 manage.py createsuperuser"]
        return [] if no_demo else log_ins()


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the lock of a data folder: two workers must never share the embedded broker."""
    with (data / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"Winnow is already running on the data folder {data}. "
                "Stop it there, or choose another folder with WINNOW_DATA_DIR."
            ) from None
        yield


def check_port(port: int) -> None:
    """Refuse a port that another program holds."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise CommandError(
                f"Port {port} cannot be used: another program holds it, or it is not allowed. "
                "Choose another one, for example: python3 manage.py up --port 8123"
            ) from None


def prepare() -> None:
    """Bring database, cache table and static files up to date."""
    if not settings.EMBEDDED:
        try:
            redis.Redis.from_url(settings.ENV.redis_url, socket_connect_timeout=5).ping()
        except redis.RedisError as wrong:
            raise CommandError(f"Redis does not answer; check REDIS_URL. ({wrong})") from wrong
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as wrong:
        raise CommandError(f"The database cannot be used; check DATABASE_URL. ({wrong})") from wrong
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def children(port: int) -> list[Child]:
    """The three processes, all on the data folder of this one."""
    paths = [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")]
    environ = {
        "SITE_URL": f"http://127.0.0.1:{port}",
        **os.environ,
        "WINNOW_DATA_DIR": str(settings.ENV.data),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONUNBUFFERED": "1",
    }
    return [
        Child("web", web_command(port), environ),
        Child("worker", worker_command(), environ),
        Child("beat", beat_command(), environ),
    ]


def web_command(port: int) -> list[str]:
    """Waitress on this machine only; headers of a trusted proxy pass, others are dropped."""
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=8"]
    if settings.ENV.trusted_proxies:
        command.append("--no-clear-untrusted-proxy-headers")
    return [*command, "--ident=", "review.site.wsgi:application"]


def tell_when_ready(url: str, text: str, stop: threading.Event, write: Any) -> None:
    """Write ``text`` once the site answers."""
    while not stop.wait(0.2):
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
        except urllib.error.HTTPError:
            pass  # an answer all the same
        except OSError:
            continue
        write(text)
        return
