"""Whether a folder can hold what Winnow stores: can it be written, by whom, on what file system?

SQLite needs locks and shared memory that all processes see alike. File systems of a network do not
keep that promise, and two processes damage the database there (sqlite.org/howtocorrupt.html).
"""

import os
import pwd
import secrets
import subprocess
from pathlib import Path

NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "davfs", "9p", "drvfs", "afs"),
    *("ceph", "glusterfs", "lustre", "fuse.sshfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs"),
    *("vboxsf", "fuse.vmhgfs-fuse"),  # folders that a virtual machine's host shares
}
MOUNTS = Path("/proc/self/mountinfo")


def folder(text: str) -> Path:
    """An absolute folder that can be written; made when it is missing."""
    path = Path(text).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / f".probe-{secrets.token_hex(8)}"
        probe.touch()
        probe.unlink()
    except OSError as wrong:
        raise ValueError(
            f"the folder {path} cannot be written ({wrong.strerror}). "
            "Choose one that the user running Winnow owns."
        ) from wrong
    return path


def sqlite_file(path: Path) -> None:
    """Refuse a place where a SQLite database could not be kept.

    Raises ValueError with the reason and what to do.
    """
    lies_in = path.parent
    if not lies_in.is_dir():
        raise ValueError(f"the folder {lies_in} of the SQLite database does not exist. Make it.")
    kind = file_system(lies_in)
    if kind in NETWORK:
        raise ValueError(
            f"the SQLite database would lie on a network file system ({kind}) in {lies_in}, where "
            "it can be damaged. Choose a folder on a disk of this machine, or PostgreSQL."
        )
    for found in (lies_in, *(path.with_name(path.name + end) for end in ("", "-wal", "-shm"))):
        if found.exists() and not os.access(found, os.R_OK | os.W_OK):
            raise ValueError(
                f"{found} belongs to {owner(found)} and cannot be written by {me()}. SQLite needs "
                f"to write it. Run Winnow as {owner(found)}, or give the folder to {me()}."
            )
    if os.geteuid() == 0 and path.exists() and path.stat().st_uid:
        raise ValueError(
            f"the database {path} belongs to {owner(path)}, and you are root. What root writes "
            f"beside it, {owner(path)} could not write later. Run Winnow as {owner(path)}."
        )


def file_system(path: Path) -> str:
    """The kind of the file system that a path lies on, as the system names it; may be empty."""
    best, found = "", ""
    for place, kind in mounted():
        inside = path.resolve().is_relative_to(place)
        if inside and len(place) >= len(best):  # of two mounts in one place the later one counts
            best, found = place, kind
    return found


def mounted() -> list[tuple[str, str]]:
    """Every mount: its place and its kind, in the order in which they were mounted."""
    if MOUNTS.exists():  # "… 98 0:42 / /srv/data rw - nfs4 server:/data rw", proc(5)
        lines = (line.split() for line in MOUNTS.read_text(errors="replace").splitlines())
        return [(unescaped(words[4]), words[words.index("-") + 1]) for words in lines]
    listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True).stdout
    parts = (line.partition(" on ")[2].rpartition(" (") for line in listed.splitlines())
    return [(place, kinds.split(",")[0]) for place, _, kinds in parts]  # macOS


def unescaped(place: str) -> str:
    """A place as mountinfo writes it, where blanks are ``\\040``."""
    return place.encode().decode("unicode_escape").encode("latin-1").decode(errors="replace")


def owner(path: Path) -> str:
    """The name of the user to whom a file belongs."""
    return name_of(path.stat().st_uid)


def me() -> str:
    """The name of the user who runs this process."""
    return name_of(os.geteuid())


def name_of(user: int) -> str:
    """A user's name, or number where the machine knows no name."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
