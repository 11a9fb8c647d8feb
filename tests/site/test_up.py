"""``manage.py up``: everything runs, stays running, and ends without a trace."""

import os
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.services import free_port
from tests.running import Program, processes, until


class Up(Program):
    """One ``manage.py up`` in a data folder of its own."""

    def __init__(self, data: Path, *arguments: str, port: int = 0, **environ: str) -> None:
        self.port = port or free_port()
        command = ["manage.py", "up", "--port", str(self.port), *arguments]
        super().__init__(command, data.with_suffix(".log"), WINNOW_DATA_DIR=str(data), **environ)

    def child(self, kind: str) -> int:
        """The process id of web, worker or beat."""
        direct = self.process.pid
        mine = [
            pid for pid, (parent, args) in processes().items() if parent == direct and kind in args
        ]
        assert len(mine) == 1, mine
        return mine[0]


def crowding() -> float:
    """How many times slower than alone a process runs here now, by the load of the machine."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A site that came up on an empty data folder, with the demo."""
    running = Up(tmp_path_factory.mktemp("up") / "data")
    try:
        running.await_text("Winnow is ready")
        running.await_text(" ready. ")
        yield running
    finally:
        running.end()


def test_it_says_where_it_answers_and_how_to_log_in(up: Up) -> None:
    assert f"Winnow is ready: http://127.0.0.1:{up.port}" in up.text
    assert "lead@example.org" in up.text
    assert re.search(r"Password of all four: \S{8,}", up.text)
    with urllib.request.urlopen(f"http://127.0.0.1:{up.port}/healthz") as answer:
        assert answer.status == 200


def test_pages_come_with_their_styles(up: Up) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{up.port}/") as answer:
        page = answer.read().decode()
    styles = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert styles
    for style in styles:
        with urllib.request.urlopen(f"http://127.0.0.1:{up.port}{style}") as answer:
            assert answer.headers["Cache-Control"].startswith("max-age=315360000")


@pytest.mark.parametrize(
    ("kind", "sign"),
    [("--app review.site.celery worker", " ready. "), ("waitress", "Serving on")],
)
def test_a_killed_child_comes_back(kind: str, sign: str, up: Up) -> None:
    before = up.text.count(sign)
    killed = up.child(kind)
    os.kill(killed, signal.SIGKILL)
    up.await_text(sign, before + 1)
    assert up.child(kind) != killed


def test_a_second_one_on_the_same_data_is_refused(up: Up) -> None:
    data = up.log.with_suffix("")
    data.with_name("link").symlink_to(data)
    told = refusal(Up(data.with_name("link")))
    assert "Winnow is already running on the data folder" in told


def test_a_port_in_use_is_named(up: Up, tmp_path: Path) -> None:
    told = refusal(Up(tmp_path / "other", port=up.port))
    assert f"Port {up.port} cannot be used" in told
    assert "--port" in told


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:9/winnow"),
        ("REDIS_URL", "redis://:hunter2@127.0.0.1:9/0"),
    ],
)
def test_a_server_that_does_not_answer_is_named(name: str, url: str, tmp_path: Path) -> None:
    told = refusal(Up(tmp_path / "data", **{name: url}))
    assert f"check {name}" in told
    assert "hunter2" not in told


def refusal(up: Up) -> str:
    """What a start that refuses says, in words and not as a traceback."""
    try:
        assert up.process.wait(120) == 1
        assert "Traceback" not in up.text
        return up.text
    finally:
        up.end()


def test_it_ends_without_a_trace_and_is_quick_the_second_time(up: Up) -> None:
    family = up.family()
    assert len(family) >= 6  # up, web, worker and its two, beat
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(30) == 0
    assert up.text.rstrip().endswith("Winnow has ended.")
    until(lambda: not family.keys() & processes().keys(), 5)

    started = time.monotonic()
    again = Up(up.log.with_suffix(""), "--no-demo")
    try:
        again.await_text("Winnow is ready")
        assert time.monotonic() - started < 15 * crowding()
        assert "Password" not in again.text
        again.await_text(" ready. ")
        family = again.family()
        again.process.kill()
        again.process.wait()
        until(lambda: not family.keys() & processes().keys(), 15)
    finally:
        again.end()


def test_without_the_demo_it_says_how_to_make_the_first_account(tmp_path: Path) -> None:
    up = Up(tmp_path / "data", "--no-demo")
    try:
        up.await_text("Winnow is ready")
        assert "python3 manage.py createsuperuser" in up.text
        assert "Password" not in up.text
    finally:
        up.end()
