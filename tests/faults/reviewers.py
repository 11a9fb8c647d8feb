"""Reviewers who screen over HTTP without a rest, and write down what was acknowledged.

Each has a browser without JavaScript: a session, the CSRF token of each page, one request at a
time. Every decision is sent twice; what broke off is sent again, as a person would who is told
that it was not saved.
"""

from __future__ import annotations

import html
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.faults.place import Place
from tests.running import until
from tests.screening.pages import ballot, hidden

PATIENCE = 120.0  # seconds in which the site must be back
BOUNDARY = b"nothing-of-a-file-looks-like-this"
CHOICES = ("exclude", "exclude", "include", "maybe")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the site."""

    status: int
    text: str
    location: str


class Browser:
    """One person's browser; raises OSError or HTTPException when no whole answer comes."""

    def __init__(self, address: str, session: str) -> None:
        self.host = urlsplit(address).netloc
        self.cookies = {"sessionid": session}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, object], **headers: str) -> Answer:
        """Send a form; ``headers`` have underscores for hyphens."""
        return self._ask("POST", path, urlencode(fields), **headers)

    def upload(self, page: str, path: str, field: str, name: str, content: bytes) -> Answer:
        """Send a file with the form of a page."""
        token = hidden(self.get(page).text, "csrfmiddlewaretoken").encode()
        part = b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        body = part % (BOUNDARY, b"csrfmiddlewaretoken", b"", token)
        body += part % (BOUNDARY, field.encode(), b'; filename="%s"' % name.encode(), content)
        kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
        return self._ask("POST", path, body + b"--%s--\r\n" % BOUNDARY, Content_Type=kind)

    def _ask(self, method: str, path: str, body: str | bytes | None, **more: str) -> Answer:
        connection = HTTPConnection(self.host, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("csrftoken="):
                self.cookies["csrftoken"] = cookie.partition("=")[2].partition(";")[0]
        return Answer(answer.status, text, answer.getheader("Location") or "")


def kept_fields(page: str) -> dict[str, str]:
    """What the form of a page says that something was not saved."""
    inputs = re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page)
    typed = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in [*inputs, *typed]}


@dataclass
class Journal:
    """What all reviewers together saw."""

    acknowledged: list[tuple[int, str, int, str, str]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0  # requests without a whole answer
    odd: list[str] = field(default_factory=list)  # what nobody should ever see
    overtaken: int = 0  # decisions refused because somebody was quicker
    slowest: float = 0.0  # seconds

    def await_more(self, decisions: int) -> None:
        """Wait until so many more decisions were acknowledged."""
        wanted = len(self.acknowledged) + decisions
        until(lambda: len(self.acknowledged) >= wanted or self.odd, PATIENCE)
        assert self.odd == []


class Overtaken(Exception):
    """Somebody merged, split or settled what this person was reading."""


class Reviewer(threading.Thread):
    """Screens until ``stop`` is set or nothing awaits this person."""

    def __init__(self, place: Place, slug: str, name: str, session: str, book: Journal) -> None:
        super().__init__(name=name, daemon=True)
        self.browser = Browser(place.address, session)
        self.queue = f"/r/{slug}/screen/title_abstract/"
        self.book, self.dice = book, Random(name)
        self.stop = threading.Event()

    def run(self) -> None:
        try:
            while not self.stop.is_set() and self.decide():
                pass
        except Exception as error:
            self.book.odd.append(f"{self.name}: {error!r}")

    def decide(self) -> bool:
        """Read the next report and send a decision twice; False when there is none."""
        page = self.insist(lambda: self.browser.get(self.queue), 200)
        if 'class="decide"' not in page.text:
            return False
        choice = self.dice.choice(CHOICES)
        note = f"Note {self.dice.randrange(10**9)} of {self.name}"
        where, sent = ballot(page.text, choice, note=note)
        sent["csrfmiddlewaretoken"] = hidden(page.text, "csrfmiddlewaretoken")
        try:
            keys = [self.send(where, sent) for _ in range(2)]
        except Overtaken:
            self.book.overtaken += 1
            return True
        if keys[0] != keys[1]:
            self.book.odd.append(f"{self.name} clicked twice: {keys}")
        report = int(where.rstrip("/").rpartition("/")[2])
        self.book.acknowledged.append((keys[0], self.name, report, choice, note))
        return True

    def send(self, where: str, sent: dict[str, object]) -> int:
        """Send a decision until it is acknowledged; its key."""
        answer = self.insist(lambda: self.browser.post(where, sent), 303, sent)
        return int(parse_qs(urlsplit(answer.location).query)["voted"][0])

    def insist(self, ask: Any, good: int, sent: dict[str, object] | None = None) -> Answer:
        """Ask until the answer is good; 503 must keep what was sent, anything else is odd."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                answer: Answer = ask()
            except (OSError, HTTPException):
                self.book.broken += 1
                time.sleep(0.2)
                continue
            self.book.slowest = max(self.book.slowest, time.monotonic() - began)
            self.book.statuses[answer.status] += 1
            if answer.status == good:
                return answer
            if answer.status == 409:
                raise Overtaken
            if answer.status != 503:
                raise AssertionError(f"{answer.status}: {answer.text[-1500:]}")
            if sent and not sent.items() <= kept_fields(answer.text).items():
                raise AssertionError(f"not kept: {answer.text[-1500:]}")
            time.sleep(0.2)
        raise AssertionError("the site did not come back")


@contextmanager
def screening(place: Place, review: dict[str, Any]) -> Iterator[Journal]:
    """Let everybody screen while the body of ``with`` runs; they end their last decision."""
    book = Journal()
    people = {n: key for n, key in review["sessions"].items() if n.startswith("reviewer")}
    crowd = [Reviewer(place, review["slug"], name, key, book) for name, key in people.items()]
    for reviewer in crowd:
        reviewer.start()
    try:
        yield book
    finally:
        for reviewer in crowd:
            reviewer.stop.set()
        for reviewer in crowd:
            reviewer.join(PATIENCE + 60)
    assert not [reviewer.name for reviewer in crowd if reviewer.is_alive()]


def assert_kept(place: Place, review: dict[str, Any], book: Journal, *, alone: bool = True) -> None:
    """Every acknowledged decision is there once, nothing else is, and the audit is clean.

    ``alone``: nobody else did anything, so nobody was overtaken or decided twice on a report.
    """
    assert book.odd == []
    stored = place.ask("votes", slug=review["slug"])
    heard = sorted([key, name.title(), *rest] for key, name, *rest in book.acknowledged)
    assert sorted(stored) == heard
    if alone:
        assert book.overtaken == 0
        assert len({(name, report) for _, name, report, *_ in stored}) == len(stored)
    place.manage("audit", review["slug"])
