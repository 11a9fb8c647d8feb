"""The Celery app, and the command lines of its two processes.

The embedded broker allows exactly one worker, without gossip, mingling or events between workers
(they would all write into its folder).
"""

import os
import signal
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_process_init

from review.site.lifeline import PARENT, follow_starter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "review.site.settings")

app = Celery("winnow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["review", "screening", "extraction", "review.site"])

# Quiet: a start that cannot write its banner, because the log's volume is full, would fail.
CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "review.site.celery"]


def worker_command(concurrency: int = 2) -> list[str]:
    """The worker's command line; ``concurrency`` is the number of tasks at a time."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [*CELERY, "worker", "--concurrency", str(concurrency), "--loglevel", "INFO", *quiet]


def beat_command() -> list[str]:
    """The command line of the process that sends what is due."""
    return [*CELERY, "beat", "--loglevel", "INFO", "--pidfile", ""]


@worker_init.connect  # type: ignore[untyped-decorator]
@beat_init.connect  # type: ignore[untyped-decorator]
def end_with_starter(**_: Any) -> None:
    """SIGQUIT: running tasks are dropped, and taken up again from their job's checkpoint."""
    follow_starter(signal.SIGQUIT if "worker" in sys.argv else signal.SIGTERM)
    os.environ[PARENT] = str(os.getpid())  # now, so that a pool process born orphaned sees it


@worker_process_init.connect  # type: ignore[untyped-decorator]
def end_with_worker(**_: Any) -> None:
    """Without it a task would run on after its worker was killed."""
    follow_starter(signal.SIGKILL)
