"""Settings that are written as URLs: the site, the database, Redis, mail, E-utilities.

Each function takes the text and returns what Django or the client needs, or raises ValueError
with a sentence that says what to write. A message never repeats the URL: it may hold a password.
"""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import dj_database_url

LOCAL = {"127.0.0.1", "localhost", "::1"}
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def is_local(site: SplitResult) -> bool:
    """Whether only this machine can reach the address."""
    return site.hostname in LOCAL


def split(text: str, schemes: set[str], example: str) -> SplitResult:
    """The parts of a URL with one of the schemes, a host, and a port that is a number."""
    advice = f"this is not an address that can be used here. Write it like {example}."
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  (reading it is the check)
    except ValueError:
        raise ValueError(advice) from None
    if parts.scheme not in schemes or any(c.isspace() for c in text):
        raise ValueError(advice)
    if not parts.hostname and not (parts.scheme in {"sqlite", "unix"} and parts.path.strip("/")):
        raise ValueError(advice)
    return parts


def site(text: str) -> SplitResult:
    """Where people find the site: scheme and host, no path."""
    parts = split(text, {"http", "https"}, "https://reviews.example.org")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError(
            "only scheme, host and port may stand here, like https://reviews.example.org; "
            "Winnow cannot live under a path."
        )
    return parts._replace(path="")


def sqlite(data: Path) -> dict[str, Any]:
    """Django's connection settings for the database in the data folder."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(data / "winnow.sqlite3")}


def database(text: str) -> dict[str, Any]:
    """Django's connection settings for SQLite or PostgreSQL, or nothing."""
    if not text:
        return {}
    example = "postgresql://winnow:password@127.0.0.1:5432/winnow or sqlite:////srv/winnow.sqlite3"
    split(text, {"sqlite", "postgres", "postgresql"}, example)
    found = dict(dj_database_url.parse(text))
    if not found["NAME"] or found["NAME"] == ":memory:":
        raise ValueError(f"the name of the database is missing. Write it like {example}.")
    return found


def redis(text: str) -> str:
    """The URL as it came, or nothing (then the embedded broker is used)."""
    if text:
        split(text, {"redis", "rediss", "unix"}, "redis://127.0.0.1:6379/0")
    return text


def eutils(text: str) -> str:
    """The base of the E-utilities, without the last slash."""
    parts = split(text, {"http", "https"}, "https://eutils.ncbi.nlm.nih.gov/entrez/eutils")
    if parts.query or parts.fragment:
        raise ValueError("the base address of E-utilities has no “?” and no “#”. Cut them off.")
    return text.rstrip("/")


def email(text: str) -> dict[str, Any]:
    """Django's mail settings by name, or nothing (then links are shown instead of sent)."""
    if not text:
        return {}
    parts = split(text, set(MAIL_PORTS), "smtp+tls://user:password@mail.example.org:587")
    sender = parse_qs(parts.query).get("from", [""])[0]
    settings: dict[str, Any] = {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }
    return settings | ({"DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender} if sender else {})
