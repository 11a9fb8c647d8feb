"""A lead imports a file with a problem in it, watches the job, and undoes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from review.models import Report
from review.site.audit import differences
from tests import factories
from tests.browser.barriers import barriers
from tests.people import team
from tests.plugins.browser import OpenPage
from tests.review.test_imports import RIS
from tests.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_lead_imports_a_file_sees_its_problem_watches_the_job_and_undoes_it(
    page_for: OpenPage, start_worker: Callable[..., Worker]
) -> None:
    who = team()
    search = factories.search(who.review, source="Embase")
    page = page_for(who.lead)
    page.goto(reverse("review:search", args=[who.review.slug, search.pk]))
    page.get_by_role("link", name="Import a file").click()
    file = {"name": "embase.ris", "mimeType": "text/plain", "buffer": RIS.encode()}
    page.get_by_label("File").set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Line 9: This entry is empty. It was left out.")).to_be_visible()
    expect(page.get_by_text("Naltrexone 4.5 mg for tired legs")).to_be_visible()
    page.get_by_role("button", name="Import 2 records").click()
    expect(page.locator(".progress .queued")).to_be_visible()
    start_worker()
    expect(page.locator(".progress .unequal")).to_have_text("Counts differ", timeout=60_000)
    expect(page.get_by_text("Line 9: This entry is empty.")).to_be_visible()
    assert not barriers(page)
    page.locator("summary", has_text="Undo this import").click()
    page.get_by_label("Why", exact=True).fill("It is the file of another search")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("count nowhere any more. Votes")).to_be_visible(timeout=60_000)
    assert not Report.objects.of(who.review).exists()
    assert list(differences(who.review)) == []
