"""Blinding as an access rule: nothing tells a voter what a colleague voted before both did.

Twin worlds: reviews that are alike except for a colleague's votes on reports that still await
the reader. Every page must be the same in all of them, byte for byte, once keys, tokens and
times are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from review.models import Pair, Report, User
from screening.models import Decision
from screening.services.votes import withdraw_vote
from tests import factories, people
from tests.factories import vote

pytestmark = pytest.mark.django_db

STAGES = ("title_abstract", "full_text")


@dataclass(frozen=True, slots=True)
class World:
    """One review; the reader awaits ``waiting`` at title and abstract, ``full`` at full text."""

    team: people.Team
    reports: list[Report]

    @property
    def waiting(self) -> list[Report]:
        return self.reports[:2]

    @property
    def full(self) -> Report:
        return self.reports[5]


def world(slug: str, bos: str | None, shared: people.Team | None = None) -> World:
    """A review in which Bo voted ``bos`` on what awaits Ann, and nothing else differs."""
    team = people.team(slug, shared=shared)
    reports = factories.reports(factories.search(team.review), 8)
    vote(team.ann, reports[2], "include")
    vote(team.ann, reports[3], "include")
    vote(team.bo, reports[3], "exclude")
    for report in reports[4:7]:
        factories.include_on_abstract(report, team.ann, team.bo)
    for report in reports[5:7]:
        factories.hold(report, team.lead)
    vote(team.ann, reports[6], "include", at="full_text")
    vote(team.bo, reports[6], "include", at="full_text")
    if bos is not None:
        for report in reports[:2]:
            vote(team.bo, report, bos)
        reason = "Wrong population" if bos == "exclude" else ""
        vote(
            team.bo, reports[5], "include" if bos == "maybe" else bos, at="full_text", reason=reason
        )
    for one, other in (reports[:2], reports[4:6]):
        Pair.objects.create(review=team.review, first=one, second=other, why="Alike.", score=0.9)
    return World(team, reports)


def addresses(world: World) -> Iterator[str]:
    """Every page of screening, and the pages of the frame that show what stands where."""

    def at(name: str, *args: object) -> str:
        return reverse(name, args=[world.team.review.slug, *args])

    for stage in STAGES:
        yield at("screening:queue", stage)
        yield at("screening:mine", stage)
        yield at("screening:conflicts", stage)
    for show in ("sought", "not_retrieved", "assessing", "done"):
        yield at("screening:full_text") + f"?show={show}"
    yield at("screening:duplicates")
    yield at("screening:pairs")
    yield at("screening:pairs_accept") + "?score=50"
    yield at("screening:removals")
    yield at("screening:removal_new") + "?position=screening"
    yield at("review:reports")
    yield at("review:searches")
    yield at("review:methods")
    yield at("review:methods_file", "csv")
    for frame in ("home", "flow_svg", "flow_json", "members", "exports", "alerts"):
        yield at(f"site:{frame}")
    yield at("extraction:studies")
    for report in world.reports[:7]:
        for stage in STAGES:
            yield at("screening:vote", stage, report.pk)
            yield at("screening:conflict", stage, report.pk)
        yield at("screening:retrieval", report.pk)
        yield at("screening:decisions", report.pk)
        yield at("screening:merge", report.pk)
        yield at("screening:return", report.pk)
        yield at("review:report", report.pk)
        yield at("review:values", report.pk)


MASKS = [
    (r"<time.*?</time>", "<time>"),
    (r'name="(token|nonce|csrfmiddlewaretoken|seen|other|reason)"(\s+)value="[^"]*"', r'name="\1"'),
    (r'value="[^"]*"(\s+)id="id_(seen|nonce|other)"', ""),
    (r'"X-CSRFToken": "[^"]*"', ""),
    (r'(value|id|for)="([a-z_-]*)\d+"', r'\1="\2#"'),
    (r"/\d+/", "/#/"),
    (r"([Rr]eport|pair) \d+", r"\1 #"),
    (r"\?(other|voted|undone|after|before|report|pair)=\d+", r"?\1=#"),
]


def masked(world: World, answer: HttpResponse) -> str:
    """An answer without what may differ between two reviews that are alike."""
    kept = {
        k: v for k, v in answer.items() if k not in ("Content-Length", "Location", "Set-Cookie")
    }
    location = answer.get("Location", "")
    text = f"{answer.status_code} {kept} {location}\n{answer.content.decode()}"
    text = text.replace(world.team.review.slug, "review")
    for pattern, blank in MASKS:
        text = re.sub(pattern, blank, text, flags=re.DOTALL)
    return text


def pages(world: World, reader: User) -> dict[str, str]:
    """What a reader gets at every address, whole and as a fragment, in order."""
    client = Client(raise_request_exception=True)
    client.force_login(reader)
    found = {}
    for number, address in enumerate(addresses(world)):
        for fragment in (False, True) if reader == world.team.ann else (False,):
            headers = {"HX-Request": "true"} if fragment else {}
            answer = client.get(address, headers=headers)
            name = re.sub(r"/\d+/", "/#/", address.replace(world.team.review.slug, "review"))
            found[f"{number} {name} {fragment}"] = masked(world, answer)
    return found


def alike(first: dict[str, str], other: dict[str, str]) -> None:
    """The same pages with the same words; a failure shows the first lines that differ."""
    assert first.keys() == other.keys()
    for name in first:
        assert first[name].splitlines() == other[name].splitlines(), name


@pytest.mark.parametrize("reader", ["ann", "lead", "adjudicator", "observer"])
def test_no_page_differs_with_a_colleagues_vote_that_is_still_blinded(reader: str) -> None:
    shared = people.team("shared")
    choices = ("include", "exclude", "maybe") if reader == "ann" else ("include", "exclude")
    worlds = [world(f"twin-{bos}", bos, shared) for bos in choices]
    first, *others = [pages(each, getattr(each.team, reader)) for each in worlds]
    assert any("trial number 1001" in text for text in first.values())
    for other in others:
        alike(first, other)


def test_nor_whether_the_colleague_has_voted_at_all() -> None:
    shared = people.team("shared")
    none, some = world("twin-none", None, shared), world("twin-some", "exclude", shared)
    alike(pages(none, shared.ann), pages(some, shared.ann))


def test_the_order_of_my_queue_does_not_follow_a_colleagues_votes() -> None:
    shared = people.team("shared")
    orders = []
    for bos in ("include", "exclude", "maybe"):
        here = world(f"order-{bos}", bos, shared)
        vote(shared.bo, here.reports[7], "include")
        order = []
        while report := factories.next_report(shared.ann, here.team.review):
            order.append(here.reports.index(report))
            vote(shared.ann, report, "maybe")
        orders.append(order)
    assert orders == [[0, 1, 7]] * 3


def test_a_vote_taken_back_closes_the_colleagues_vote_again() -> None:
    here = world("ldn", "exclude")
    team, report = here.team, here.reports[0]
    mine = vote(team.ann, report, "include")
    visible = Decision.objects.filter(report=report).visible_to(team.ann)
    assert {d.actor for d in visible} == {team.ann, team.bo}
    withdraw_vote(voter=team.ann, decision=mine, nonce="back")
    assert {d.actor for d in visible.all()} == {team.ann}


@pytest.mark.parametrize("reader", ["lead", "adjudicator", "observer", "admin", "stranger"])
def test_nobody_sees_a_vote_before_all_votes_are_in(reader: str) -> None:
    here = world("ldn", "exclude")
    report = here.reports[0]
    visible = Decision.objects.filter(report=report).visible_to(getattr(here.team, reader))
    assert not visible.exists()


def test_what_a_lead_may_remove_tells_that_a_report_is_in_hands_not_how_it_was_voted_on() -> None:
    shared = people.team("shared")
    previews = []
    for bos in ("include", "exclude"):
        here = world(f"remove-{bos}", bos, shared)
        lead = Client()
        lead.force_login(shared.lead)
        address = reverse("screening:removal_new", args=[here.team.review.slug])
        answer = lead.post(f"{address}?position=screening", follow=True)
        previews.append(masked(here, answer))  # type: ignore[arg-type]
    assert "is reading it or has voted on it" in previews[0]
    assert previews[0].splitlines() == previews[1].splitlines()


def test_what_a_voter_is_told_who_wants_to_merge_does_not_differ_with_a_colleagues_vote() -> None:
    shared = people.team("shared")
    told = []
    for bos in ("include", "exclude"):
        here = world(f"merge-{bos}", bos, shared)
        ann, slug = Client(), here.team.review.slug
        ann.force_login(shared.ann)
        vote(shared.bo, here.reports[7], bos)
        by_hand = {"other": here.reports[7].pk, "why": "One trial"}
        asked = reverse("screening:merge", args=[slug, here.reports[4].pk])
        told.append(masked(here, ann.post(asked, by_hand, follow=True)))  # type: ignore[arg-type]
    assert "a second person says the same" in told[0]
    assert told[0].splitlines() == told[1].splitlines()
