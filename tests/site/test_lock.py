"""The locks say exactly what is installed, everywhere the same, and fit pyproject.toml."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PACKAGE = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[\w.!+]+)(?: ; (?P<marker>.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
COMMENT = re.compile(r"^ *#[ \w().:-]*$")
PYPROJECT = (ROOT / "pyproject.toml").read_text()


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text().splitlines()


def versions(name: str) -> dict[str, set[str]]:
    """Every package of a lock with its versions (several when they differ by Python)."""
    found: dict[str, set[str]] = {}
    for match in filter(None, map(PACKAGE.match, lines(name))):
        found.setdefault(match["name"], set()).add(match["version"])
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_packages_and_hashes_but_no_address_and_no_path(name: str) -> None:
    strange = [
        line for line in lines(name) if not any(p.match(line) for p in (PACKAGE, HASH, COMMENT))
    ]
    assert not strange
    assert "/" not in (ROOT / name).read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_a_hash(name: str) -> None:
    following = zip(lines(name), lines(name)[1:], strict=False)
    assert all(HASH.match(after) for line, after in following if PACKAGE.match(line))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_made_for_the_dependencies_of_today(name: str) -> None:
    stamp = runpy.run_path(str(ROOT / ".ci" / "lock"))["stamp"]
    assert lines(name)[0] + "\n" == stamp(PYPROJECT), "make the locks anew: .ci/lock"
    assert stamp(PYPROJECT.replace('"django>=5.2,<5.3"', '"django>=5.2"')) != stamp(PYPROJECT)
    assert stamp(PYPROJECT + "\n# a comment") == stamp(PYPROJECT)


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_locked_in_a_version_that_it_allows(name: str) -> None:
    found = tomllib.loads(PYPROJECT)
    asked = found["project"]["dependencies"]
    asked += found["dependency-groups"]["dev"] if "dev" in name else []
    locked = versions(name)
    for requirement in map(Requirement, asked):
        kept = locked[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in kept), requirement


def test_tests_run_on_the_versions_that_people_install() -> None:
    runtime, tests = versions(LOCKS[0]), versions(LOCKS[1])
    assert {name: tests.get(name) for name in runtime} == runtime
