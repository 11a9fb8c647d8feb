"""docs/server.md names what exists, with the same words as the files that it explains."""

import re
import shlex

import pytest
from django.core.management import get_commands

from review.site.celery import beat_command, worker_command
from tests.running import ROOT
from tests.site.test_compose import CHOSEN, SERVICES, VARIABLE
from tests.site.test_compose import TEXT as COMPOSE

TEXT = (ROOT / "docs" / "server.md").read_text()
BLOCKS = [block.strip().splitlines() for block in re.findall(r"```\n(.*?)```", TEXT, re.DOTALL)]
LINES = [line.strip() for block in BLOCKS for line in block]
TABLE = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", TEXT, re.MULTILINE))


def test_every_variable_of_the_compose_file_is_in_the_table_with_its_default() -> None:
    defaults = {
        found["name"]: f"`{found['rest']}`" if found["rest"] else "none"
        for found in VARIABLE.finditer(COMPOSE)
    } | dict.fromkeys(CHOSEN, "needed")
    assert {name: default.split(":")[0] for name, default in TABLE.items()} == defaults


def test_the_first_steps_set_everything_that_is_needed() -> None:
    assert set(re.findall(r'^echo "([A-Z_]+)=', "\n".join(LINES), re.MULTILINE)) == set(CHOSEN)


@pytest.mark.parametrize("command", [worker_command(), beat_command()])
def test_celery_is_started_as_everywhere_else(command: list[str]) -> None:
    assert command[2:] in [shlex.split(line) for line in LINES if line.startswith("celery")]


def test_gunicorn_is_started_as_everywhere_else() -> None:
    (written,) = [shlex.split(line) for line in LINES if line.startswith("gunicorn")]
    expected = SERVICES["web"]["command"]
    assert [word.replace("127.0.0.1", "0.0.0.0") for word in written] == expected  # noqa: S104


def test_every_command_service_and_file_that_it_names_exists() -> None:
    commands = re.findall(r"manage\.py ([a-z]+)", TEXT)
    assert {"createsuperuser", "migrate", "audit"} <= set(commands) <= set(get_commands())
    named = re.findall(r"docker compose (?:exec(?: -T)?|logs) ([a-z]+)", TEXT)
    assert {"web", "worker", "postgres"} <= set(named) <= set(SERVICES)
    for path in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / "docs" / path).exists()
    assert "deploy/local.py" in TEXT
    assert (ROOT / "deploy" / "local.py").exists()


def test_it_says_that_the_image_was_never_built_here() -> None:
    assert "The image has never been built\nwhere the tests run" in TEXT
