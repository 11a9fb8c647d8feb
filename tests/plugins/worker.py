"""Fixtures for a real Celery worker beside the test.

Both end their workers before the database is emptied, because they ask for it first.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.worker import Worker, empty_queue


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """``start_worker(**environment)`` starts a worker; all are stopped at the end.

    The embedded broker allows one at a time: kill or stop the first before the next.
    """
    started: list[Worker] = []
    empty_queue()

    def start(**more: str) -> Worker:
        started.append(Worker(tmp_path / f"worker-{len(started)}.log", **more))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()  # an idle worker takes five seconds to end by itself
    empty_queue()


@pytest.fixture
def worker(start_worker: Callable[..., Worker]) -> Worker:
    """A running worker."""
    return start_worker()
