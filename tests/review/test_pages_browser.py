"""Pages of identification in a real browser: progress by itself, forms without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Request, expect

from review.models import CriteriaVersion, Job
from review.models.jobs import State
from review.services.searches import start_run
from tests import factories
from tests.people import Team, team
from tests.plugins.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def t(transactional_db: None) -> Team:
    return team()


def polls(page: Page, path: str) -> list[str]:
    """The requests that the page makes by itself from now on."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith(path) and request.headers.get("hx-request"):
            seen.append(request.url)

    page.on("request", note)
    return seen


def test_progress_moves_by_itself_and_stops_when_the_run_is_complete(
    t: Team, page_for: OpenPage
) -> None:
    run = start_run(search=factories.search(t.review), actor=t.lead)
    Job.objects.update(state=State.RUNNING, done=200, total=3117)
    page = page_for(t.lead)
    path = reverse("review:run", args=["ldn", run.pk])
    page.goto(path)
    seen = polls(page, path)
    expect(page.locator(".progress-line")).to_contain_text("200 of 3,117")
    Job.objects.update(done=1240)
    expect(page.locator(".progress-line")).to_contain_text("1,240 of 3,117")
    pmids = [str(number) for number in range(3117)]
    type(run).objects.update(new=917, reported=3117, identifiers=pmids, fetched=3117, stored=3117)
    Job.objects.update(state=State.DONE, done=3117)
    expect(page.locator(".progress-line")).to_contain_text("Complete")
    expect(page.locator("#run-figures .facts").first).to_contain_text("917")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    asked = len(seen)
    assert asked >= 2
    page.wait_for_timeout(5000)  # more than two intervals: nothing may be asked any more
    assert len(seen) == asked


def test_cancel_keeps_the_focus_while_the_page_refreshes_itself(
    t: Team, page_for: OpenPage
) -> None:
    run = start_run(search=factories.search(t.review), actor=t.lead)
    Job.objects.update(state=State.RUNNING, done=200, total=3117)
    page = page_for(t.lead)
    page.goto(reverse("review:run", args=["ldn", run.pk]))
    page.get_by_role("button", name="Cancel").focus()
    Job.objects.update(done=1240)
    expect(page.locator(".progress-line")).to_contain_text("1,240 of 3,117")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()


def test_without_scripts_the_progress_is_a_link_away(t: Team, page_for: OpenPage) -> None:
    run = start_run(search=factories.search(t.review), actor=t.lead)
    page = page_for(t.lead, java_script_enabled=False)
    page.goto(reverse("review:run", args=["ldn", run.pk]))
    Job.objects.update(state=State.FAILED, error="PubMed says: Search Backend failed")
    page.get_by_role("link", name="Refresh").click()
    expect(page.locator("main")).to_contain_text("PubMed says: Search Backend failed")
    page.get_by_role("button", name="Resume").click()
    assert Job.objects.get().state == State.QUEUED


def test_criteria_are_edited_without_scripts(t: Team, page_for: OpenPage) -> None:
    page = page_for(t.lead, java_script_enabled=False)
    page.goto(reverse("review:criteria", args=["ldn"]))
    for _ in range(2):  # the first new row is still blank at the second click
        page.get_by_role("button", name="Add a criterion").click()
    expect(page.get_by_role("group", name="Criterion 5")).to_be_visible()
    last = page.get_by_role("group", name="Criterion 4")
    last.get_by_label("Criterion", exact=True).fill("Pain was measured or planned")
    last.get_by_label("Excluded as").fill("No pain outcome planned")
    page.get_by_role("button", name="Move criterion 4 up").click()
    page.get_by_role("button", name="Remove criterion 1").click()
    page.get_by_role("group", name="Criterion 1").get_by_label("Excluded as").press("Enter")
    expect(page.locator("main")).to_contain_text("Version 2 of the criteria is in force.")
    version = CriteriaVersion.objects.in_force(t.review)
    assert version is not None
    assert [each.reason.label for each in version.in_order()] == [
        "Wrong intervention",
        "No pain outcome planned",
        "Wrong study design",
    ]
