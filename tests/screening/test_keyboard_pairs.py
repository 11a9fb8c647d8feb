"""Possible duplicates in a real browser: the whole queue by keys, and a merge split again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from review.models import Merge, Pair, Report
from tests import factories, people
from tests.browser.barriers import DARK_PHONE, barriers
from tests.plugins.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def pairs(team: people.Team) -> list[Pair]:
    """Four pairs, the likeliest first."""
    found = factories.reports(factories.search(team.review), 8)
    return [
        Pair.objects.create(
            review=team.review,
            first=found[2 * n],
            second=found[2 * n + 1],
            score=0.9 - n / 10,
            why=f"Pair number {n}.",
        )
        for n in range(4)
    ]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.wait_for_selector('html[data-keys="ready"]')
        page.keyboard.press(key)


def answers(pairs: list[Pair]) -> list[str]:
    rows = Pair.objects.in_bulk([pair.pk for pair in pairs])
    return [f"{rows[p.pk].answer} {rows[p.pk].link}".strip() for p in pairs]


def test_the_queue_is_worked_through_by_keys_without_a_reload(
    team: people.Team, pairs: list[Pair], page_for: OpenPage
) -> None:
    page = page_for(team.ann)
    page.goto(f"/r/{team.review.slug}/duplicates/pairs/")
    page.evaluate("window.stayed = true")
    asked, said = page.locator("#pairs article"), page.locator("#pairs .toast")
    expect(asked).to_contain_text("Pair number 0")
    press(page, "n")
    expect(asked).to_contain_text("Pair number 1")
    press(page, "s")
    expect(asked).to_contain_text("Pair number 2")
    expect(said).to_contain_text("Merged.")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    press(page, "z")
    expect(asked).to_contain_text("Pair number 1")
    press(page, "d")
    expect(asked).to_contain_text("Pair number 2")
    press(page, "l")
    expect(page.get_by_role("button", name="Correction or retraction notice")).to_be_visible()
    press(page, "2")
    expect(asked).to_contain_text("Pair number 3")
    expect(said).to_contain_text("linked: correction or retraction notice")
    press(page, "s")
    expect(asked).to_contain_text("Pair number 0")
    press(page, "s")
    expect(page.get_by_role("heading", level=1)).to_contain_text("No possible duplicates wait")
    assert page.evaluate("window.stayed") is True
    assert answers(pairs) == ["same", "different", "linked erratum", "same"]
    assert Report.objects.of(team.review).count() == 6


def test_a_merge_is_split_in_one_click_on_a_phone_without_javascript(
    team: people.Team, pairs: list[Pair], page_for: OpenPage
) -> None:
    page = page_for(team.ann, java_script_enabled=False, **DARK_PHONE)
    page.goto(f"/r/{team.review.slug}/duplicates/pairs/")
    page.get_by_role("button", name="Same").click()
    page.get_by_role("link", name="All duplicates").click()
    page.get_by_role("button", name="Split again").click()
    expect(page.get_by_role("status").first).to_contain_text("Split. Each report has its records")
    assert Merge.objects.get().split_by == team.ann
    assert Report.objects.of(team.review).count() == 8


def test_the_queue_with_an_answer_just_given_has_no_barrier(
    team: people.Team, pairs: list[Pair], page_for: OpenPage
) -> None:
    page = page_for(team.ann, **DARK_PHONE)
    page.goto(f"/r/{team.review.slug}/duplicates/pairs/")
    press(page, "s")
    expect(page.locator("#pairs .toast")).to_contain_text("Merged.")
    press(page, "l")
    assert barriers(page) == []
    page.get_by_role("button", name="Protocol or registration").click()
    expect(page.locator("#pairs .toast")).to_contain_text("linked: protocol or registration")
    page.get_by_role("link", name="All duplicates").click()
    expect(page.get_by_role("heading", name="Told apart by people")).to_be_visible()
    assert barriers(page) == []
    page.goto(f"/r/{team.review.slug}/duplicates/pairs/accept/?score=50")
    assert barriers(page) == []
