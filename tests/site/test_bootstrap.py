"""``python3 manage.py`` makes its own environment, once, and touches nobody else's.

Real environments and real installs, in a copy of manage.py whose locks name small stand-ins for
Django and pytest, made here as wheels, so that no network is needed.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys._base_executable  # type: ignore[attr-defined]
DJANGO = {
    "django/__init__.py": "VERSION = '{version}'",
    "django/core/__init__.py": "",
    "django/core/exceptions.py": "class ImproperlyConfigured(Exception): pass",
    "django/core/management.py": (
        "import sys, django\n"
        "def execute_from_command_line(argv):\n"
        "    print('django', django.VERSION, argv[1:], sys.prefix)\n"
    ),
}
PYTEST = {
    "pytest.py": (
        "import sys\ndef main(args):\n    print('pytest', args, sys.prefix)\n    return 7\n"
    ),
    "pytest_django.py": "",
}


def wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> str:
    """Make a wheel and return its line for a lock."""
    info = f"{name}-{version}.dist-info"
    entry = f"[console_scripts]\n{name}-say = django.core.management:execute_from_command_line\n"
    content = {
        **{path: text.replace("{version}", version) for path, text in files.items()},
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": entry,
    }
    record = "".join(f"{path},{digest(text)},{len(text)}\n" for path, text in content.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in {**content, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            archive.writestr(inside, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Copy:
    """A fresh copy of manage.py with its two locks."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wheels = folder / "copy", folder / "wheels"
        self.venv = self.folder / ".venv"
        self.folder.mkdir()
        self.wheels.mkdir()
        shutil.copy(ROOT / "manage.py", self.folder)
        self.lock("1.0")

    def lock(self, version: str) -> None:
        django = wheel(self.wheels, "django", version, DJANGO)
        (self.folder / "requirements.lock").write_text(django)
        tests = wheel(self.wheels, "pytest", "9.0", PYTEST)
        (self.folder / "requirements-dev.lock").write_text(django + tests)

    def start(
        self, *arguments: str, python: Sequence[str] = (PYTHON,), **environ: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*python, str(self.folder / "manage.py"), *arguments],
            cwd=self.folder.parent,
            env={
                "PATH": "/usr/bin:/bin",
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(self.wheels),
                "PIP_CONFIG_FILE": os.devnull,
                "UV_OFFLINE": "1",
                "UV_FIND_LINKS": str(self.wheels),
                "UV_NO_CACHE": "1",
                **environ,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *arguments: str, python: Sequence[str] = (PYTHON,), **environ: str
    ) -> tuple[int, str, str]:
        """Exit code, output and errors of one command."""
        process = self.start(*arguments, python=python, **environ)
        output, errors = process.communicate(timeout=120)
        return process.returncode, output, errors


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy in which two commands were started at the same moment, from nothing."""
    copy = Copy(tmp_path_factory.mktemp("made"))
    both = [copy.start("check", "--deploy", VIRTUAL_ENV="/nowhere") for _ in range(2)]
    ended = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    for output, _ in ended:
        assert output == f"django 1.0 ['check', '--deploy'] {copy.venv}\n"
    assert [errors.count("Installing") for _, errors in sorted(ended, key=lambda e: e[1])] == [0, 1]
    return copy


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_the_environment_is_made_once(made: Copy) -> None:
    code, output, errors = made.run("migrate")
    assert (code, errors) == (0, "")
    assert output == f"django 1.0 ['migrate'] {made.venv}\n"
    assert not (made.folder / ".venv.new").exists()


def test_scripts_of_the_environment_work_after_its_rename(made: Copy) -> None:
    script = subprocess.run(
        [made.venv / "bin" / "django-say"], capture_output=True, text=True, check=False
    )
    assert "TypeError" in script.stderr  # it started: the stand-in wants an argument
    assert ".venv.new" not in (made.venv / "bin" / "activate").read_text()


def test_the_words_after_test_go_to_pytest_and_their_packages_come_along(made: Copy) -> None:
    code, output, errors = made.run("test", "-x", "-m", "not browser", "--lf")
    assert code == 7
    assert output == f"pytest ['-x', '-m', 'not browser', '--lf'] {made.venv}\n"
    assert errors.count("Installing") == 1
    assert "Installing" not in made.run("test")[2]


def test_a_changed_lock_renews_the_environment(made: Copy) -> None:
    made.lock("1.1")
    code, output, errors = made.run("check")
    assert (code, errors.count("Installing")) == (0, 1)
    assert output.startswith("django 1.1 ")


def test_a_package_without_a_hash_is_refused_and_the_old_environment_stays(made: Copy) -> None:
    lock = made.folder / "requirements.lock"
    good = lock.read_text()
    lock.write_text(good.partition(" --hash")[0] + "\n")
    code, _, errors = made.run("check")
    assert code == 1
    assert "could not be installed" in errors
    lock.write_text(good)
    assert made.run("check")[0] == 0


def test_a_strange_environment_is_used_as_it_is(copy: Copy) -> None:
    before = strange_environment(copy, DJANGO)
    code, output, _ = copy.run("check")
    assert code == 0
    assert output.endswith(f"{copy.venv}\n")
    assert listing(copy.venv) == before


def test_a_strange_environment_without_packages_is_named_and_left_alone(copy: Copy) -> None:
    before = strange_environment(copy, DJANGO)
    code, _, errors = copy.run("test")
    assert code == 1
    assert "Install requirements-dev.lock in it, or move it away." in errors
    assert listing(copy.venv) == before


def strange_environment(copy: Copy, files: dict[str, str]) -> list[str]:
    """An environment that somebody else made; returns its files."""
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", copy.venv], check=True)
    site = next(copy.venv.glob("lib/python*/site-packages"))
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    return listing(copy.venv)


def listing(folder: Path) -> list[str]:
    return sorted(str(p) for p in folder.rglob("*") if "__pycache__" not in p.parts)


def test_a_missing_venv_module_names_the_debian_package(copy: Copy) -> None:
    hide = "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv.pop(0);"
    run = f"{hide} runpy.run_path(sys.argv[0], run_name='__main__')"
    code, _, errors = copy.run("check", python=(PYTHON, "-c", run))
    assert code == 1
    assert "sudo apt install python3-venv" in errors
    assert not copy.venv.exists()


@pytest.mark.parametrize(
    ("python", "environ"),
    [((PYTHON,), {"WINNOW_NO_BOOTSTRAP": "1"}), ((sys.executable,), {})],
    ids=["turned off", "inside another environment"],
)
def test_nothing_is_made(python: tuple[str], environ: dict[str, str], copy: Copy) -> None:
    copy.run("--version", python=python, **environ)
    assert not copy.venv.exists()
    assert not (copy.folder / ".venv.lock").exists()


def test_uv_installs_where_it_is_on_the_path(copy: Copy) -> None:
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        pytest.skip("uv is not installed beside this Python")
    tools = copy.folder.parent / "tools"
    tools.mkdir()
    (tools / "uv").symlink_to(uv)
    code, output, errors = copy.run("check", PATH=f"{tools}:/usr/bin:/bin")
    assert code == 0, errors
    assert output == f"django 1.0 ['check'] {copy.venv}\n"
    assert not list(copy.venv.glob("lib/python*/site-packages/pip"))  # uv did it alone
