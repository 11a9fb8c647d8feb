"""A hostile text in every stored field: nothing of it runs in a real browser, on any page."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.test_pages import LOOKED_AT_BY, NO_PAGE, address
from tests.plugins.browser import OpenPage
from tests.site.markers import SEEN, hostile_world
from tests.site.test_admin import addresses
from tests.site.world import all_routes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOWN = [r for r in all_routes() if r.method == "get" and r.name not in NO_PAGE]
RUN = "window.ran = []; window.marked = number => window.ran.push(number)"
ADDED = """() => [...document.querySelectorAll('img[src="x"], img[src="y"], [onload], [onerror]')]
    .map(each => each.outerHTML)"""


def armed(page: Page, wrong: list[str]) -> Page:
    """A page that notes what runs in it."""
    page.add_init_script(RUN)
    page.on("dialog", lambda dialog: wrong.append(f"{page.url}: {dialog.message}"))
    return page


def wrong_on(page: Page, where: str) -> list[str]:
    """Sentences: what ran on a page, and elements that a text brought along."""
    page.goto(where, wait_until="load")
    ran = [*page.evaluate("window.ran"), *page.evaluate(ADDED)]
    return [f"{where}: {each}" for each in ran]


def test_nothing_that_is_stored_runs_on_any_page(page_for: OpenPage) -> None:
    """``page_for`` fails for an error in the console too, such as what the policy has blocked."""
    world = hostile_world()
    opened: dict[str, Page] = {}
    wrong: list[str] = []
    shown = ""
    for route in SHOWN:
        who = next(person for person in LOOKED_AT_BY if person in route.allowed)
        if who not in opened:
            opened[who] = armed(page_for(getattr(world, who)), wrong)
        wrong += wrong_on(opened[who], address(route, world))
        shown += opened[who].content()
    admin = armed(page_for(world.admin), wrong)
    for where in [*addresses().values(), reverse("site:reviews")]:
        wrong += wrong_on(admin, where)
    assert len(set(SEEN.findall(shown))) > 100
    assert not wrong, "\n".join(wrong)
