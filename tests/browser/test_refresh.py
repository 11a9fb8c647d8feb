"""A lead schedules a search, a real worker runs it, and its report is there to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from review.models import Schedule, SearchRun
from review.services.sentinels import mark_sentinel
from review.site.audit import differences
from tests import factories
from tests.browser.barriers import barriers
from tests.eutils import EUtils
from tests.people import team
from tests.plugins.browser import OpenPage
from tests.pubmed_records import article, document
from tests.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pubmed(settings: Settings) -> Iterator[EUtils]:
    """1001 has another title by now, 1002 is gone, 1003 is not found, 2001 is new."""
    with EUtils() as server:
        settings.EUTILS_BASE_URL = server.url
        server.holds(document(*(article(pmid, f"Trial {pmid}") for pmid in (1001, 1003, 2001))))
        server.answers(None, ["2001", "1001"])
        yield server


def test_a_lead_schedules_a_refresh_watches_it_run_and_reads_its_report(
    pubmed: EUtils, page_for: OpenPage, start_worker: Callable[..., Worker]
) -> None:
    who = team()
    search = factories.search(who.review)
    factories.reports(search, 3)
    mark_sentinel(search=search, pmid="1003", actor=who.lead)
    page = page_for(who.lead)
    page.goto(reverse("review:search", args=[who.review.slug, search.pk]))
    page.get_by_role("link", name="Set a schedule").click()
    page.get_by_label("Every day").check()
    page.get_by_label("At", exact=True).fill("02:30")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Save the schedule").click()
    expect(page.get_by_text("Every day at 02:30 (Europe/Berlin)")).to_be_visible()
    expect(page.locator("ol.plain li")).to_have_count(3)

    Schedule.objects.update(since=timezone.now() - timedelta(days=3))  # the site was down since
    pubmed.hold("efetch")
    start_worker()
    assert pubmed.held.wait(60)
    page.goto(reverse("review:run", args=[who.review.slug, SearchRun.objects.get(number=1).pk]))
    expect(page.get_by_text("2 missed")).to_be_visible()
    expect(page.locator(".progress .running")).to_be_visible()
    pubmed.release()

    expect(page.get_by_role("alert")).to_contain_text("Lost: this run did not find", timeout=60_000)
    expect(page.locator(".progress .done")).to_have_text("Complete")
    for kind, title in (("changed", "Trial 1001"), ("unmatched", "Trial 1003"), ("gone", "1002")):
        section = page.get_by_role("region").or_(page.locator("section"))
        expect(section.filter(has=page.locator(f"#found-{kind}")).first).to_contain_text(title)
    assert not barriers(page)
    page.get_by_role("link", name="1", exact=True).first.click()
    expect(page.get_by_text("Trial 2001")).to_be_visible()
    assert list(differences(who.review)) == []
