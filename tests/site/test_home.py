"""The review home: live numbers, what to do next, what moved since the last visit."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml.html import HtmlElement, fromstring
from pytest_django import Settings

from review.models import Membership, Review, User
from review.services.people import set_roles
from screening.services.votes import withdraw_vote
from tests.factories import hold, include_on_abstract, reports, search, vote
from tests.failures import sqlite
from tests.people import Team, member, person, team
from tests.site.counting import statements

pytestmark = pytest.mark.django_db
BUDGET = 15


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def home(client: Client, review: Review) -> HtmlElement:
    answer = client.get(reverse("site:home", args=[review.slug]))
    assert answer.status_code == 200
    return fromstring(answer.content.decode())


def words(elements: list[HtmlElement]) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


@pytest.fixture
def demo(settings: Settings) -> Review:
    settings.SITE_IS_LOCAL = True
    call_command("demo", stdout=StringIO())
    return Review.objects.get(slug="ldn")


@pytest.fixture
def who() -> Team:
    return team()


def test_the_home_of_the_demo_stays_within_its_budget(demo: Review) -> None:
    """With every role, on the first visit, in its middle, and on the next one with news."""
    lead = User.objects.get(email="lead@example.org")
    everything = ("lead", "reviewer", "adjudicator", "observer")
    set_roles(membership=Membership.objects.get(user=lead), roles=everything, actor=None)
    client = log_in(lead)
    visits = [statements(lambda: home(client, demo)) for _ in range(2)]
    away(lead, demo)
    visits.append(statements(lambda: home(client, demo)))
    assert "review_move" in " ".join(visits[2])
    assert max(len(asked) for asked in visits) <= BUDGET, "\n".join(visits[2])


def test_the_budget_does_not_grow_with_the_review(who: Team) -> None:
    client = log_in(who.ann)
    home(client, who.review)
    reports(search(who.review), 2)
    few = len(statements(lambda: home(client, who.review)))
    reports(search(who.review, source="Embase"), 40, first=5001)
    assert len(statements(lambda: home(client, who.review))) == few


def links_of(page: HtmlElement) -> list[str]:
    """The addresses behind the numbers, of the figure and of the list for narrow screens."""
    boxes = page.xpath("//figure[@class='flow-figure']//*[local-name()='a']/@href")
    return [*boxes, *page.xpath("//div[@class='flow-list']//a/@href")]


def test_every_number_of_the_demo_opens_as_many_rows(demo: Review) -> None:
    client = log_in(User.objects.get(email="ann@example.org"))
    page = home(client, demo)
    listed = page.xpath("//div[@class='flow-list']//a")
    assert len(listed) == 25
    for link in listed:
        n = int(link.find_class("number")[0].text.replace(",", ""))
        answer = client.get(link.get("href"))
        assert answer.status_code == 200
        assert answer.context["n"] == n, link.text_content()
    figure = set(links_of(page))
    assert {link.get("href") for link in listed} == figure


def test_a_review_without_open_ends_is_no_draft(who: Team) -> None:
    (one,) = reports(search(who.review), 1)
    client = log_in(who.lead)
    (draft,) = words(home(client, who.review).xpath("//p[@class='draft']"))
    assert draft == "DRAFT 1 record awaits a decision: 1 on title and abstract."
    for voter in (who.ann, who.bo):
        vote(voter, one, "exclude")
    assert home(client, who.review).xpath("//p[@class='draft']") == []


def test_the_draft_note_says_where_reports_wait_and_which_are_in_conflict(who: Team) -> None:
    first, second, third, _ = reports(search(who.review), 4)
    vote(who.ann, first, "include")
    vote(who.bo, first, "exclude")
    include_on_abstract(second, who.ann, who.bo)
    hold(include_on_abstract(third, who.ann, who.bo), who.ann)
    client = log_in(who.observer)
    (draft,) = home(client, who.review).xpath("//p[@class='draft']")
    assert words(draft.xpath(".//a")) == [
        "2 on title and abstract",
        "1 full text to get",
        "1 full text to judge",
    ]
    assert "(1 in conflict)" in draft.text_content()
    for link in draft.xpath(".//a"):
        assert client.get(link.get("href")).context["n"] == int(link.text.split()[0])


def test_for_you_has_at_most_five_lines_each_with_a_count_and_a_page(who: Team) -> None:
    busy = person("busy@example.org")
    member(who.review, busy, "lead", "reviewer", "adjudicator")
    _, disputed, sought, held, judged, *_ = reports(search(who.review), 7)
    for report in (sought, held, judged):
        include_on_abstract(report, who.ann, who.bo)
    for report in (held, judged):
        hold(report, who.ann)
    vote(who.ann, disputed, "include")
    vote(who.bo, disputed, "exclude")
    vote(who.ann, judged, "include", at="full_text")
    vote(who.bo, judged, "exclude", at="full_text", reason="Wrong population")
    client = log_in(busy)
    lines = home(client, who.review).xpath("//ul[@class='for-you']//a")
    assert 1 <= len(lines) <= 5
    assert words(lines)[:2] == ["3 to screen", "1 conflict to settle"]
    for line in lines:
        assert client.get(line.get("href")).status_code == 200


def test_who_has_nothing_to_do_is_told_so(who: Team) -> None:
    page = home(log_in(who.observer), who.review)
    assert "Nothing waits for you." in page.text_content()


def news(client: Client, review: Review) -> list[str] | None:
    """The lines since the last visit; None on the first visit."""
    page = home(client, review)
    if not page.xpath("//h2[text()='Since your last visit']"):
        return None
    return words(page.xpath("//ul[@class='news']/li"))


def away(user: User, review: Review, pause: timedelta = timedelta(days=1)) -> None:
    """Let a person have been here for the last time a while ago."""
    Membership.objects.filter(user=user, review=review).update(seen_at=timezone.now() - pause)


def test_news_are_what_moved_since_the_visit_before_and_outlive_a_reload(who: Team) -> None:
    client = log_in(who.observer)
    assert news(client, who.review) is None
    first, second, _ = reports(search(who.review), 3)
    assert news(client, who.review) is None, "this is still the first visit"
    away(who.observer, who.review, timedelta(hours=2))
    include_on_abstract(first, who.ann, who.bo)
    for voter in (who.ann, who.bo):
        vote(voter, second, "exclude")
    said = [
        "1 to screen",
        "1 excluded on title and abstract",
        "1 full text sought",
    ]
    assert news(client, who.review) == said
    assert news(client, who.review) == said
    away(who.observer, who.review, timedelta(minutes=-1))
    assert news(log_in(who.observer), who.review) == []


def test_who_is_here_is_noted_once_a_minute(who: Team) -> None:
    client = log_in(who.observer)
    home(client, who.review)
    noted = Membership.objects.filter(user=who.observer).values_list("seen_at", flat=True)
    first = noted.get()
    assert first is not None
    home(client, who.review)
    assert noted.get() == first
    away(who.observer, who.review, timedelta(minutes=2))
    home(client, who.review)
    assert (noted.get() or first) > first


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failure", ["SQLITE_BUSY", "SQLITE_FULL"])
def test_the_home_is_shown_although_nothing_can_be_written(who: Team, failure: str) -> None:
    away(who.observer, who.review)
    client = log_in(who.observer)

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise sqlite(failure)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        assert news(client, who.review) == []
        assert news(client, who.review) == []


def test_a_site_admin_has_no_last_visit_in_a_review_of_others(who: Team) -> None:
    assert news(log_in(who.admin), who.review) is None


def seen_after_taking_back(who: Team, at: str, choice: str) -> list[str]:
    """What Ann reads after she took back her include, when Bo had voted ``choice``.

    The report reached its stage before her last visit, so that only the votes can have moved it.
    """
    (one,) = reports(search(who.review), 1)
    if at == "full_text":
        hold(include_on_abstract(one, who.ann, who.bo), who.ann)
    away(who.ann, who.review, timedelta(0))
    mine = vote(who.ann, one, "include", at=at)
    vote(who.bo, one, choice, at=at, reason="Wrong population" if choice == "exclude" else "")
    withdraw_vote(voter=who.ann, decision=mine, nonce=f"back {choice}")
    page = home(log_in(who.ann), who.review)
    assert page.xpath("//h2[text()='Since your last visit']")
    for moment in page.xpath("//time"):
        moment.text = ""
    return words(page.xpath("//main"))


@pytest.mark.parametrize("at", ["title_abstract", "full_text"])
def test_the_home_does_not_tell_what_a_colleague_voted_on_a_report_open_again(
    who: Team, at: str
) -> None:
    other = team("other", shared=who)
    agreed = seen_after_taking_back(who, at, "include")
    assert agreed == seen_after_taking_back(other, at, "exclude")


def test_the_demo_is_labelled_on_page_and_diagram(demo: Review) -> None:
    client = log_in(User.objects.get(email="ann@example.org"))
    assert words(home(client, demo).xpath("//p[@class='demo']"))[0].startswith(
        "Demo example, not a judgement"
    )
    svg = client.get(reverse("site:flow_svg", args=[demo.slug]))
    assert "Demo example, not a judgement" in svg.content.decode()
    assert svg["Content-Disposition"] == 'attachment; filename="prisma-ldn.svg"'


def test_a_title_is_escaped_in_the_page_and_its_diagram(who: Team) -> None:
    source = '"><script>alert(1)</script>'
    search(who.review, kind="register", source=source)
    client = log_in(who.lead)
    for name in ("site:home", "site:flow_svg"):
        text = client.get(reverse(name, args=[who.review.slug])).content.decode()
        assert "<script>alert" not in text


def test_the_numbers_as_json_are_those_of_the_page(who: Team) -> None:
    found = reports(search(who.review), 3)
    for voter in (who.ann, who.bo):
        vote(voter, found[0], "exclude")
    client = log_in(who.observer)
    values = client.get(reverse("site:flow_json", args=[who.review.slug])).json()
    assert (values["database_results"], values["records_excluded"]) == (3, 1)
    assert values["draft"] is True
    assert values["awaiting_decision"] == 2
    assert values["pending"]["duplicate_pairs"] == 0


def test_with_one_review_the_list_leads_straight_there(who: Team) -> None:
    answer = log_in(who.ann).get("/")
    assert answer["Location"] == reverse("site:home", args=[who.review.slug])


def test_a_person_in_two_reviews_sees_both_and_no_other(who: Team) -> None:
    second, foreign = team("second", shared=who).review, Review.objects.create(slug="f", title="F")
    shown = fromstring(log_in(who.ann).get("/").content.decode()).xpath("//td/a/@href")
    assert sorted(shown) == [f"/r/{who.review.slug}/", f"/r/{second.slug}/"]
    assert f"/r/{foreign.slug}/" not in shown


def test_a_person_without_a_review_is_told_what_to_do(who: Team) -> None:
    assert "Ask the lead" in log_in(who.stranger).get("/").content.decode()
