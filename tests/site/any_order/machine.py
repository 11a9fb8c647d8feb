"""The acts in any order: Hypothesis chooses who does what next; after each step all is checked."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from itertools import count
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from review.models.flow import FROM_SOUGHT_ON
from tests.site.any_order import copies, full_texts, leading, voting
from tests.site.any_order.play import Play
from tests.site.any_order.truths import check

ABSTRACT, FULL_TEXT = "title_abstract", "full_text"
STAGES = st.sampled_from([ABSTRACT, FULL_TEXT])
VOTERS = st.sampled_from(["ann", "bo", "cy", "dee"])
LEADS = st.sampled_from(["lead", "dee"])
SETTLERS = st.sampled_from(["adj", "cy"])
PEOPLE = st.sampled_from(["ann", "bo", "cy", "dee", "adj", "lead"])
REPORTS = st.integers(0, 8)
CHOICES = st.sampled_from(["include", "exclude", "maybe"])
RULINGS = st.sampled_from(["include", "exclude"])
ON_THE_WAY = ("sought", "not_retrieved")
ROLES = st.sampled_from(
    [
        [],
        ["reviewer"],
        ["reviewer"],
        ["reviewer", "adjudicator"],
        ["lead", "reviewer"],
        ["observer"],
    ]
)
RULES = st.sampled_from(
    [
        {"votes_needed": 1},
        {"votes_needed": 2},
        {"votes_needed": 3},
        {"maybe_means": "conflict"},
        {"maybe_means": "include"},
        {"reasons_differ": "conflict"},
        {"reasons_differ": "first", "votes_needed": 2},
        {"voter_may_settle": True},
        {"consensus": True},
        {"consensus": True, "voter_may_settle": False},
        {"order": "random"},
    ]
)


class AnyOrder(RuleBasedStateMachine):
    """One sequence of acts, rolled back at its end to the ground on which all begin."""

    def __init__(self, ground: Play) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        ground.clock.ahead = 0
        self.play = replace(ground, book=deepcopy(ground.book), numbers=count(1000))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    @invariant()
    def all_is_true(self) -> None:
        check(self.play)

    @rule(who=VOTERS, n=REPORTS, choice=CHOICES, reason=st.integers(0, 2))
    def vote_on_an_abstract(self, who: str, n: int, choice: str, reason: int) -> None:
        voting.vote(self.play, who, n, ABSTRACT, choice, reason)

    @rule(who=VOTERS, n=REPORTS, choice=RULINGS, reason=st.integers(0, 2))
    def vote_on_a_full_text(self, who: str, n: int, choice: str, reason: int) -> None:
        n = self.play.aimed(n, "assessing", "included", "excluded_full_text")
        voting.vote(self.play, who, n, FULL_TEXT, choice, reason)

    @rule(n=REPORTS, at=STAGES, first=RULINGS, second=RULINGS)
    def two_vote(self, n: int, at: str, first: str, second: str) -> None:
        n = self.play.aimed(n, "screening" if at == ABSTRACT else "assessing")
        voting.vote(self.play, "ann", n, at, first)
        check(self.play)
        voting.vote(self.play, "cy", n, at, second)

    @rule(who=VOTERS, n=REPORTS, at=STAGES, choice=CHOICES)
    def vote_from_an_old_page(self, who: str, n: int, at: str, choice: str) -> None:
        voting.vote_from_old_page(self.play, who, n, at, choice)

    @rule(who=VOTERS, at=STAGES, which=st.integers(0, 3))
    def take_a_vote_back(self, who: str, at: str, which: int) -> None:
        voting.take_back(self.play, who, at, which)

    @rule(who=VOTERS, at=STAGES, aside=st.booleans())
    def open_the_queue(self, who: str, at: str, aside: bool) -> None:
        voting.open_queue(self.play, who, at, aside)

    @rule(who=SETTLERS, n=REPORTS, at=STAGES, choice=RULINGS)
    def settle(self, who: str, n: int, at: str, choice: str) -> None:
        voting.rule(self.play, who, self.play.disputed(n, at), at, choice, "settle")

    @rule(n=REPORTS, at=STAGES, choice=RULINGS, all_of_them=st.booleans())
    def agree(self, n: int, at: str, choice: str, all_of_them: bool) -> None:
        n = self.play.disputed(n, at)
        voters = self.play.book.voters(at, self.play.book.root(self.play.reports[n]))
        names = [name for name, user in self.play.people.items() if user.pk in voters]
        for name in names[: 4 if all_of_them else 1]:
            voting.rule(self.play, name, n, at, choice, "agree")
            check(self.play)

    @rule()
    def time_passes(self) -> None:
        voting.let_leases_end(self.play)

    @rule(hours=st.sampled_from([-2, 0, 1]))
    def the_clock_jumps(self, hours: int) -> None:
        self.play.clock.ahead = hours

    @rule(who=VOTERS, n=REPORTS, act=st.sampled_from(["attempt", "give up", "seek again"]))
    def seek(self, who: str, n: int, act: str) -> None:
        full_texts.seek(self.play, who, self.play.aimed(n, *ON_THE_WAY), act)

    @rule(who=VOTERS, n=REPORTS, form=st.sampled_from(["pdf", "link", "paper"]))
    def hold(self, who: str, n: int, form: str) -> None:
        full_texts.hold(self.play, who, self.play.aimed(n, *ON_THE_WAY), form)

    @rule(
        who=VOTERS,
        ns=st.lists(REPORTS, min_size=1, max_size=2),
        act=st.sampled_from(["link", "add", "start", "unlink"]),
    )
    def link_into_studies(self, who: str, ns: list[int], act: str) -> None:
        ns = [self.play.aimed(n, *FROM_SOUGHT_ON) for n in ns]
        full_texts.study(self.play, who, ns, act)

    @rule(who=VOTERS, one=REPORTS, other=REPORTS)
    def merge(self, who: str, one: int, other: int) -> None:
        copies.merge(self.play, who, one, other)

    @rule(who=VOTERS, one=REPORTS, other=REPORTS)
    def merge_what_is_to_screen(self, who: str, one: int, other: int) -> None:
        one, other = self.play.aimed(one, "screening"), self.play.aimed(other, "screening")
        copies.merge(self.play, who, one, other)

    @precondition(lambda self: self.play.book.joined)
    @rule(who=VOTERS, which=st.integers(0, 3))
    def split(self, who: str, which: int) -> None:
        copies.split(self.play, who, which)

    @rule(who=VOTERS, one=REPORTS, other=REPORTS)
    def merge_and_split(self, who: str, one: int, other: int) -> None:
        before = set(self.play.book.joined)
        copies.merge(self.play, who, one, other)
        check(self.play)
        for key in set(self.play.book.joined) - before:
            copies.split(self.play, who, sorted(self.play.book.joined).index(key))

    @rule(who=LEADS, n=REPORTS, at=STAGES)
    def return_to_a_stage(self, who: str, n: int, at: str) -> None:
        leading.send_back(self.play, who, n, at)

    @rule(
        who=LEADS,
        ns=st.lists(REPORTS, min_size=1, max_size=3),
        how=st.sampled_from(["removed_other", "removed_by_automation"]),
    )
    def remove_before_screening(self, who: str, ns: list[int], how: str) -> None:
        leading.remove(self.play, who, ns, how)

    @precondition(lambda self: self.play.book.out)
    @rule(who=LEADS, n=REPORTS, all_of_them=st.booleans())
    def bring_back(self, who: str, n: int, all_of_them: bool) -> None:
        n = self.play.aimed(n, "removed_other", "removed_by_automation")
        leading.bring_back(self.play, who, n, all_of_them)

    @rule(who=LEADS, at=STAGES, values=RULES, and_undo=st.booleans())
    def change_rules(self, who: str, at: str, values: dict[str, Any], and_undo: bool) -> None:
        act = leading.change_and_undo_rules if and_undo else leading.set_rules
        act(self.play, who, at, values)

    @precondition(lambda self: self.play.book.changes)
    @rule(who=LEADS, at=STAGES)
    def undo_rules(self, who: str, at: str) -> None:
        leading.undo_rules(self.play, who, at)

    @rule(who=LEADS, at=STAGES, state=st.sampled_from(["open", "open", "locked", "closed"]))
    def turn_a_stage(self, who: str, at: str, state: str) -> None:
        leading.turn(self.play, who, at, state)

    @rule(who=LEADS, backwards=st.booleans())
    def reorder_the_reasons(self, who: str, backwards: bool) -> None:
        leading.set_reasons(self.play, who, backwards)

    @rule(by=LEADS, who=PEOPLE, roles=ROLES)
    def change_members(self, by: str, who: str, roles: list[str]) -> None:
        """Without roles the person leaves."""
        if roles:
            leading.give_roles(self.play, by, who, roles)
        else:
            leading.let_go(self.play, by, who)
