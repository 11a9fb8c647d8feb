"""The settings that come from the environment, each one checked.

Nothing here knows Django's settings: :func:`read` turns a mapping of strings into one
:class:`Environment`. Every wrong value is collected, so that one start shows them all, and each
sentence says what to do about it.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult

from django.core.exceptions import ImproperlyConfigured

from review.site import env_storage, env_urls

T = TypeVar("T")

NCBI = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Environment:
    """What the environment says, ready for use; empty text means "not set".

    What may hold a password or a key is left out of the repr, which debug pages show.
    """

    data: Path
    static: Path
    secret_key: str = field(repr=False)
    debug: bool
    site_url: SplitResult
    database: dict[str, Any] = field(repr=False)
    redis_url: str = field(repr=False)
    email: dict[str, Any] = field(repr=False)
    trusted_proxies: int
    job_lease: int
    ncbi_email: str
    ncbi_api_key: str = field(repr=False)
    ncbi_tool: str
    eutils_base_url: str

    @property
    def is_local(self) -> bool:
        """Whether the site is only meant for this machine."""
        return env_urls.is_local(self.site_url)


def read(environ: Mapping[str, str], base: Path) -> Environment:
    """Read all settings; ``base`` is the folder of manage.py.

    The data folder is made when it is missing, and a secret key in it when none is given.
    Raises ImproperlyConfigured with one line per wrong setting.
    """
    problems: list[str] = []

    def take(name: str, default: str, check: Callable[[str], T], fallback: T) -> T:
        try:
            return check(environ.get(name, "").strip() or default)
        except ValueError as wrong:
            problems.append(f"{name}: {wrong}")
            return fallback

    data = take("WINNOW_DATA_DIR", str(base / "var"), env_storage.folder, base)
    site = take("SITE_URL", "http://127.0.0.1:8000", env_urls.site, SplitResult(*[""] * 5))
    found = Environment(
        data=data,
        static=take("WINNOW_STATIC_DIR", str(data / "static"), absolute, data),
        secret_key=take("SECRET_KEY", "", secret, ""),
        debug=take("DEBUG", "off", flag, False),
        site_url=site,
        database=take("DATABASE_URL", "", env_urls.database, {}) or env_urls.sqlite(data),
        redis_url=take("REDIS_URL", "", env_urls.redis, ""),
        email=take("EMAIL_URL", "", env_urls.email, {}),
        trusted_proxies=take("TRUSTED_PROXIES", "0", count, 0),
        job_lease=take("WINNOW_JOB_LEASE", "90", seconds, 90),
        ncbi_email=take("NCBI_EMAIL", "", address, ""),
        ncbi_api_key=take("NCBI_API_KEY", "", word, ""),
        ncbi_tool=take("NCBI_TOOL", "winnow", word, ""),
        eutils_base_url=take("EUTILS_BASE_URL", NCBI, env_urls.eutils, ""),
    )
    if found.debug and site.netloc and not found.is_local:
        problems.append(
            "DEBUG: debug pages show passwords and patient data to visitors. "
            "Set DEBUG=off, or use it with a SITE_URL on 127.0.0.1 only."
        )
    problems = problems or unfit(found.database)
    if problems:
        raise ImproperlyConfigured("Winnow cannot start.\n  " + "\n  ".join(problems))
    return replace(found, secret_key=found.secret_key or made_key(data / "secret_key"))


def unfit(database: Mapping[str, Any]) -> list[str]:
    """Why a SQLite database cannot be kept where the settings put it."""
    if not database.get("ENGINE", "").endswith("sqlite3"):
        return []
    try:
        env_storage.sqlite_file(Path(database["NAME"]))
    except (ValueError, OSError) as wrong:
        return [f"WINNOW_DATA_DIR or DATABASE_URL: {wrong}"]
    return []


def made_key(path: Path) -> str:
    """The key kept in ``path``, made once with mode 0600.

    Several processes may start at once: each writes its own file and links it to the name, which
    only one can do, so that all read the same whole key.
    """
    if not path.exists():
        mine = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            path.hardlink_to(mine)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text(encoding="ascii").strip()


def flag(text: str) -> bool:
    """``on`` or ``off`` in the usual spellings."""
    if text.lower() not in YES | NO:
        raise ValueError(f"“{text}” is neither on nor off. Write DEBUG=on or DEBUG=off.")
    return text.lower() in YES


def secret(text: str) -> str:
    """A key nobody can guess, or nothing (then one is made)."""
    if text and (len(text) < 32 or len(set(text)) < 5):
        raise ValueError(
            "the key is too easy to guess. Use 50 random characters, "
            "or leave it unset and one is made and kept in the data folder."
        )
    return text


def count(text: str) -> int:
    """A small whole number."""
    if not (text.isascii() and text.isdigit() and int(text) < 10):
        raise ValueError(
            f"“{text}” is not a number from 0 to 9. "
            "Give the number of proxies in front of Winnow, 0 when there is none."
        )
    return int(text)


def seconds(text: str) -> int:
    """A time from one second to an hour."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 3600):
        raise ValueError(
            f"“{text}” is not a number of seconds from 1 to 3600. "
            "A job whose worker is silent for longer is given to another; 90 is the default."
        )
    return int(text)


def address(text: str) -> str:
    """An e-mail address, or nothing."""
    name, _, host = text.partition("@")
    if text and (not name or "." not in host or any(c.isspace() for c in text) or "@" in host):
        raise ValueError(
            f"“{text}” is not an e-mail address. NCBI writes to it before it blocks a site; "
            "use one that somebody reads."
        )
    return text


def word(text: str) -> str:
    """Letters, digits, dots, hyphens and underscores; or nothing."""
    if not all(c.isascii() and (c.isalnum() or c in "._-") for c in text):
        raise ValueError("only letters, digits, dots, hyphens and underscores may stand here.")
    return text


def absolute(text: str) -> Path:
    """A path from the root, not looked at: the files of an image may be read-only."""
    if not text.startswith("/"):
        raise ValueError(f"“{text}” does not start with “/”. Give the whole path of the folder.")
    return Path(text)
