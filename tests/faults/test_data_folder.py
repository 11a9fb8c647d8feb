"""D7: a start on a data folder that cannot hold a database is refused, with the reason."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from review.site import env, env_storage
from tests.running import ROOT

MOUNTED = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:26 / /srv rw,relatime shared:7 - nfs4 server:/export rw,vers=4.2
31 30 254:1 / /srv/local rw,relatime - ext4 /dev/vdb rw
32 22 0:27 / /media/my\\040share rw - cifs //server/share rw
33 22 0:28 / /mnt/c rw,noatime - 9p drvfs rw
34 22 0:29 / /media/bücher rw - fuse.sshfs me@server: rw
35 22 0:30 / /data rw - ext4 /dev/vdc rw
36 22 0:31 / /data rw - nfs server:/data rw
"""
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount and give away files")


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with these mounts; our own folder lies on the root's disk."""
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTED)
    monkeypatch.setattr(env_storage, "MOUNTS", table)
    return table


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/winnow", "ext4"),
        ("/srv/winnow", "nfs4"),
        ("/srv/local/winnow", "ext4"),
        ("/srvice", "ext4"),
        ("/media/my share/winnow", "cifs"),
        ("/mnt/c/Users", "9p"),
        ("/media/bücher", "fuse.sshfs"),
        ("/data/winnow", "nfs"),
    ],
)
def test_a_path_lies_on_the_nearest_mount(mounted: Path, path: str, kind: str) -> None:
    assert env_storage.file_system(Path(path)) == kind


def test_this_machine_says_what_its_disks_are(tmp_path: Path) -> None:
    assert env_storage.file_system(tmp_path) not in {"", *env_storage.NETWORK}


def refusal(data: Path, **environ: str) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        env.read({"WINNOW_DATA_DIR": str(data), **environ}, data)
    return str(refused.value)


def test_sqlite_on_a_network_is_refused_and_postgresql_is_not(
    mounted: Path, tmp_path: Path
) -> None:
    mounted.write_text(f"{MOUNTED}40 22 0:40 / {tmp_path} rw - nfs4 server:/home rw\n")
    told = refusal(tmp_path / "data")
    assert "WINNOW_DATA_DIR or DATABASE_URL: the SQLite database would lie on a network" in told
    assert "(nfs4)" in told
    database = "postgresql://winnow:password@127.0.0.1/winnow"
    env.read({"WINNOW_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": database}, tmp_path)


def test_a_database_in_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    told = refusal(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/winnow.sqlite3")
    assert f"the folder {tmp_path}/nowhere of the SQLite database does not exist" in told


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_database_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "winnow.sqlite3"
    sqlite3.connect(database).close()
    database.touch(mode=0o400)
    database.chmod(0o400)
    told = refusal(tmp_path)
    assert f"{database} belongs to {env_storage.me()} and cannot be written" in told


@root_only
def test_root_does_not_write_beside_the_database_of_another(tmp_path: Path) -> None:
    database = tmp_path / "winnow.sqlite3"
    sqlite3.connect(database).close()
    database.touch()
    shutil.chown(database, "nobody")
    assert "belongs to nobody, and you are root" in refusal(tmp_path)
    shutil.chown(database, "root")
    env.read({"WINNOW_DATA_DIR": str(tmp_path)}, tmp_path)


@root_only
@pytest.mark.parametrize("command", [["manage.py", "check"], ["manage.py", "up"]])
def test_no_process_starts_on_a_read_only_disk(tmp_path: Path, command: list[str]) -> None:
    mount = "mount --bind $0 $0 && mount -o remount,bind,ro $0 && exec $1 $2 $3"
    told = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, str(tmp_path), sys.executable, *command],
        cwd=ROOT,
        env={
            **os.environ,
            "WINNOW_DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "review.site.settings",
        },
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert f"the folder {tmp_path} cannot be written (Read-only file system)" in told.stderr
    assert "Traceback" not in told.stderr
