"""Screening in a real browser: keys, the next report without a reload, and undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from review.models import Report
from screening.models import Decision, Kind, Seat
from tests import factories, people
from tests.plugins.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 4)


def ready(page: Page) -> None:
    page.wait_for_selector('html[data-keys="ready"]')


def press(page: Page, key: str) -> None:
    ready(page)
    page.keyboard.press(key)


def choices(team: people.Team) -> list[str]:
    votes = Decision.objects.heads().filter(actor=team.ann, kind=Kind.VOTE)
    return list(votes.values_list("choice", flat=True))


def test_three_reports_by_three_keys_without_a_reload(
    team: people.Team, reports: list[Report], page_for: OpenPage
) -> None:
    page = page_for(team.ann)
    page.goto(f"/r/{team.review.slug}/screen/title_abstract/")
    page.evaluate("window.stayed = true")
    title = page.get_by_role("heading", level=1)
    said = page.locator("#screening [role=status]")
    for key, number, words in [
        ("i", 1002, "Included"),
        ("e", 1003, "Excluded"),
        ("m", 1004, "Marked as maybe"),
    ]:
        press(page, key)
        expect(title).to_contain_text(f"trial number {number}")
        expect(said).to_contain_text(words)
        expect(title).to_be_focused()
    assert page.evaluate("window.stayed") is True
    assert choices(team) == ["include", "exclude", "maybe"]


def test_z_takes_the_last_vote_back_and_shows_its_report(
    team: people.Team, reports: list[Report], page_for: OpenPage
) -> None:
    page = page_for(team.ann)
    page.goto(f"/r/{team.review.slug}/screen/title_abstract/")
    title = page.get_by_role("heading", level=1)
    press(page, "e")
    expect(title).to_contain_text("1002")
    press(page, "z")
    expect(title).to_contain_text("1001")
    assert choices(team) == []
    press(page, "i")
    expect(title).to_contain_text("1002")
    assert choices(team) == ["include"]


def test_s_puts_a_report_aside(
    team: people.Team, reports: list[Report], page_for: OpenPage
) -> None:
    page = page_for(team.ann)
    page.goto(f"/r/{team.review.slug}/screen/title_abstract/")
    press(page, "s")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1002")
    assert Seat.objects.get(report=reports[0]).skipped_at is not None


def test_letters_typed_into_the_note_decide_nothing_and_go_with_the_vote(
    team: people.Team, reports: list[Report], page_for: OpenPage
) -> None:
    page = page_for(team.ann)
    page.goto(f"/r/{team.review.slug}/screen/title_abstract/")
    press(page, "n")
    page.get_by_label("Note").click()
    page.keyboard.type("I seem to miss e.g. me")
    assert choices(team) == []
    page.keyboard.press("Escape")
    press(page, "e")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1002")
    assert Decision.objects.get().note == "I seem to miss e.g. me"


def test_a_full_text_is_excluded_by_the_number_of_its_reason_and_e(
    team: people.Team, reports: list[Report], page_for: OpenPage
) -> None:
    factories.hold(factories.include_on_abstract(reports[0], team.ann, team.bo), team.lead)
    page = page_for(team.ann)
    page.goto(f"/r/{team.review.slug}/screen/full_text/")
    press(page, "e")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Choose the reason")
    press(page, "2")
    press(page, "e")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing awaits you")
    cast = Decision.objects.get(stage__name="full_text")
    assert (cast.choice, str(cast.reason)) == ("exclude", "Wrong intervention")


def test_the_whole_round_works_without_javascript(
    team: people.Team, reports: list[Report], page_for: OpenPage
) -> None:
    page = page_for(team.ann, java_script_enabled=False)
    page.goto(f"/r/{team.review.slug}/screen/title_abstract/")
    title = page.get_by_role("heading", level=1)
    page.get_by_role("button", name="Exclude").click()
    expect(title).to_contain_text("1002")
    page.get_by_role("button", name="Undo").click()
    expect(title).to_contain_text("1001")
    page.get_by_role("button", name="Skip").click()
    expect(title).to_contain_text("1002")
    page.get_by_role("button", name="Include").click()
    page.get_by_role("link", name="My decisions").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("in your queue again")).to_be_visible()
    assert choices(team) == []
