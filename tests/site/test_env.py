"""Every setting is checked, and a wrong one is named together with what to do."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from review.site import env
from review.site.env import Environment

ROOT = Path(__file__).resolve().parents[2]
GOOD_KEY = "k3y-with-more-than-thirty-two-characters"


def read(folder: Path, **environ: str) -> Environment:
    return env.read({"WINNOW_DATA_DIR": str(folder / "data"), **environ}, folder)


def refusal(folder: Path, **environ: str) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(folder, **environ)
    return str(refused.value)


def test_without_settings_everything_is_local_and_in_the_data_folder(tmp_path: Path) -> None:
    found = env.read({}, tmp_path)
    assert found.data == tmp_path / "var"
    assert found.database["NAME"] == str(tmp_path / "var" / "winnow.sqlite3")
    assert found.site_url.geturl() == "http://127.0.0.1:8000"
    assert found.is_local
    assert not found.debug
    assert found.redis_url == ""
    assert found.email == {}
    assert found.ncbi_tool == "winnow"
    assert found.eutils_base_url == "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"


def test_static_files_may_lie_outside_the_data_folder(tmp_path: Path) -> None:
    assert env.read({}, tmp_path).static == tmp_path / "var" / "static"
    image = tmp_path / "image"
    assert read(tmp_path, WINNOW_STATIC_DIR=str(image)).static == image
    assert not image.exists()


WRONG = [
    ("SECRET_KEY", "short", "50 random characters"),
    ("SECRET_KEY", "a" * 60, "too easy to guess"),
    ("DEBUG", "maybe", "DEBUG=on or DEBUG=off"),
    ("SITE_URL", "reviews.example.org", "https://reviews.example.org"),
    ("SITE_URL", "https://example.org/winnow", "cannot live under a path"),
    ("SITE_URL", "https://me:pw@example.org", "only scheme, host and port"),
    ("SITE_URL", "https://example.org:port", "https://reviews.example.org"),
    ("DATABASE_URL", "mysql://root@localhost/winnow", "postgresql://winnow:password@"),
    ("DATABASE_URL", "postgresql://localhost", "name of the database is missing"),
    ("DATABASE_URL", "sqlite://", "sqlite:////srv/winnow.sqlite3"),
    ("REDIS_URL", "127.0.0.1:6379", "redis://127.0.0.1:6379/0"),
    ("REDIS_URL", "redis://", "redis://127.0.0.1:6379/0"),
    ("EMAIL_URL", "mail.example.org", "smtp+tls://user:password@"),
    ("WINNOW_STATIC_DIR", "static", "whole path of the folder"),
    ("TRUSTED_PROXIES", "10.0.0.1", "number of proxies"),
    ("TRUSTED_PROXIES", "-1", "from 0 to 9"),
    ("WINNOW_JOB_LEASE", "0", "seconds from 1 to 3600"),
    ("WINNOW_JOB_LEASE", "1.5", "seconds from 1 to 3600"),
    ("NCBI_EMAIL", "ann at example.org", "not an e-mail address"),
    ("NCBI_API_KEY", "abc def", "only letters, digits"),
    ("NCBI_TOOL", "my tool", "only letters, digits"),
    ("EUTILS_BASE_URL", "eutils.ncbi.nlm.nih.gov", "https://eutils.ncbi.nlm.nih.gov"),
    ("EUTILS_BASE_URL", "https://example.org/eutils?x=1", "Cut them off"),
]


@pytest.mark.parametrize(("name", "value", "advice"), WRONG)
def test_a_wrong_value_is_named_with_what_to_do(
    name: str, value: str, advice: str, tmp_path: Path
) -> None:
    told = refusal(tmp_path, **{name: value})
    assert f"{name}: " in told
    assert advice in told


def test_one_start_shows_every_wrong_setting(tmp_path: Path) -> None:
    told = refusal(tmp_path, DEBUG="maybe", TRUSTED_PROXIES="two", NCBI_EMAIL="nobody")
    assert [line.split(":")[0].strip() for line in told.splitlines()[1:]] == [
        "DEBUG",
        "TRUSTED_PROXIES",
        "NCBI_EMAIL",
    ]


def test_a_password_in_a_wrong_url_is_not_repeated(tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        assert "hunter2" not in refusal(tmp_path, **{name: "ftp://me:hunter2@example.org/x"})


def test_secrets_are_left_out_of_the_repr(tmp_path: Path) -> None:
    shown = repr(
        read(
            tmp_path,
            SECRET_KEY=GOOD_KEY,
            NCBI_API_KEY="0123456789abcdef",
            REDIS_URL="redis://:hunter2@127.0.0.1/0",
            DATABASE_URL="postgresql://me:hunter2@127.0.0.1/winnow",
            EMAIL_URL="smtp://me:hunter2@example.org",
        )
    )
    for kept in (GOOD_KEY, "0123456789abcdef", "hunter2"):
        assert kept not in shown


def test_debug_pages_are_refused_on_a_public_site(tmp_path: Path) -> None:
    assert "DEBUG=off" in refusal(tmp_path, DEBUG="on", SITE_URL="https://reviews.example.org")
    assert read(tmp_path, DEBUG="on", SITE_URL="http://localhost:8000").debug


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = refusal(tmp_path, WINNOW_DATA_DIR=str(tmp_path / "file" / "data"))
    assert f"the folder {tmp_path}/file/data cannot be written" in told


def test_the_secret_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    first, second = read(tmp_path).secret_key, read(tmp_path).secret_key
    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    for n in range(20):
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(env.made_key, [tmp_path / f"key{n}"] * 8))
        assert len(keys) == 1
        assert len(keys.pop()) >= 50
    assert not list(tmp_path.glob(".key*"))


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtp+tls://mail.example.org", 587, True, False),
        ("smtps://mail.example.org:10465", 10465, False, True),
    ],
)
def test_mail_urls(url: str, port: int, tls: bool, ssl: bool, tmp_path: Path) -> None:
    mail = read(tmp_path, EMAIL_URL=url).email
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"]) == ("mail.example.org", port)
    assert (mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (tls, ssl)


def test_a_mail_url_gives_login_and_sender(tmp_path: Path) -> None:
    url = "smtp+tls://ann%40example.org:p%40ss@mail.example.org?from=reviews@example.org"
    mail = read(tmp_path, EMAIL_URL=url).email
    assert mail["EMAIL_HOST_USER"] == "ann@example.org"
    assert mail["EMAIL_HOST_PASSWORD"] == "p@ss"
    assert mail["DEFAULT_FROM_EMAIL"] == "reviews@example.org"


NAMES = st.sampled_from(sorted({name for name, _, _ in WRONG}))
TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))


@given(st.dictionaries(NAMES, TEXTS))
def test_no_text_breaks_the_start_in_another_way(
    tmp_path_factory: pytest.TempPathFactory, environ: dict[str, str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        read(folder, **environ)
    except ImproperlyConfigured as told:
        assert str(told).startswith("Winnow cannot start.\n  ")


def shown(folder: Path, expression: str, **environ: str) -> str:
    """What Django has for a settings expression in a fresh process."""
    code = f"from django.conf import settings as s; print({expression})"
    clean = {k: v for k, v in os.environ.items() if k not in env_names()}
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={
            **clean,
            "WINNOW_DATA_DIR": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "review.site.settings",
            **environ,
        },
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def env_names() -> set[str]:
    return {name for name, _, _ in WRONG}


def test_a_public_site_gets_its_host_origin_and_secure_cookies(tmp_path: Path) -> None:
    seen = shown(
        tmp_path,
        "s.ALLOWED_HOSTS[0], s.CSRF_TRUSTED_ORIGINS, s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.ALLAUTH_TRUSTED_PROXY_COUNT, "
        "s.EMBEDDED, s.CELERY_BROKER_URL, s.DATABASES['default']['ENGINE'], s.SITE_IS_LOCAL",
        SITE_URL="https://reviews.example.org",
        TRUSTED_PROXIES="1",
        REDIS_URL="redis://127.0.0.1:6379/9",
        DATABASE_URL="postgresql://me@127.0.0.1/winnow",
    )
    assert seen == (
        "reviews.example.org ['https://reviews.example.org'] True True True 1 "
        "False redis://127.0.0.1:6379/9 django.db.backends.postgresql False"
    )


def test_time_limits_come_in_the_order_that_keeps_a_task_in_one_worker(tmp_path: Path) -> None:
    seen = shown(
        tmp_path,
        "s.CELERY_TASK_SOFT_TIME_LIMIT < s.CELERY_TASK_TIME_LIMIT "
        "< s.CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout']",
        REDIS_URL="redis://127.0.0.1:6379/9",
    )
    assert seen == "True"


def test_a_wrong_setting_stops_a_command_with_the_sentence_and_no_traceback() -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "maybe", "DJANGO_SETTINGS_MODULE": "review.site.settings"},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("Winnow cannot start.\n  DEBUG: “maybe” is neither on nor off.")
