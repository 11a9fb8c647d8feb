"""D2: PostgreSQL breaks connections off, restarts, or is replaced by its standby, under load.

What could not be saved is answered by 503 with what was typed; nothing is saved by half; the site
goes on by itself. The private server is ``tests.faults.cluster``.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.faults.cluster import Cluster
from tests.faults.place import Place
from tests.faults.reviewers import Journal, assert_kept, screening
from tests.plugins.services import free_port

TERMINATE = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@contextmanager
def terminating(url: str, every: float) -> Iterator[list[int]]:
    """Break off every connection to a database again and again; how many were, each time."""
    broken, stop = [], threading.Event()

    def loop() -> None:
        with psycopg.connect(url, autocommit=True) as server:
            while not stop.wait(every):
                row = server.execute(TERMINATE).fetchone()
                broken.append(row[0] if row else 0)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield broken
    finally:
        stop.set()
        thread.join(30)


def report(what: str, book: Journal) -> None:
    print(  # noqa: T201
        f"\nD2, {what}: {len(book.acknowledged)} decisions acknowledged, 0 missing, 0 double; "
        f"answers {dict(book.statuses)}, {book.broken} broken off, slowest {book.slowest:.1f} s"
    )


@pytest.mark.both
@pytest.mark.skipif(connection.vendor == "sqlite", reason="PostgreSQL's; the suite runs it there")
def test_connections_broken_off_lose_and_double_nothing(place: Place) -> None:
    review = place.ask("populate", reports=150, reviewers=6)
    place.start_web()
    with screening(place, review) as book:
        with terminating(place.environ["DATABASE_URL"], every=0.3) as broken:
            book.await_more(40)
        book.await_more(10)
    report(f"{sum(broken)} connections broken off", book)
    assert sum(broken) > 5
    assert book.broken == 0, "nobody is left without an answer"
    assert_kept(place, review, book)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    try:
        made.make()
        yield made
    finally:
        made.end()


@pytest.fixture
def site(tmp_path: Path, static: Path, cluster: Cluster, redis_url: str) -> Iterator[Place]:
    """A site on the private server."""
    made = Place(tmp_path, static, DATABASE_URL=cluster.url, REDIS_URL=redis_url)
    made.manage("migrate", "--no-input", "-v", "0")
    try:
        yield made
    finally:
        made.end()


@pytest.mark.long
@pytest.mark.services
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_a_server_that_starts_again_lost_nothing(
    cluster: Cluster, site: Place, how: signal.Signals
) -> None:
    review = site.ask("populate", reports=600, reviewers=6)
    site.start_web()
    with screening(site, review) as book:
        for _ in range(3):
            book.await_more(50)
            cluster.stop("main", how)
            cluster.start("main", cluster.port)
        book.await_more(50)
    report(f"3 times {how.name}", book)
    assert book.broken == 0, "nobody is left without an answer"
    assert book.statuses[503], "nobody noticed"
    assert_kept(site, review, book)


@pytest.mark.long
@pytest.mark.services
def test_a_standby_that_takes_over_has_everything(cluster: Cluster, site: Place) -> None:
    """The standby confirms each commit, so that what was acknowledged is there too."""
    main, standby = cluster.port, free_port()
    source = ["-h", "127.0.0.1", "-p", str(main), "-U", "postgres"]
    cluster.do("pg_basebackup", *source, "-D", "standby", "-R", "-c", "fast")
    cluster.start("standby", standby)
    cluster.tell("ALTER SYSTEM SET synchronous_standby_names = '*'")
    cluster.tell("SELECT pg_reload_conf()")
    review = site.ask("populate", reports=400, reviewers=6)
    site.start_web()
    with screening(site, review) as book:
        book.await_more(60)
        cluster.stop("main", signal.SIGQUIT)
        cluster.tell("SELECT pg_promote()", standby)
        cluster.stop("standby", signal.SIGINT)
        cluster.start("standby", main, "-c", "synchronous_standby_names=")
        book.await_more(60)
    report("a standby took over", book)
    assert book.statuses[503], "nobody noticed"
    assert_kept(site, review, book)
