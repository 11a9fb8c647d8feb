"""The frame of the pages: what each stage's row offers, and the tabs of a page about one report."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from lxml.html import HtmlElement, fromstring

from review.models import Report, User
from review.services.stages import set_rules
from review.services.studies import link_reports
from tests.factories import hold, include_on_abstract, reports, search, vote
from tests.people import Team, team

pytestmark = pytest.mark.django_db
SLUG = "ldn"


@pytest.fixture
def who() -> Team:
    return team(SLUG)


def page(user: User, name: str, **kwargs: object) -> HtmlElement:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse(name, kwargs={"slug": SLUG, **kwargs}))
    assert answer.status_code == 200
    return fromstring(answer.content.decode())


def row(found: HtmlElement, label: str) -> list[str]:
    return found.xpath(f"//nav[@aria-label='{label}']/a/text()")


def tabs(found: HtmlElement) -> list[str]:
    return row(found, "Pages of this report")


@pytest.mark.parametrize(
    ("name", "kwargs", "offered"),
    [
        ("review:searches", {}, ["Searches", "Reports", "Duplicates", "Protocol"]),
        ("review:reports", {}, ["Searches", "Reports", "Duplicates", "Protocol"]),
        (
            "screening:queue",
            {"stage": "title_abstract"},
            ["My queue", "My decisions", "Conflicts", "Agreement", "Progress", "Words"],
        ),
        (
            "screening:full_text",
            {},
            ["Reports", "My queue", "My decisions", "Conflicts", "Agreement", "Progress", "Words"],
        ),
        ("extraction:studies", {}, ["Studies", "Extraction form"]),
        ("site:home", {}, ["Flow", "Exports", "Members"]),
        ("site:members", {}, ["Flow", "Exports", "Members"]),
    ],
)
def test_each_stage_offers_its_pages_to_a_reviewer(
    who: Team, name: str, kwargs: dict[str, str], offered: list[str]
) -> None:
    found = page(who.ann, name, **kwargs)
    assert row(found, "Pages of this stage") == offered
    assert len(found.xpath("//nav[@aria-label='Pages of this stage']/a[@aria-current]")) == 1


def test_a_lead_who_does_not_vote_finds_conflicts_and_agreement(who: Team) -> None:
    found = page(who.lead, "screening:conflicts", stage="title_abstract")
    assert row(found, "Stages")[:2] == ["Search", "Screen"]
    offered = ["Conflicts", "Agreement", "Progress", "Words", "Rules", "State"]
    assert row(found, "Pages of this stage") == offered


def test_a_reviewer_finds_only_the_queues_of_stages_at_which_they_vote(who: Team) -> None:
    at = who.review.stages.get(name="title_abstract")
    set_rules(stage=at, actor=None, voters="chosen", chosen=[who.bo.pk], votes_needed=1)
    found = page(who.ann, "screening:conflicts", stage="title_abstract")
    assert row(found, "Pages of this stage") == ["Conflicts", "Agreement", "Words"]
    found = page(who.ann, "screening:full_text")
    assert "My queue" in row(found, "Pages of this stage")


def test_a_site_admin_finds_the_administration_in_the_menu(who: Team) -> None:
    menu = "//div[@class='person-menu']/a/text()"
    assert "Site administration" in page(who.admin, "site:home").xpath(menu)
    assert "Site administration" not in page(who.lead, "site:home").xpath(menu)


@pytest.fixture
def fresh(who: Team) -> Report:
    return reports(search(who.review), 2)[0]


@pytest.fixture
def linked(who: Team) -> Report:
    """A report whose full text is held, in a study."""
    found = reports(search(who.review, source="Embase"), 1, first=7001)[0]
    hold(include_on_abstract(found, who.ann, who.bo), who.ann)
    link_reports(review=who.review, reports=[found.pk], actor=who.lead, label="Walker 2021")
    return found


def test_a_report_that_awaits_votes_has_no_full_text_and_no_study(who: Team, fresh: Report) -> None:
    found = page(who.ann, "review:report", pk=fresh.pk)
    assert tabs(found) == ["Report", "Decisions"]


def test_a_sought_report_has_all_its_pages_and_each_opens(who: Team, linked: Report) -> None:
    found = page(who.observer, "review:report", pk=linked.pk)
    assert tabs(found) == ["Report", "Decisions", "Full text", "Study"]
    client = Client()
    client.force_login(who.observer)
    for href in found.xpath("//nav[@aria-label='Pages of this report']/a/@href"):
        assert client.get(href).status_code == 200


def test_the_tab_of_the_page_shown_is_marked(who: Team, linked: Report) -> None:
    found = page(who.ann, "screening:decisions", pk=linked.pk)
    here = found.xpath("//nav[@aria-label='Pages of this report']/a[@aria-current='page']/text()")
    assert here == ["Decisions"]


def test_a_site_admin_as_such_is_offered_no_decisions(who: Team, linked: Report) -> None:
    found = page(who.admin, "review:report", pk=linked.pk)
    assert tabs(found) == ["Report", "Full text", "Study"]


def test_a_report_to_vote_on_has_no_tabs_that_lead_away(who: Team, fresh: Report) -> None:
    vote(who.bo, fresh, "include")
    found = page(who.ann, "screening:queue", stage="title_abstract")
    assert tabs(found) == []
