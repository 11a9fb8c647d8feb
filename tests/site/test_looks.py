"""The site's own pages as pictures would show them: no barrier, nothing cut off, both themes."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from review.models import Job, Membership, User
from review.services.people import add_member
from review.site.exports import TASK
from tests.browser.barriers import TABLET, barriers
from tests.plugins.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lead(transactional_db: None, settings: Any) -> User:
    """The demo's lead, with news, a member without a password and an export that waits."""
    settings.SITE_IS_LOCAL = True
    call_command("demo", stdout=StringIO())
    found = User.objects.get(email="lead@example.org")
    review = found.memberships.get().review
    add_member(review=review, email="new@example.org", roles=("observer",), actor=found)
    Job.objects.create(review=review, task=TASK, subject="Risk of bias (CSV)", key="k")
    Membership.objects.update(seen_at=timezone.now() - timedelta(days=1))
    return found


def test_no_page_of_the_site_has_a_barrier(page_for: OpenPage, lead: User) -> None:
    page = page_for(lead, **TABLET)
    newest = Membership.objects.latest("pk").pk
    job = Job.objects.latest("pk").pk
    paths = ["/", "/r/ldn/", "/r/ldn/members/", f"/r/ldn/members/{newest}/"]
    found = []
    for path in [*paths, "/r/ldn/exports/", f"/r/ldn/exports/{job}/"]:
        page.goto(path)
        found += barriers(page)
    assert not found, "\n".join(found)


def test_the_flow_is_a_figure_at_a_desk_and_a_list_on_a_phone(
    page_for: OpenPage, lead: User
) -> None:
    page = page_for(lead, viewport={"width": 1280, "height": 844})
    page.goto("/r/ldn/")
    figure, stacked = page.locator(".flow-figure svg"), page.locator(".flow-list")
    todo = page.get_by_role("heading", name="For you")
    assert (figure.is_visible(), stacked.is_visible()) == (True, False)
    wide, aside = figure.bounding_box(), todo.bounding_box()
    assert wide and aside
    assert 0.6 < wide["width"] / 1280 < 0.8, "the diagram takes two thirds"
    assert aside["x"] > wide["x"] + wide["width"], "what to do stands at its right"

    page.set_viewport_size({"width": 390, "height": 844})
    assert (figure.is_visible(), stacked.is_visible()) == (False, True)
    first, last = todo.bounding_box(), stacked.bounding_box()
    assert first and last
    assert first["y"] < last["y"], "what to do comes before the numbers"
