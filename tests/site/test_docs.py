"""The README names what exists: commands, options, settings, folders, pictures."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from review.pubmed.client import CEILING
from review.pubmed.slices import MOST
from review.site import env
from review.site.celery import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = sorted(set(re.findall(r"manage\.py ([a-z]+)((?: --[a-z-]+)?)", README)))
CODE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
SETTING = re.compile(r"^[A-Z][A-Z_]{3,}$")


def settings_that_are_read() -> set[str]:
    """The names that review/site/env.py takes from the environment."""
    return set(re.findall(r'take\("([A-Z_]+)"', inspect.getsource(env.read)))


@pytest.mark.parametrize(("name", "option"), COMMANDS)
def test_every_command_and_option_of_the_readme_exists(name: str, option: str) -> None:
    if name == "test":  # manage.py hands it to pytest before Django sees it
        assert '["test"]' in (ROOT / "manage.py").read_text()
        return
    app_of = get_commands()
    assert name in app_of
    parser = load_command_class(app_of[name], name).create_parser("manage.py", name)
    assert not option or option.strip() in parser._option_string_actions


def test_the_two_commands_of_the_project_are_there() -> None:
    assert {("up", ""), ("test", "")} <= set(COMMANDS)


def test_every_setting_of_the_readme_exists() -> None:
    named = {code for code in CODE if SETTING.match(code)}
    assert named
    assert named - settings_that_are_read() == set()


def test_every_setting_is_in_the_table_of_the_readme() -> None:
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert table == settings_that_are_read()


def test_every_default_in_the_table_is_the_real_one(tmp_path: Path) -> None:
    found = env.read({"WINNOW_DATA_DIR": str(tmp_path)}, ROOT)
    defaults = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", README, re.MULTILINE))
    assert defaults == {
        "SITE_URL": found.site_url.geturl(),
        "DEBUG": "on" if found.debug else "off",
        "WINNOW_DATA_DIR": "var",
        "TRUSTED_PROXIES": str(found.trusted_proxies),
        "NCBI_TOOL": found.ncbi_tool,
        "WINNOW_JOB_LEASE": str(found.job_lease),
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "postgresql://user:password@host:5432/name"),
        ("REDIS_URL", "redis://127.0.0.1:6379/0"),
        (
            "EMAIL_URL",
            "smtp+tls://user:password@mail.example.org:587?from=reviews@example.org",
        ),
    ],
)
def test_every_example_of_the_table_is_taken(name: str, text: str, tmp_path: Path) -> None:
    assert f"`{text}`" in README
    env.read({"WINNOW_DATA_DIR": str(tmp_path), name: text}, ROOT)


def test_every_path_of_the_readme_exists() -> None:
    made_at_start = {"var", "var/demo-password", ".venv"}
    paths = {code for code in CODE if re.fullmatch(r"[a-z.][a-z_/.-]*", code)}
    paths |= set(re.findall(r"\]\((?!http)([^)]+)\)", README))
    paths -= {"off", "winnow"}
    assert {"review/site", "docs/home.png", ".ci/run"} <= paths
    missing = {path for path in paths - made_at_start if not (ROOT / path).exists()}
    assert missing - {"review.tasks.refresh_search"} == set()


def test_the_task_of_a_schedule_is_named_rightly() -> None:
    app.loader.import_default_modules()
    named = re.findall(r"`(review\.[a-z_.]+)`", README)
    assert named == ["review.tasks.refresh_search"]
    assert set(named) <= set(app.tasks)


def test_the_limits_of_a_search_are_those_of_the_program() -> None:
    assert f"up to {CEILING:,} records" in README
    assert f"Above {MOST:,} " in README


def test_the_picture_is_small_enough_for_a_page() -> None:
    picture = ROOT / "docs" / "home.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 250_000
