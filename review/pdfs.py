"""The files of stored full texts: where each lies, and whether it is still what was uploaded.

A disk can lose a file or change it while its row stays. Nobody must read another text for the one
that was judged, so a file is compared with the SHA-256 of its upload before it is shown.
"""

from __future__ import annotations

import hashlib
import os
import time
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as date_format

from review.models import FullText

UNDER_WAY = 3600  # seconds for which a file that no row names may be an upload under way


class Trouble(StrEnum):
    """What is wrong with the file of a full text."""

    MISSING = "is missing from the server"
    ALTERED = "is not the one that was uploaded"


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.FULLTEXT_DIR)


def path_of(held: FullText) -> Path:
    """The file of a full text that is held as a PDF."""
    return folder() / Path(held.file).name


def trouble_with(held: FullText, *, look_again: bool = False) -> Trouble | None:
    """What is wrong with the file of a full text; None if nothing, or if it has no file.

    A file that was read once is not read again as long as its size and time stay the same, unless
    ``look_again`` says so.
    """
    if not held.file:
        return None
    path = path_of(held)
    try:
        stat = path.stat()
        state = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
        found = _digest(path) if look_again else _digest_of_state(path, state)
    except OSError:
        return Trouble.MISSING
    return Trouble.ALTERED if held.sha256 and found != held.sha256 else None


@lru_cache(maxsize=1024)
def _digest_of_state(path: Path, state: tuple[int, int, int]) -> str:
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def in_words(held: FullText, trouble: Trouble) -> str:
    """A sentence for the page: what happened to the file, and who uploaded it when."""
    when = date_format(timezone.localtime(held.at), "j M Y")
    who = f"{held.actor} uploaded it on {when}" if held.actor else f"It was uploaded on {when}"
    name = held.original_name or "PDF"
    return f"The file of this full text ({name}) {trouble}, so it cannot be shown. {who}."


def write(name: str, content: bytes) -> None:
    """Put a file in its place, whole and on the disk before anybody is told that it is held."""
    folder().mkdir(parents=True, exist_ok=True)
    part = folder() / f"{name}.part"
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder() / name)
    finally:
        part.unlink(missing_ok=True)  # half of it would fill a full disk for ever
    names = os.open(folder(), os.O_RDONLY)
    os.fsync(names)
    os.close(names)


def orphans() -> list[Path]:
    """Files that belong to no full text: of uploads that were never finished."""
    if not folder().is_dir():
        return []
    since = time.time() - UNDER_WAY
    old = {path.name: path for path in folder().iterdir() if path.stat().st_mtime < since}
    named = FullText.objects.exclude(file="").values_list("file", flat=True)
    return [old[name] for name in sorted(old.keys() - set(named))]
