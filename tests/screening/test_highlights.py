"""Words that are marked while people screen: the team's list and each person's own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from review.highlight import EXCLUDE, INCLUDE, Phrase
from review.models import Event, Membership, Report
from screening.access import enter
from screening.services.highlights import set_own_highlights, set_team_highlights
from tests import factories, people
from tests.plugins.browser import OpenPage
from tests.screening.pages import signed_in, url

pytestmark = pytest.mark.django_db
STAGE = "title_abstract"


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 3)


def choose(team: people.Team, who: people.User, personal: bool = True, **words: str) -> None:
    phrases = [Phrase(word, tone) for tone, word in words.items()]
    access = enter(who, team.review.slug)
    (set_own_highlights if personal else set_team_highlights)(access, phrases)


def screen(team: people.Team, who: people.User) -> str:
    return signed_in(who).get(url("queue", team.review, STAGE)).content.decode()


def save(team: people.Team, who: people.User, whose: str = "own", **words: str) -> str:
    sent = {"whose": whose} | {f"{whose}-{tone}": text for tone, text in words.items()}
    answer = signed_in(who).post(url("highlights", team.review, STAGE), sent, follow=True)
    return " ".join(answer.content.decode().split())


def words_of(team: people.Team, person: people.User) -> dict[str, str]:
    return Membership.objects.get(review=team.review, user=person).highlights


def test_the_teams_words_and_my_own_are_marked(team: people.Team, reports: list[Report]) -> None:
    choose(team, team.lead, personal=False, include="trial*")
    choose(team, team.ann, exclude="number")
    page = screen(team, team.ann)
    assert '<mark class="mark-include">trial</mark>' in page
    assert '<mark class="mark-exclude">number</mark>' in page


def test_my_own_words_are_nobody_elses(team: people.Team, reports: list[Report]) -> None:
    choose(team, team.ann, exclude="number")
    assert "<mark" not in screen(team, team.bo)
    lists = signed_in(team.lead).get(url("highlights", team.review, STAGE)).content.decode()
    assert "number" not in lists


def test_a_word_in_both_lists_is_marked_as_i_say(team: people.Team, reports: list[Report]) -> None:
    choose(team, team.lead, personal=False, include="trial")
    choose(team, team.ann, exclude="trial")
    assert '<mark class="mark-exclude">trial</mark>' in screen(team, team.ann)
    assert '<mark class="mark-include">trial</mark>' in screen(team, team.bo)


def test_one_word_stands_on_each_line_and_once(team: people.Team) -> None:
    save(team, team.ann, include="low  dose\n\n Naltrexone \nnaltrexone", exclude="mouse")
    assert words_of(team, team.ann) == {
        "low dose": INCLUDE,
        "naltrexone": INCLUDE,
        "mouse": EXCLUDE,
    }
    save(team, team.ann, include="low dose")
    assert words_of(team, team.ann) == {"low dose": INCLUDE}


def test_what_cannot_be_marked_is_named_and_nothing_typed_is_lost(team: people.Team) -> None:
    choose(team, team.ann, include="kept")
    page = save(team, team.ann, include="a*b*c*d*e\npain", exclude="pain")
    assert "“a*b*c*d*e” has more than 3 asterisks." in page
    assert "“pain” stands under “Speaks for including”, too." in page
    assert "a*b*c*d*e pain</textarea>" in page
    assert words_of(team, team.ann) == {"kept": INCLUDE}


def test_a_list_holds_two_hundred_words(team: people.Team) -> None:
    lines = "\n".join(f"word{n}" for n in range(201))
    assert "A list holds 200 words at most; these are 201." in save(team, team.ann, include=lines)


def test_only_a_lead_changes_the_teams_words_and_it_is_logged(team: people.Team) -> None:
    sent = {"whose": "team", "team-include": "trial"}
    assert signed_in(team.ann).post(url("highlights", team.review, STAGE), sent).status_code == 403
    save(team, team.lead, "team", include="trial")
    save(team, team.lead, "team", include="trial")
    team.review.refresh_from_db()
    assert team.review.highlights == {"trial": INCLUDE}
    (event,) = Event.objects.filter(what="changed the words to mark")
    assert (event.actor, event.new) == (team.lead, {"trial": INCLUDE})


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_h_hides_the_marks_and_they_stay_hidden_on_the_next_report(page_for: OpenPage) -> None:
    team = people.team()
    factories.reports(factories.search(team.review), 3)
    choose(team, team.ann, include="trial")
    page = page_for(team.ann)
    page.goto(url("queue", team.review, STAGE))
    mark = page.locator("mark").first
    shown = mark.evaluate("el => getComputedStyle(el).textDecorationLine")
    assert shown == "underline"
    page.wait_for_selector("html[data-keys=ready]")
    page.keyboard.press("h")
    expect(page.get_by_label("Mark words")).not_to_be_checked()
    expect(mark).to_have_css("text-decoration-line", "none")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1002")
    expect(mark).to_have_css("text-decoration-line", "none")
    page.reload()
    expect(mark).to_have_css("text-decoration-line", "none")
    page.get_by_label("Mark words").check()
    expect(mark).to_have_css("text-decoration-line", "underline")
