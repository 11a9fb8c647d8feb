#!/usr/bin/env python3
"""Winnow's commands: ``python3 manage.py up``, ``python3 manage.py test``, and Django's own.

Outside a virtual environment it first makes ``.venv`` beside this file from the hash-locked
requirements and goes on in there; a ``.venv`` that somebody else made is used, never changed.
WINNOW_NO_BOOTSTRAP=1 turns that off.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV, NEW = ROOT / ".venv", ROOT / ".venv.new"
LOCKS = {"runtime": ROOT / "requirements.lock", "tests": ROOT / "requirements-dev.lock"}
PROCESSES = min(8, 2 * (os.cpu_count() or 1))  # tests of workers and servers mostly wait
WHOLE_SUITE = ["-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]
NEEDED = {"runtime": "import django", "tests": "import django, pytest_django"}


def bootstrap(kind):
    """Go on inside .venv; ``kind`` says which requirements the command needs."""
    if sys.prefix != sys.base_prefix or os.environ.get("WINNOW_NO_BOOTSTRAP") == "1":
        return
    if os.name != "posix" or sys.version_info < (3, 11):
        sys.exit("Winnow needs Python 3.11 or newer on Linux or macOS (on Windows: in WSL 2).")
    import fcntl

    with open(ROOT / ".venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two terminals may start at once
        python = VENV / "bin" / "python"
        if not VENV.exists() or stamp(VENV, "runtime").exists():
            renew(kind)
        elif subprocess.run([python, "-c", NEEDED[kind]], capture_output=True).returncode:
            sys.exit(f"{VENV} is not Winnow's own and packages are missing there.\n"
                     f"Install {LOCKS[kind].name} in it, or move it away.")  # fmt: skip
    os.execv(python, [python, *sys.argv])  # noqa: S606


def renew(kind):
    """Build .venv aside and rename it; add the tests' requirements to a good one in place."""
    if not is_fresh("runtime"):
        if not uv() and not find_spec("ensurepip"):
            sys.exit("Python's venv is missing. On Debian or Ubuntu: sudo apt install python3-venv")
        pip = ["--without-pip"] if uv() else []
        subprocess.run([sys.executable, "-m", "venv", "--clear", *pip, NEW], check=True)
        install(NEW, "runtime")
        for script in (path for path in (NEW / "bin").iterdir() if not path.is_symlink()):
            script.write_bytes(script.read_bytes().replace(b".venv.new", b".venv"))
        shutil.rmtree(VENV, ignore_errors=True)
        NEW.rename(VENV)
    if not is_fresh(kind):
        install(VENV, kind)


def install(venv, kind):
    """Install exactly what the lock names, checked by hash, and stamp the environment."""
    print(f"Installing {LOCKS[kind].name}; this happens once.", file=sys.stderr)
    python = venv / "bin" / "python"
    pip = [uv(), "pip", "install", "--python", python] if uv() else [python, "-m", "pip", "install"]
    if subprocess.run([*pip, "--quiet", "--require-hashes", "-r", LOCKS[kind]]).returncode:
        sys.exit("The packages could not be installed (see above). Nothing else was changed.")
    stamp(venv, kind).write_text(wanted(kind))


@cache
def uv():
    """The uv program, when there is one that runs."""
    found = shutil.which("uv")
    return found and not subprocess.run([found, "-V"], capture_output=True).returncode and found


def is_fresh(kind):
    return stamp(VENV, kind).exists() and stamp(VENV, kind).read_text() == wanted(kind)


def wanted(kind):
    return hashlib.sha256(LOCKS[kind].read_bytes() + sys.version.encode()).hexdigest()


def stamp(venv, kind):
    return venv / f"winnow-{kind}.stamp"


def main():
    testing = sys.argv[1:2] == ["test"]
    bootstrap("tests" if testing else "runtime")
    if testing:  # before Django's parser, which knows none of pytest's options
        os.chdir(ROOT)
        import pytest

        sys.exit(pytest.main(sys.argv[2:] or WHOLE_SUITE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "review.site.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        sys.exit(str(wrong))


if __name__ == "__main__":
    main()
