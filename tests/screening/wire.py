"""Browsers without JavaScript that speak real HTTP to a live server, several at one instant."""

from __future__ import annotations

import html
import http.client
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from review.models import User
from tests.plugins.browser import login
from tests.screening.pages import hidden

Result = TypeVar("Result")
Form = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, where it sends the browser, and the page."""

    status: int
    location: str
    text: str


class Browser:
    """One person's browser; every request is a connection of its own."""

    def __init__(self, live: str, user: User) -> None:
        self.host = urlsplit(live).netloc
        self.cookies = {"sessionid": login(user)}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, "")

    def post(self, path: str, data: dict[str, str], **headers: str) -> Answer:
        return self._ask("POST", path, urlencode(data), **headers)

    def follow(self, answer: Answer) -> Answer:
        """The page to which an answer sends the browser."""
        assert answer.status in (302, 303), answer.text[:400]
        return self.get(answer.location)

    def _ask(self, method: str, path: str, body: str, **more: str) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        line = http.client.HTTPConnection(self.host, timeout=120)
        try:
            line.request(method, path, body or None, {"Cookie": cookies, **kind, **more})
            answer = line.getresponse()
            for name, value in answer.getheaders():
                if name == "Set-Cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            location = urlsplit(answer.getheader("Location") or "")
            where = f"{location.path}?{location.query}" if location.query else location.path
            return Answer(answer.status, where, answer.read().decode())
        finally:
            line.close()


def ballot(page: str, verdict: str, **more: str) -> Form:
    """Where the decision form of a page goes, and what it sends."""
    action = re.search(r'class="decide"[^>]*?action="([^"]+)"', page)
    assert action, "no report to decide on"
    names = ("csrfmiddlewaretoken", "token", "back")
    return action[1], {n: hidden(page, n) for n in names} | {"verdict": verdict} | more


def ruling(page: str, verdict: str, rationale: str) -> Form:
    """The same for the form that ends a conflict."""
    action = re.search(r'class="form ruling"[^>]*?action="([^"]+)"', page)
    assert action, "no conflict to settle"
    names = ("csrfmiddlewaretoken", "seen", "nonce")
    return action[1], {n: hidden(page, n) for n in names} | {
        "verdict": verdict,
        "rationale": rationale,
    }


def button(page: str, address: str) -> Form:
    """A form that is only a button, by the address that it posts to."""
    assert f'action="{address}"' in page, f"no button for {address}"
    return address, {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}


def words(page: str) -> str:
    """The text of a page's content, without markup, in one line."""
    content = page.partition("<main")[2] or page
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", content)).split())


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """Run these in as many threads, started by one signal; their results in order."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        barrier.wait(60)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
