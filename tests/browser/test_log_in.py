"""Coming in: by e-mail address and password, and only with an account."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.people import PASSWORD, person
from tests.plugins.browser import OpenPage, watch

pytestmark = pytest.mark.browser


def log_in(page: Page, email: str, password: str) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_a_person_logs_in_with_address_and_password(page: Page) -> None:
    person("ann@example.org")
    log_in(page, "Ann@Example.org", PASSWORD)
    expect(page).to_have_url("/")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Log in")


def test_it_works_without_scripts(page_for: OpenPage) -> None:
    person("ann@example.org")
    page = page_for(java_script_enabled=False)
    log_in(page, "ann@example.org", PASSWORD)
    expect(page).to_have_url("/")


def test_a_wrong_password_is_told_without_saying_whether_the_account_exists(page: Page) -> None:
    person("ann@example.org")
    told = []
    for email in ("ann@example.org", "nobody@example.org"):
        log_in(page, email, "not the password")
        told.append(page.get_by_role("main").inner_text().replace(email, "…"))
    assert told[0] == told[1]
    assert "not correct" in told[0]


def test_nobody_signs_up(page: Page) -> None:
    page.goto("/accounts/signup/")
    assert page.locator("input[type=password]").count() == 0
    expect(page.get_by_role("main")).to_contain_text("Accounts are made by")


def test_a_page_fails_its_test_when_something_is_blocked(
    page_for: OpenPage, request: pytest.FixtureRequest
) -> None:
    problems: list[str] = []
    page = page_for().context.new_page()
    watch(page, request.getfixturevalue("live"), problems)
    page.goto("/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x')")
    with suppress(PlaywrightError):
        page.goto("http://127.0.0.1:9/")
    assert any("Content Security Policy" in problem for problem in problems)
    assert any("asked http://127.0.0.1:9/" in problem for problem in problems)
