"""The review in which everything begins: nine reports, each as far as people have brought it."""

from __future__ import annotations

from typing import Any

from review.models import Review
from review.services.stages import rules_of
from tests import factories, people
from tests.site.any_order import full_texts, voting
from tests.site.any_order.book import Book
from tests.site.any_order.play import ABSTRACT, FULL_TEXT, Clock, Play
from tests.site.any_order.truths import check

RULES = ("votes_needed", "maybe_means", "reasons_differ", "voter_may_settle", "consensus")


def lay_ground(clock: Clock) -> Play:
    """Three reviewers (one settles too), an adjudicator, a lead who also reviews; reports 0 to 8:
    unread, half read, in conflict, sought, full text read by one, included, excluded, half read by
    the same person, settled.
    """
    team = people.team()
    found = factories.reports(factories.search(team.review), 9)
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer", "adjudicator")
    second = people.person("dee@example.org")
    people.member(team.review, second, "lead", "reviewer")
    who = {"ann": team.ann, "bo": team.bo, "cy": cy, "adj": team.adjudicator}
    play = Play(
        review=team.review,
        people=who | {"lead": team.lead, "dee": second},
        reports=[report.pk for report in found],
        reasons=list(team.review.reasons.order_by("pk").values_list("pk", flat=True)),
        book=Book(rules=_rules(team.review)),
        clock=clock,
    )
    _bring_on(play)
    return play


def _rules(review: Review) -> dict[str, dict[str, Any]]:
    named = {at: rules_of(review.stages.get(name=at)) for at in (ABSTRACT, FULL_TEXT)}
    return {at: {name: rules[name] for name in RULES} for at, rules in named.items()}


def _bring_on(play: Play) -> None:
    def act(act: Any, *arguments: Any) -> None:
        act(play, *arguments)
        check(play)

    first = {1: ("include", ""), 2: ("include", "exclude"), 6: ("exclude", "exclude")}
    first |= {7: ("include", ""), 8: ("include", "exclude")}
    for number, (ann, bo) in first.items():
        act(voting.vote, "ann", number, ABSTRACT, ann)
        if bo:
            act(voting.vote, "bo", number, ABSTRACT, bo)
    for number in (3, 4, 5):
        for voter in ("ann", "bo"):
            act(voting.vote, voter, number, ABSTRACT, "include")
    for number in (4, 5):
        act(full_texts.hold, "ann", number, "link")
        act(voting.vote, "ann", number, FULL_TEXT, "include")
    act(voting.vote, "bo", 5, FULL_TEXT, "include")
    act(full_texts.study, "ann", [5], "start")
    act(voting.rule, "adj", 8, ABSTRACT, "exclude", "settle")
    assert play.done == 21
