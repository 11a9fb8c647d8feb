"""Pages in the system's Chromium, on a live server.

A page fails its test when a script raises, the content security policy blocks something, or a
request goes anywhere but to the live server.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.plugins.options import skip_or_fail

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync"

OpenPage = Callable[..., Page]


def chromium_path() -> str | None:
    """The system's Chromium, if there is one."""
    return next((found for found in map(shutil.which, CHROMIUM) if found), None)


@pytest.fixture
def live(live_server: LiveServer, settings: Any) -> str:
    """The address of the live server, which is also SITE_URL for this test."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window.

    Playwright runs an event loop in this thread, in which Django would refuse its database.
    """
    path = chromium_path()
    if path is None:
        skip_or_fail("REQUIRE_BROWSER", "no Chromium is installed")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET.split())
        yield chromium
        chromium.close()


@pytest.fixture
def page_for(browser: Browser, live: str) -> Iterator[OpenPage]:
    """``page_for(user, **context)`` opens a page in which ``user`` (or nobody) is logged in.

    ``context`` goes to Playwright: color_scheme, viewport, java_script_enabled, reduced_motion ...
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(user: Any = None, **context: Any) -> Page:
        contexts.append(browser.new_context(base_url=live, accept_downloads=True, **context))
        if user is not None:
            contexts[-1].add_cookies([{"name": "sessionid", "value": login(user), "url": live}])
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        watch(page, live, problems)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(page_for: OpenPage) -> Page:
    """A page in which nobody is logged in."""
    return page_for()


def login(user: Any) -> str:
    """The session key of a new session of ``user``."""
    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


def watch(page: Page, live: str, problems: list[str]) -> None:
    """Note what a reader would not see: script errors, blocked content, requests to elsewhere."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            problems.append(f"{page.url}: {message.text}")

    def request(sent: Any) -> None:
        if urlsplit(sent.url).scheme in {"http", "https"} and not sent.url.startswith(live):
            problems.append(f"{page.url}: asked {sent.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    page.on("request", request)


os.environ.setdefault("DJANGO_LIVE_TEST_SERVER_ADDRESS", "127.0.0.1")
