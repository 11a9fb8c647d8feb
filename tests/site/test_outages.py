"""A request that the database, the disk or Redis fails is answered in words, and keeps its form."""

from __future__ import annotations

import errno
import html
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import redis
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from review.outage import Outage, idempotent, outage
from screening.models import Decision
from tests import factories
from tests.failures import postgresql, raised_from, sqlite
from tests.people import PASSWORD, Team, team
from tests.screening.pages import paper, signed_in

FAILURES: dict[str, tuple[Exception, Outage | None]] = {
    "SQLite locked": (sqlite("SQLITE_BUSY"), Outage.BUSY),
    "SQLite locked by a reader": (sqlite("SQLITE_BUSY_SNAPSHOT"), Outage.BUSY),
    "SQLite's disk full": (sqlite("SQLITE_FULL"), Outage.FULL),
    "SQLite's disk broken": (sqlite("SQLITE_IOERR_WRITE"), Outage.GONE),
    "SQLite read-only": (sqlite("SQLITE_READONLY_DBMOVED"), Outage.GONE),
    "a mistake in SQL": (sqlite("SQLITE_ERROR"), None),
    "deadlock": (postgresql("40P01"), Outage.CLASH),
    "serialization": (postgresql("40001"), Outage.CLASH),
    "lock timeout": (postgresql("55P03"), Outage.BUSY),
    "too many connections": (postgresql("53300"), Outage.BUSY),
    "PostgreSQL's disk full": (postgresql("53100"), Outage.FULL),
    "terminated": (postgresql("57P01"), Outage.GONE),
    "starting up": (postgresql("57P03"), Outage.GONE),
    "a standby": (raised_from(psycopg.errors.lookup("25006")("")), Outage.GONE),
    "connection lost": (postgresql(None), Outage.GONE),
    "no such table": (postgresql("42P01"), None),
    "a full disk": (OSError(errno.ENOSPC, "No space left on device"), Outage.FULL),
    "no such file": (FileNotFoundError(errno.ENOENT, "No such file"), None),
    "Redis gone": (redis.ConnectionError("gone"), Outage.GONE),
    "Redis mute": (redis.TimeoutError("mute"), Outage.GONE),
    "a mistake in the program": (KeyError("x"), None),
}


@pytest.mark.parametrize(("error", "what"), FAILURES.values(), ids=FAILURES)
def test_what_failed_is_read_from_the_code(error: Exception, what: Outage | None) -> None:
    assert outage(error) is what


def test_a_connection_that_was_closed_is_gone() -> None:
    error = InterfaceError("connection already closed")
    error.__cause__ = psycopg.InterfaceError("the connection is closed")
    assert outage(error) is Outage.GONE


# Doing it again -----------------------------------------------------------------------------


class Fails:
    """An act that fails so many times with an error before it succeeds."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left, self.done = error, times, 0

    def __call__(self) -> str:
        self.done += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "saved"


@pytest.mark.parametrize(
    ("code", "most"), [("40P01", 3), ("40001", 3), (None, 1), ("55P03", 0), ("53100", 0)]
)
def test_an_act_is_repeated_as_often_as_its_failure_allows(code: str | None, most: int) -> None:
    act = Fails(postgresql(code), most)
    assert idempotent(act)() == "saved"
    assert act.done == most + 1
    act = Fails(postgresql(code), most + 1)
    with pytest.raises(OperationalError):
        idempotent(act)()
    assert act.done == most + 1


@pytest.mark.django_db
def test_an_act_inside_another_transaction_is_not_repeated() -> None:
    act = Fails(postgresql("40P01"), 1)
    with pytest.raises(OperationalError):
        idempotent(act)()
    assert act.done == 1


# The pages ----------------------------------------------------------------------------------

pages = pytest.mark.django_db
Breaking = Callable[[str, Exception, int], None]


@pytest.fixture
def who() -> Team:
    found = team()
    factories.reports(factories.search(found.review), 3)
    return found


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Breaking:
    """``breaking(table, error, times)``: so many next statements on a table fail."""

    def begin(table: str, error: Exception, times: int) -> None:
        left, execute = [times], CursorWrapper.execute

        def broken(cursor: Any, sql: Any, params: Any = None) -> Any:
            if f'"{table}"' in str(sql) and left[0]:
                left[0] -= 1
                raise error
            return execute(cursor, sql, params)

        monkeypatch.setattr(CursorWrapper, "execute", broken)

    return begin


def voting(client: Client, who: Team, **more: object) -> tuple[str, dict[str, object]]:
    client.raise_request_exception = False
    address = reverse("screening:queue", args=[who.review.slug, "title_abstract"])
    return paper(client, address, "exclude", **more)


@pages
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sqlite("SQLITE_BUSY"), "Winnow is busy"),
        (sqlite("SQLITE_FULL"), "disk of the server is full"),
        (postgresql("40P01"), "Winnow is busy"),
        (postgresql(None), "cannot reach its database"),
    ],
)
def test_a_vote_that_could_not_be_saved_comes_back_and_can_be_sent_again(
    who: Team, breaking: Breaking, error: Exception, words: str
) -> None:
    client = signed_in(who.ann)
    note = "Not an oral dose.\n<b>See</b> table 2"
    address, sent = voting(client, who, note=note)
    breaking("screening_decision", error, 1)

    answer = client.post(address, sent)

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (
        503,
        "10",
        "no-store",
    )
    assert words in page
    assert "is not saved yet" in page
    assert html.escape(note) in page
    assert Decision.objects.count() == 0
    action = re.search(r'<form class="form"\s+method="post"\s+action="([^"]+)"', page)
    assert action
    again = client.post(html.unescape(action[1]), fields(page))
    assert again.status_code == 303
    (saved,) = Decision.objects.all()
    assert (saved.choice, saved.note.replace("\r\n", "\n")) == ("exclude", note)
    assert client.post(address, sent).status_code == 303, "the same click is one decision"
    assert Decision.objects.count() == 1


def fields(page: str) -> dict[str, str]:
    """What the form of a page holds."""
    hidden = re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page)
    typed = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in [*hidden, *typed]}


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_or_a_lost_connection_is_not_noticed(who: Team, breaking: Breaking) -> None:
    client = signed_in(who.ann)
    address, sent = voting(client, who)
    breaking("screening_decision", postgresql("40P01"), 3)
    assert client.post(address, sent).status_code == 303
    address, sent = voting(client, who)
    breaking("screening_decision", postgresql(None), 1)
    assert client.post(address, sent).status_code == 303
    assert Decision.objects.count() == 2


@pages
def test_htmx_gets_a_sentence_and_leaves_the_form_where_it_is(
    who: Team, breaking: Breaking
) -> None:
    client = signed_in(who.ann)
    address, sent = voting(client, who)
    breaking("screening_decision", sqlite("SQLITE_BUSY"), 1)
    answer = client.post(address, sent, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert answer.content.decode() == (
        "Winnow is busy: something else kept the database for too long. What you sent is not "
        "saved yet. It is kept on this page: send it again in a moment."
    )


@pages
@pytest.mark.parametrize("table", ["django_session", "review_user", "review_review"])
def test_a_page_that_cannot_be_read_says_so(who: Team, breaking: Breaking, table: str) -> None:
    """Also when the failure comes before the view."""
    client = signed_in(who.ann)
    client.raise_request_exception = False
    address = reverse("site:home", args=[who.review.slug])
    breaking(table, postgresql("57P03"), 1)
    answer = client.get(address)
    assert answer.status_code == 503
    assert "cannot reach its database" in answer.content.decode()
    assert f'href="{address}"' in answer.content.decode()
    assert client.get(address).status_code == 200


@pages
def test_a_password_is_never_repeated(who: Team, settings: Settings, client: Client) -> None:
    nobody = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}
    settings.CACHES = {"default": nobody | {"LOCATION": "redis://127.0.0.1:9/0"}}
    client.raise_request_exception = False
    login = {"login": who.ann.email, "password": PASSWORD}
    answer = client.post(reverse("account_login"), login)
    assert answer.status_code == 503
    assert PASSWORD not in answer.content.decode()
    assert who.ann.email not in answer.content.decode()
    assert "Go back and send it again" in answer.content.decode()


@pages
def test_a_fault_of_the_program_is_an_error_of_ours(who: Team, breaking: Breaking) -> None:
    client = signed_in(who.ann)
    client.raise_request_exception = False
    breaking("review_review", KeyError("x"), 1)
    answer = client.get(reverse("site:home", args=[who.review.slug]))
    assert answer.status_code == 500
    assert "An error on our side" in answer.content.decode()


def test_a_page_waits_for_no_setting_longer_than_a_browser_does() -> None:
    """htmx gives up after thirty seconds."""
    wait = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        assert wait["timeout"] < 30
    else:
        assert wait["connect_timeout"] < 30
        assert "lock_timeout=20s" in wait["options"]
