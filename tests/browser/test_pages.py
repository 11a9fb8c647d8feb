"""Every page in the browser: nothing for axe to find, nothing wider than the screen.

WCAG 2.2 A and AA as far as a program can tell; on a wide light screen and on a dark phone.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.barriers import DARK_PHONE, DESK, barriers
from tests.plugins.browser import OpenPage
from tests.routes import Route
from tests.site.world import World, all_routes, two_worlds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = {"wide and light": DESK, "a dark phone": DARK_PHONE}
LOOKED_AT_BY = ("ann", "lead", "adjudicator", "observer", "admin")
NO_PAGE = {
    "site:healthz": "JSON",
    "site:flow_svg": "a file",
    "site:flow_json": "JSON",
    "site:download": "a file",
    "review:full_text_file": "a PDF",
    "review:methods_file": "a file",
    "review:import_file": "a file",
    "review:reports_file": "a file",
    "screening:agreement_table": "a file",
}


def pages() -> list[Route]:
    return [r for r in all_routes() if r.method == "get" and r.name not in NO_PAGE]


def address(route: Route, world: World) -> str:
    slug = {"slug": world.review.slug} if route.in_review else {}
    return reverse(route.name, kwargs=slug | route.kwargs(world))


def wrong_on(page: Page, where: str) -> list[str]:
    """Sentences: a page that does not answer, or its barriers."""
    answer = page.goto(where)
    if answer is None or answer.status != 200:
        return [f"{where}: answered {answer and answer.status}"]
    return barriers(page)


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_has_a_barrier_or_sticks_out(page_for: OpenPage, screen: str) -> None:
    world, _ = two_worlds()
    opened: dict[str, Page] = {}
    wrong: list[str] = []
    for route in pages():
        who = next(person for person in LOOKED_AT_BY if person in route.allowed)
        if who not in opened:
            opened[who] = page_for(getattr(world, who), **SCREENS[screen])
        wrong += wrong_on(opened[who], address(route, world))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_pages_of_an_account_have_no_barrier(page_for: OpenPage, screen: str) -> None:
    page = page_for(**SCREENS[screen])
    names = ("account_login", "account_reset_password", "account_signup")
    wrong = [found for name in names for found in wrong_on(page, reverse(name))]
    assert not wrong, "\n".join(wrong)
