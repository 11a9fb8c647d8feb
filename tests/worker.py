"""A real Celery worker for a test: its own process, on the test's database and queue."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from review.site.celery import worker_command
from review.site.lifeline import PARENT

START_WITHIN = 60.0
STOP_WITHIN = 15.0


def database_url() -> str:
    """The URL of the database that this test uses."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    login = quote(found["USER"]) + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
    return f"postgresql://{login}@{found['HOST']}:{found['PORT'] or 5432}/{found['NAME']}"


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that works beside the test on the same data.

    E-utilities settings are those of the test at this moment; ``more`` wins over everything.
    """
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "review.site.settings",
        "WINNOW_NO_BOOTSTRAP": "1",
        "DATABASE_URL": database_url(),
        "EUTILS_BASE_URL": settings.EUTILS_BASE_URL,
        "NCBI_EMAIL": settings.NCBI_EMAIL,
        "NCBI_API_KEY": settings.NCBI_API_KEY,
        PARENT: str(os.getpid()),
        **more,
    }


def empty_queue() -> None:
    """Forget messages of an earlier test; the folders stay."""
    if settings.EMBEDDED:
        for folder in ("messages", "taken"):
            for message in (Path(settings.ENV.data) / "queue" / folder).iterdir():
                message.unlink(missing_ok=True)


class Worker:
    """One worker process; ``log`` is what it wrote."""

    def __init__(self, log: Path, **more: str) -> None:
        self.path = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                worker_command(),
                cwd=settings.BASE_DIR,
                env=environment(**more),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.await_text(" ready.", START_WITHIN)

    @property
    def log(self) -> str:
        return self.path.read_text(errors="replace")

    def await_text(self, text: str, seconds: float = 30.0) -> None:
        """Wait until the worker has written ``text``."""
        end = time.monotonic() + seconds
        while text not in self.log:
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise AssertionError(f"the worker never wrote “{text}”:\n{self.log[-4000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 for the worker and all its pool processes, in the middle of whatever it does."""
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_WITHIN)

    def stop(self) -> None:
        """Let it finish its task; insist when that takes too long."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                sys.stderr.write("the worker had to be killed\n")
        self.kill()


def signal_group(leader: int, number: signal.Signals) -> None:
    """Signal a whole process group, or nobody when it has ended."""
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return
