"""Keyboard shortcuts of the screening page, in a browser, on a page of this test.

The script knows nothing of votes: it presses the control that carries ``data-key``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs

import django_htmx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

KEYS = Path(__file__).parents[2] / "screening/static/screening/keys.js"
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
ORIGIN = "http://winnow.test"
REPORT = """
<form id="report" hx-post="/vote" hx-target="#report" hx-swap="outerHTML">
  <h1 tabindex="-1" data-focus>{title}</h1>
  <textarea name="note" data-key="n"></textarea>
  <button name="verdict" value="include" data-key="i">Include <kbd>I</kbd></button>
  <button name="verdict" value="exclude" data-key="e">Exclude <kbd>E</kbd></button>
  <button name="verdict" value="broken" data-key="b">Break</button>
  <button name="verdict" value="busy" data-key="w">Wait</button>
</form>
"""
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Screen</title>
<script src="/htmx.js" defer></script><script src="/keys.js" defer></script></head><body>
<div id="messages" role="status"></div>{REPORT.format(title="First report")}</body></html>"""
PRESSED_THREE_TIMES = """() => {  // twice before the answer, once as the next report appears
  const press = () => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "i", bubbles: true }));
  document.addEventListener("htmx:afterSettle", press, { once: true });
  press();
  press();
}"""


class Screen(NamedTuple):
    """A page, and the verdicts that reached the server."""

    page: Page
    votes: list[str]

    def press(self, *keys: str) -> None:
        """Press keys one after the other once the page listens."""
        self.page.wait_for_selector("html[data-keys=ready]")
        for key in keys:
            self.page.keyboard.press(key)

    def settle(self) -> None:
        """Wait until whatever was sent is answered and the page listens again."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_selector("html[data-keys=ready]")


@pytest.fixture
def screen(browser: Browser) -> Iterator[Screen]:
    context = browser.new_context()
    votes: list[str] = []

    def answer(route: Route) -> None:
        match route.request.url.removeprefix(ORIGIN):
            case "/htmx.js":
                route.fulfill(path=HTMX, content_type="text/javascript")
            case "/keys.js":
                route.fulfill(path=KEYS, content_type="text/javascript")
            case "/vote":
                votes.extend(parse_qs(route.request.post_data or "")["verdict"])
                status = {"broken": 500, "busy": 503}.get(votes[-1], 200)
                body = REPORT.format(title="Next report") if status != 503 else "Winnow is busy."
                route.fulfill(status=status, body=body)
            case _:
                route.fulfill(body=PAGE, content_type="text/html")

    context.route("**/*", answer)
    page = context.new_page()
    page.goto(f"{ORIGIN}/")
    yield Screen(page, votes)
    context.close()


@pytest.mark.parametrize(("key", "verdict"), [("i", "include"), ("e", "exclude"), ("E", "exclude")])
def test_a_key_presses_the_button_that_shows_it(screen: Screen, key: str, verdict: str) -> None:
    screen.press(key)
    expect(screen.page.get_by_role("heading")).to_have_text("Next report")
    assert screen.votes == [verdict]


def test_the_next_report_takes_the_focus(screen: Screen) -> None:
    screen.press("i")
    expect(screen.page.get_by_role("heading", name="Next report")).to_be_focused()


def test_a_double_press_never_judges_the_next_report(screen: Screen) -> None:
    screen.press()
    screen.page.evaluate(PRESSED_THREE_TIMES)  # by the page itself: no machine is too slow for it
    expect(screen.page.get_by_role("heading")).to_have_text("Next report")
    screen.settle()
    assert screen.votes == ["include"]
    screen.press("e")
    screen.settle()
    assert screen.votes == ["include", "exclude"]


def test_letters_typed_into_a_note_are_letters(screen: Screen) -> None:
    screen.press("n")
    screen.page.keyboard.type("i e ?")
    note = screen.page.locator("textarea")
    expect(note).to_have_value("i e ?")
    screen.page.keyboard.press("Escape")
    expect(note).not_to_be_focused()
    screen.settle()
    assert screen.votes == []


@pytest.mark.parametrize("key", ["Control+i", "Alt+i", "Meta+i", "x"])
def test_other_keys_are_left_to_the_browser(screen: Screen, key: str) -> None:
    screen.press(key)
    screen.settle()
    assert screen.votes == []


def test_a_held_key_counts_once(screen: Screen) -> None:
    screen.press()
    for _ in range(3):
        screen.page.keyboard.down("i")
        screen.settle()
    assert screen.votes == ["include"]


def test_keys_can_be_switched_off_for_good(screen: Screen) -> None:
    screen.press("?")
    rows = screen.page.locator("dialog dl div")
    expect(rows.filter(has_text="Include")).to_have_text("iInclude")
    screen.page.get_by_label("Use single-key shortcuts").uncheck()
    screen.page.get_by_role("button", name="Close").click()
    screen.page.reload()
    screen.press("i")
    screen.settle()
    assert screen.votes == []


def test_an_answer_that_failed_is_said_until_one_succeeds(screen: Screen) -> None:
    screen.press("b")
    expect(screen.page.get_by_role("status")).to_contain_text("an error (500)")
    expect(screen.page.get_by_role("heading")).to_have_text("First report")
    screen.press("i")
    expect(screen.page.get_by_role("heading")).to_have_text("Next report")
    expect(screen.page.get_by_role("status")).to_be_empty()


def test_what_could_not_be_saved_stays_on_the_page_with_the_reason(screen: Screen) -> None:
    screen.page.locator("textarea").fill("Not an oral dose")
    screen.press("Escape", "w")
    expect(screen.page.get_by_role("status")).to_have_text("Winnow is busy.")
    expect(screen.page.locator("textarea")).to_have_value("Not an oral dose")
    expect(screen.page.get_by_role("heading")).to_have_text("First report")
