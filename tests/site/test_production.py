"""The processes of a server: checked settings, and a real start on PostgreSQL and Redis."""

import http.cookiejar
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tests.plugins.options import skip_or_fail
from tests.plugins.services import free_port
from tests.running import ROOT, Local, Program, processes, until

SERVER = {
    "SECRET_KEY": "Vt3-qK9sLzXw0_eRb7Yc2NmHf5GdPj8uTaZo4iQkWxS1vB6nCrMyEhDg",
    "SITE_URL": "https://reviews.example.org",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgresql://winnow:password@127.0.0.1:5432/winnow",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}
NOTHING = {"DATABASE_URL": "", "REDIS_URL": ""}  # so that it makes both


def check_deploy(data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """``manage.py check --deploy`` with these settings and no others."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "WINNOW_DATA_DIR": str(data), **environ},
        capture_output=True,
        text=True,
    )


def test_a_server_passes_every_check_of_a_deployment(tmp_path: Path) -> None:
    checked = check_deploy(tmp_path, **SERVER)
    assert checked.returncode == 0, checked.stderr


def test_the_check_of_a_deployment_sees_a_site_without_https(tmp_path: Path) -> None:
    checked = check_deploy(tmp_path, **SERVER | {"SITE_URL": "http://reviews.example.org"})
    assert checked.returncode == 1
    assert "SESSION_COOKIE_SECURE" in checked.stderr


STARTER = """
import os, subprocess, sys
os.environ["WINNOW_PARENT"] = str(os.getpid())
subprocess.run([sys.executable, *sys.argv[1:]])
"""


def test_the_web_server_ends_with_a_starter_that_is_killed(tmp_path: Path) -> None:
    gunicorn = ["-m", "gunicorn", "--config", "python:review.site.settings_gunicorn"]
    bind = ["--bind", f"127.0.0.1:{free_port()}", "review.site.wsgi"]
    starter = Program(
        ["-c", STARTER, *gunicorn, *bind], tmp_path / "log", WINNOW_DATA_DIR=str(tmp_path)
    )
    starter.await_text("Booting worker", times=2)
    family = starter.family()
    assert len(family) == 4
    os.kill(starter.process.pid, signal.SIGKILL)
    starter.process.wait()
    until(lambda: not family.keys() & processes().keys(), 20)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Local]:
    if not shutil.which("redis-server"):
        skip_or_fail("REQUIRE_SERVICES", "redis-server is not installed")
    running = Local(tmp_path_factory.mktemp("local"), "--postgres", postgres_url, **NOTHING)
    try:
        running.await_ready()
        yield running
    finally:
        running.end()


@pytest.mark.services
def test_everything_answers_over_http(local: Local) -> None:
    health = {"database": "up", "jobs": "up", "disk": "up"}
    until(lambda: json.loads(read(f"{local.address}/healthz")) == health, 60)
    page = read(f"{local.address}/accounts/login/")
    styles = re.findall(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert styles
    assert all(read(local.address + style) for style in styles)


@pytest.mark.services
def test_a_person_logs_in_to_the_demo(local: Local) -> None:
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    address = f"{local.address}/accounts/login/"
    with browser.open(address) as answer:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.read().decode())
    assert token
    form = {
        "csrfmiddlewaretoken": token[1],
        "login": "lead@example.org",
        "password": said(local, r"Password of all four: (\S+)"),
    }
    with browser.open(address, urllib.parse.urlencode(form).encode()) as answer:
        assert answer.url == f"{local.address}/"
        assert "Low-dose naltrexone" in answer.read().decode()


@pytest.mark.services
def test_beat_sends_and_the_worker_does(local: Local) -> None:
    local.await_text("Scheduler: Sending due task sweep jobs")
    until(lambda: re.search(r"Task review.tasks.sweep\S+ succeeded", local.text), 60)


@pytest.mark.services
def test_redis_keeps_a_log_and_never_drops_a_message(local: Local) -> None:
    host, port = said(local, r"Connected to redis://(?:[^/@]*@)?([^/]+)/").split(":")
    with redis.Redis(host=host, port=int(port)) as client:
        settings = client.config_get("appendonly", "maxmemory-policy")
    assert settings == {"appendonly": "yes", "maxmemory-policy": "noeviction"}


@pytest.mark.services
def test_it_ends_cleanly_and_removes_its_database(local: Local, postgres_url: str) -> None:
    database = f"winnow_local_{local.process.pid}"
    assert databases(postgres_url, database) == 1
    family = local.family()
    assert len(family) >= 9  # itself, gunicorn and its two, worker and its two, beat, Redis
    local.process.send_signal(signal.SIGINT)
    assert local.process.wait(40) == 0
    assert local.text.rstrip().endswith("Winnow has ended.")
    until(lambda: not family.keys() & processes().keys(), 5)
    assert databases(postgres_url, database) == 0


def test_a_postgresql_that_does_not_answer_is_named(tmp_path: Path) -> None:
    server = "postgresql://me:hunter2@127.0.0.1:9/postgres"
    refused = Local(tmp_path, "--postgres", server, **NOTHING)
    assert refused.process.wait(60) == 1
    assert "say where it is with --postgres" in refused.text
    assert "hunter2" not in refused.text
    assert "Traceback" not in refused.text


def read(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        return str(answer.read().decode())


def said(local: Local, pattern: str) -> str:
    found = re.search(pattern, local.text)
    assert found, local.text[-4000:]
    return found[1]


def databases(server: str, name: str) -> int:
    with psycopg.connect(server) as connection:
        found = connection.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        row = found.fetchone()
    return int(row[0]) if row else 0
