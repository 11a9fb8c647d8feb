"""What templates show: text from outside, numbers, dates, and the links that a role gets."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import include, path
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement, fromstring

from review.access import Role
from review.templatetags.winnow import day, inline, moment, nav_link, number

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
AFTERNOON = dt.datetime(2026, 3, 14, 14, 2, 5, tzinfo=dt.UTC)
LATE = dt.datetime(2026, 3, 14, 23, 30, tzinfo=dt.UTC)


def shown(value: object, how: str) -> str:
    return Template(f"{{% load winnow %}}{{{{ value|{how} }}}}").render(Context({"value": value}))


def test_titles_keep_their_italics_and_nothing_else() -> None:
    title = 'Pain <i>in vitro</i> <img src=x onerror="alert(1)"> &lt; 3 <script>alert(1)</script>'
    assert shown(title, "inline") == (
        "Pain <i>in vitro</i> &lt;img src=x onerror=&quot;alert(1)&quot;&gt; &lt; 3 "
        "&lt;script&gt;alert(1)&lt;/script&gt;"
    )


@given(st.text(alphabet='<>/&"ibsupx= ;', max_size=40))
def test_no_text_from_outside_adds_a_tag_of_its_own(text: str) -> None:
    tags = {element.tag for element in fromstring(f"<div>{inline(text)}</div>").iter()}
    assert tags <= {"div", "i", "b", "sup", "sub", "u"}


def test_no_text_is_shown_as_nothing() -> None:
    assert shown(None, "inline") == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (948, "948"), (3117, "3,117"), (1_000_000, "1,000,000"), (None, "–")],
)
def test_counts_carry_thousands_separators(value: int | None, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (dt.date(2026, 3, 4), "4 Mar 2026"),
        (AFTERNOON, "14 Mar 2026"),
        (LATE, "15 Mar 2026"),
        (None, ""),
    ],
)
def test_a_day_is_the_day_in_the_zone_of_the_person(value: dt.date | None, words: str) -> None:
    with timezone.override(COPENHAGEN):
        assert day(value) == words


def test_a_moment_names_its_zone_and_keeps_the_instant() -> None:
    assert shown(AFTERNOON, "moment") == (
        '<time datetime="2026-03-14T14:02:05+00:00" title="UTC+00:00">14 Mar 2026, 14:02 UTC</time>'
    )
    with timezone.override(COPENHAGEN):
        assert shown(AFTERNOON, "moment") == (
            '<time datetime="2026-03-14T14:02:05+00:00" title="UTC+01:00">'
            "14 Mar 2026, 15:02 CET</time>"
        )
    assert moment(None) == ""


def answer(request: object, **kwargs: str) -> HttpResponse:
    return HttpResponse()


def pages(app: str, *addresses: tuple[str, str]) -> Any:
    return include(([path(address, answer, name=name) for name, address in addresses], app))


urlpatterns = [
    path("", pages("site", ("reviews", ""), ("home", "<slug>/"), ("exports", "<slug>/exports/"),
                   ("members", "<slug>/members/"))),
    path("<slug>/", pages("review", ("searches", "searches/"), ("reports", "reports/"),
                          ("protocol", "protocol/"))),
    path("<slug>/", pages("screening", ("queue", "<stage>/queue/"),
                          ("conflicts", "<stage>/conflicts/"),
                          ("agreement", "<stage>/agreement/"),
                          ("mine", "<stage>/mine/"), ("full_text", "full-text/"))),
    path("<slug>/", pages("extraction", ("studies", "studies/"))),
    path("out/", answer, name="account_logout"),
]  # fmt: skip


@pytest.fixture
def addresses(settings: Any) -> None:
    """The names that the frame links to, on addresses of this test."""
    settings.ROOT_URLCONF = __name__


def link(*, when: object = True) -> str:
    context = Context({"request": RequestFactory().get("/ldn/searches/")})
    return nav_link(context, "review:searches", "Search", "ldn", when=when)


@pytest.mark.usefixtures("addresses")
def test_a_link_to_the_page_shown_says_so() -> None:
    assert link() == '<a href="/ldn/searches/" aria-current="page">Search</a>'


@pytest.mark.usefixtures("addresses")
def test_a_link_that_the_role_does_not_have_is_absent() -> None:
    assert link(when=False) == ""


@pytest.mark.usefixtures("addresses")
@pytest.mark.parametrize(
    ("here", "stage", "current"),
    [("full_text", "full_text screening", True), ("review", "extraction", False), ("", "", False)],
)
def test_the_stage_of_the_page_is_marked(here: str, stage: str, current: bool) -> None:
    context = Context({"request": RequestFactory().get("/elsewhere/")})
    words = nav_link(context, "review:searches", "Search", "ldn", here=here, stage=stage)
    assert ('aria-current="true"' in words) is current


def frame(role: Role) -> HtmlElement:
    request = RequestFactory().get("/ldn/")
    request.user = AnonymousUser()
    review = SimpleNamespace(slug="ldn", title="Naltrexone & pain")
    context = {"access": SimpleNamespace(review=review, role=role), "section": "full_text"}
    return fromstring(render_to_string("base.html", context, request))


@pytest.mark.usefixtures("addresses")
@pytest.mark.parametrize(
    ("role", "stages"),
    [
        (Role(lead=True), ["Search", "Screen", "Full text", "Extract", "Report"]),
        (Role(reviewer=True), ["Search", "Screen", "Full text", "Extract", "Report"]),
        (Role(adjudicator=True), ["Search", "Screen", "Full text", "Report"]),
        (Role(observer=True), ["Search", "Screen", "Full text", "Report"]),
        (Role(), []),
    ],
)
def test_the_top_bar_has_the_stages_of_the_role(role: Role, stages: list[str]) -> None:
    assert frame(role).xpath("//nav[@class='stages']/a/text()") == stages


@pytest.mark.usefixtures("addresses")
def test_only_a_reviewer_has_a_queue_and_every_member_the_conflicts() -> None:
    links = "//nav[@class='pages']/a/text()"
    assert frame(Role(reviewer=True)).xpath(links) == [
        "Reports",
        "My queue",
        "My decisions",
        "Conflicts",
        "Agreement",
    ]
    assert frame(Role(adjudicator=True)).xpath(links) == ["Conflicts", "Agreement"]
    assert frame(Role(lead=True)).xpath(links) == ["Reports", "Conflicts", "Agreement"]


class Protocol(forms.Form):
    """One field of each shape."""

    title = forms.CharField(help_text="As on the report.")
    limit = forms.IntegerField(min_value=1, help_text="Milligrams <a day>.")
    votes = forms.ChoiceField(choices=[("1", "One")], widget=forms.RadioSelect, help_text="Whose.")
    own = forms.BooleanField(help_text="A third person is better.")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_every_error_and_help_text_is_tied_to_its_field() -> None:
    page = fromstring(
        f"<div>{render_to_string('_form.html', {'form': Protocol({'limit': 0})})}</div>"
    )
    described = [name for text in page.xpath("//@aria-describedby") for name in text.split()]
    assert sorted(described) == sorted(
        f"id_{field}_{part}"
        for field in ("title", "limit", "votes", "own")
        for part in ("helptext", "error")
    )
    assert [name for name in described if len(page.xpath(f"//*[@id='{name}']")) != 1] == []
    assert page.xpath("//*[@role='alert']//li/a/text()") == ["Title", "Limit", "Votes", "Own"]


def test_help_texts_are_escaped() -> None:
    assert "Milligrams &lt;a day&gt;." in render_to_string("_form.html", {"form": Protocol()})
