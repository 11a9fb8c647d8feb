"""A decision sent into a dead network stays on the page and is stored once when it is back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from review.models import Report, User
from screening.models import Decision
from tests import factories, people
from tests.plugins.browser import login

pytestmark = [pytest.mark.both, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team(live: str) -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 3)


@pytest.fixture
def reading(browser: Browser, live: str) -> Iterator[Callable[[User], Page]]:
    """A page on a person's queue; console errors are what these tests bring about."""
    contexts = []

    def open_queue(user: User) -> Page:
        contexts.append(browser.new_context(base_url=live))
        contexts[-1].add_cookies([{"name": "sessionid", "value": login(user), "url": live}])
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.goto("/r/ldn/screen/title_abstract/")
        return page

    expect.set_options(timeout=60_000)
    yield open_queue
    expect.set_options(timeout=5_000)
    for context in contexts:
        context.close()


def decide(page: Page, key: str, note: str = "") -> None:
    """Type a note and press a verdict's key, as soon as the page listens."""
    page.wait_for_selector('html[data-keys="ready"]')
    if note:
        page.keyboard.press("n")
        page.get_by_label("Note").fill(note)
        page.keyboard.press("Escape")
    page.keyboard.press(key)


def stored() -> list[tuple[str, str]]:
    return list(Decision.objects.order_by("pk").values_list("choice", "note"))


def test_a_decision_waits_for_the_network_and_is_stored_once(
    team: people.Team, reports: list[Report], reading: Callable[[User], Page]
) -> None:
    page = reading(team.ann)
    token = page.locator("input[name=token]").get_attribute("value")
    page.context.set_offline(True)
    decide(page, "e", "Children, see table 1")
    said = page.get_by_role("status")
    expect(said).to_contain_text("The connection failed. Nothing is lost")
    decide(page, "e")  # impatience
    expect(said).to_contain_text("The connection failed. Nothing is lost")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1001")
    expect(page.get_by_label("Note")).to_have_value("Children, see table 1")
    assert page.locator("input[name=token]").get_attribute("value") == token
    assert stored() == []

    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("1002")
    expect(page.locator("#screening [role=status]")).to_contain_text("Excluded")
    expect(page.locator(".said")).to_have_count(0)
    assert stored() == [("exclude", "Children, see table 1")]


def test_another_decision_taken_while_the_network_was_away_is_the_one_that_counts(
    team: people.Team, reports: list[Report], reading: Callable[[User], Page]
) -> None:
    page = reading(team.ann)
    page.context.set_offline(True)
    decide(page, "e")
    expect(page.locator(".said")).to_contain_text("Nothing is lost")
    decide(page, "i")
    expect(page.locator(".said")).to_contain_text("Nothing is lost")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("1002")
    assert stored() == [("include", "")]


def test_a_decision_whose_answer_was_lost_on_the_way_is_not_stored_twice(
    team: people.Team, reports: list[Report], reading: Callable[[User], Page]
) -> None:
    page, lost = reading(team.ann), []

    def lose_first_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/screen/title_abstract/**", lose_first_answer)
    decide(page, "m", "Ask the authors")
    expect(page.locator(".said")).to_contain_text("Nothing is lost")
    assert lost == [303] and stored() == [("maybe", "Ask the authors")]
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1002")
    assert stored() == [("maybe", "Ask the authors")]
