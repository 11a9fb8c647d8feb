"""The compose file and the image: nothing secret, nothing open, nothing that can be lost.

No Docker engine can be reached where the tests run, so the image is not built here; what can be
known without one is held.
"""

import re
import subprocess
import sys
import threading
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from review.site.celery import beat_command, worker_command
from review.site.env import read
from tests.running import ROOT
from tests.site.test_production import SERVER, check_deploy

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
RUNNING = ["web", "worker", "beat", "postgres", "redis"]
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?P<kind>:[-?])(?P<rest>[^}]*)\}")
CHOSEN = {
    "SECRET_KEY": SERVER["SECRET_KEY"],
    "SITE_URL": SERVER["SITE_URL"],
    "POSTGRES_PASSWORD": "b7Qm2xV9tR4nK8sJ",
    "NCBI_EMAIL": "team@example.org",
}


def filled(value: object) -> str:
    """A value of the compose file as Compose reads it where only what is required is set."""

    def fill(found: re.Match[str]) -> str:
        return CHOSEN.get(found["name"], found["rest"] if found["kind"] == ":-" else "")

    return VARIABLE.sub(fill, str(value))


def environment(service: str) -> dict[str, str]:
    return {name: filled(value) for name, value in SERVICES[service]["environment"].items()}


def words(command: list[str]) -> list[str]:
    """A command of ours as it is written for the image."""
    return command[2:] if command[:2] == [sys.executable, "-m"] else command


def test_it_is_a_compose_file() -> None:
    schema = ["--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, "docker-compose.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "SITE_URL", "POSTGRES_PASSWORD", "NCBI_EMAIL"])
def test_a_missing_setting_stops_the_start_with_a_sentence(name: str) -> None:
    uses = [found for found in VARIABLE.finditer(TEXT) if found["name"] == name]
    assert uses
    for found in uses:
        assert found["kind"] == ":?"
        assert found["rest"].startswith(f"Set {name} to ")
        assert found["rest"].endswith(".")


def test_every_other_variable_has_a_value_of_its_own() -> None:
    assert "$" not in VARIABLE.sub("", TEXT)
    others = {f["name"]: f["rest"] for f in VARIABLE.finditer(TEXT) if f["name"] not in CHOSEN}
    assert others == {
        "TRUSTED_PROXIES": "1",
        "EMAIL_URL": "",
        "NCBI_API_KEY": "",
        "WEB_CONCURRENCY": "2",
        "WINNOW_PORT": "8000",
    }


@pytest.mark.parametrize("service", OURS)
def test_our_processes_accept_their_settings(service: str, tmp_path: Path) -> None:
    found = read(environment(service) | {"WINNOW_DATA_DIR": str(tmp_path)}, tmp_path)
    assert found.database["PASSWORD"] == CHOSEN["POSTGRES_PASSWORD"]
    assert found.database["HOST"] in SERVICES
    assert found.redis_url == "redis://redis:6379/0"
    assert not found.debug
    assert not found.is_local


def test_its_settings_pass_every_check_of_a_deployment(tmp_path: Path) -> None:
    checked = check_deploy(tmp_path, **environment("web"))
    assert checked.returncode == 0, checked.stderr


def test_it_runs_the_commands_that_run_everywhere_else() -> None:
    assert SERVICES["worker"]["command"] == words(worker_command())
    assert SERVICES["beat"]["command"] == words(beat_command())
    assert SERVICES["web"]["command"] == yaml.safe_load(instruction("CMD"))
    assert SERVICES["migrate"]["command"][:3] == ["python", "manage.py", "migrate"]


def test_the_database_is_up_to_date_before_anything_of_ours_runs() -> None:
    for service in ("web", "worker", "beat"):
        assert {k: v["condition"] for k, v in SERVICES[service]["depends_on"].items()} == {
            "migrate": "service_completed_successfully",
            "postgres": "service_healthy",
            "redis": "service_healthy",
        }


@pytest.mark.parametrize("service", RUNNING)
def test_everything_that_keeps_running_is_watched_and_started_again(service: str) -> None:
    assert SERVICES[service]["healthcheck"]["test"]
    assert SERVICES[service]["restart"] == "unless-stopped"


def test_redis_logs_every_write_and_never_drops_a_message() -> None:
    command = SERVICES["redis"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--maxmemory-policy"] == "noeviction"
    assert options["--maxmemory"]


def test_what_must_last_lies_on_named_volumes() -> None:
    mounted = dict(SERVICES[s]["volumes"][0].split(":") for s in ("web", "postgres", "redis"))
    assert mounted == {"data": "/data", "postgres": "/var/lib/postgresql/data", "redis": "/data"}
    assert set(COMPOSE["volumes"]) == set(mounted)
    assert "WINNOW_DATA_DIR=/data " in instruction("ENV")
    for service in OURS:
        assert SERVICES[service]["volumes"] == ["data:/data"]


def test_only_the_web_server_can_be_reached_and_only_from_this_machine() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert {name: list(map(filled, found)) for name, found in ports.items()} == {
        "web": ["127.0.0.1:8000:8000"]
    }
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for service in ("postgres", "redis", "beat", "migrate"):
        assert SERVICES[service]["networks"] == ["inside"]


@pytest.mark.parametrize("service", OURS)
def test_our_processes_have_no_rights_that_they_do_not_need(service: str) -> None:
    found = SERVICES[service]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]


def instruction(name: str) -> str:
    """The last instruction of this name in the Dockerfile, on one line."""
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return next(line for line in reversed(lines) if line.startswith(name)).partition(" ")[2]


def test_the_image_runs_as_a_user_who_cannot_change_it() -> None:
    assert instruction("USER") == "winnow"
    text = (ROOT / "Dockerfile").read_text()
    assert text.index("USER winnow") > text.rindex("RUN ")
    assert "chown" not in text


def test_the_image_holds_what_the_lock_names_and_makes_no_environment() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"pip install .*--require-hashes -r requirements\.lock", text)
    assert "WINNOW_NO_BOOTSTRAP=1" in instruction("ENV")
    assert "collectstatic" in instruction("RUN")


def sent(path: str) -> bool:
    """Whether .dockerignore lets a path through; its last matching line decides."""
    kept = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = path.split("/") if "**/" in line else path.split("/")[:1]
        if line and not line.startswith("#") and any(fnmatch(p, pattern) for p in parts):
            kept = line.startswith("!")
    return kept


def test_only_the_program_goes_into_the_image() -> None:
    for path in ("manage.py", "requirements.lock", "templates/base.html", "review/models/flow.py"):
        assert (ROOT / path).exists()
        assert sent(path)
    for path in (".env", ".git/config", "var/secret_key", ".venv/bin/python", "tests/people.py"):
        assert not sent(path)
    assert not sent("review/__pycache__/access.pyc")
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert packages == {"review", "screening", "extraction"}
    assert all(sent(f"{name}/apps.py") for name in packages)


@pytest.mark.parametrize(
    ("status", "body", "asked", "told"),
    [
        (200, b'{"database": "up", "jobs": "up"}', ["jobs"], ""),
        (200, b'{"database": "up", "jobs": "silent"}', [], ""),
        (200, b'{"database": "up", "jobs": "silent"}', ["jobs"], "not up: jobs"),
        (503, b'{"database": "down"}', [], "no good answer: HTTP Error 503"),
        (200, b"<html>another site</html>", [], "no good answer"),
    ],
)
def test_the_health_check_reads_what_the_site_says(
    status: int, body: bytes, asked: list[str], told: str
) -> None:
    hosts: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.handle_request, daemon=True).start()
        checked = health(f"http://127.0.0.1:{site.server_port}/healthz", *asked)
    assert checked.returncode == bool(told)
    assert told in checked.stderr
    assert hosts == ["127.0.0.1"]


def test_the_health_check_fails_where_nobody_answers() -> None:
    assert "no good answer" in health("http://127.0.0.1:9/healthz").stderr


def health(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "deploy/health.py", *words], cwd=ROOT, capture_output=True, text=True
    )
