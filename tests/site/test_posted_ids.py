"""Every field that a form posts, fed with rows of another review, unfit rows and rubbish.

The fields are those that the view reads; which of them carry a key is told by the values that the
pages and the routes send. Nobody's rows may change through another review, and no answer is a 500.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.routes import Route
from tests.site import crawl
from tests.site.crawl import (
    ABSENT,
    LONG,
    ODD,
    Offered,
    address,
    client_of,
    name_of,
    roles_of,
)
from tests.site.rows import Kind, keys_of, kind_of, rows_of, strays
from tests.site.watching import Taken, noting_reads, take
from tests.site.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(scope="module", autouse=True)
def _reads() -> Iterator[None]:
    with noting_reads():
        yield


@pytest.fixture(scope="module")
def offered(apart: tuple[World, World], django_db_blocker: Any) -> Offered:
    """What the pages of the review offer to post."""
    with django_db_blocker.unblock():
        return crawl.offered_by(apart[0])


@pytest.fixture(scope="module")
def foreign_rows(apart: tuple[World, World], django_db_blocker: Any) -> dict[str, Any]:
    """The other review, as it has to stay."""
    with django_db_blocker.unblock():
        return rows_of(apart[1].review)


class Desk:
    """One route with the people who may post to it, and the rule that every answer must keep."""

    def __init__(self, route: Route, worlds: tuple[World, World], offered: Offered,
                 foreign_rows: dict[str, Any]) -> None:  # fmt: skip
        self.route, self.foreign_rows = route, foreign_rows
        self.here, self.there = worlds
        self.where, self.sample = address(route, self.here), route.data(self.here)
        self.offered = offered.posted.get(route.name, {})
        self.role = roles_of(route)[0]

    def post(self, role: str, changed: dict[str, Any]) -> Taken:
        """Post the sample with some fields changed; nothing of the other review may follow."""

        def look(taken: Taken) -> None:
            foreign = rows_of(self.there.review, taken.wrote)
            assert foreign == {table: self.foreign_rows[table] for table in foreign}, changed
            assert strays(taken.wrote) == [], changed

        data = self.sample | changed
        taken = take(client_of(self.here, role), "post", self.where, data, look)
        assert taken.status < 500, (role, short(changed))
        return taken

    def names(self) -> set[str]:
        """Every field that the view reads or a page sends."""
        return self.post(self.role, {}).read | set(self.sample) | set(self.offered)

    def values(self, name: str) -> list[str]:
        """What is known to be sent in a field."""
        return [*map(str, crawl.listed(self.sample.get(name, []))), *self.offered.get(name, [])]

    def keys(self) -> dict[str, Kind]:
        """The fields that carry keys, and of which table."""
        kinds = {name: crawl.kind_in(self.values(name)) for name in self.names()}
        return {name: kind for name, kind in kinds.items() if kind}


def short(changed: dict[str, Any]) -> dict[str, str]:
    return {name: str(value)[:40] for name, value in changed.items()}


@pytest.fixture
def desk(request: Any, apart: Any, offered: Offered, foreign_rows: dict[str, Any]) -> Desk:
    return Desk(request.param, apart, offered, foreign_rows)


each_post = pytest.mark.parametrize("desk", crawl.POSTS, ids=name_of, indirect=True)


def test_the_keys_that_forms_post_are_found(
    apart: Any, offered: Offered, foreign_rows: Any
) -> None:
    """Some that must be among them: else the tests below would look at nothing."""
    desks = [Desk(route, apart, offered, foreign_rows) for route in crawl.POSTS]
    found = {(desk.route.name, name) for desk in desks for name, _ in desk.keys().items()}
    assert found >= {
        ("extraction:study_link", "reports"),
        ("extraction:study_link", "study"),
        ("screening:merge", "other"),
        ("screening:rules", "chosen"),
        ("screening:vote", "reason"),
        ("screening:conflict", "seen"),
    }


@each_post
def test_a_posted_row_of_another_review_is_refused(desk: Desk) -> None:
    """Alone and among own rows, in every field that carries keys, for each role."""
    for name, kind in desk.keys().items():
        own = desk.values(name)
        for foreign in keys_of(desk.there.review, kind)[:2]:
            if str(foreign) in own:
                continue  # the same person works in both
            for role in roles_of(desk.route):
                for value in (foreign, [*crawl.listed(desk.sample.get(name, [])), foreign]):
                    taken = desk.post(role, {name: value})
                    assert taken.is_refused or not taken.wrote, (role, name, kind, value)


@each_post
def test_what_another_reviews_page_would_send_is_refused(desk: Desk) -> None:
    """A signed token of the other review, for instance."""
    there = desk.route.data(desk.there)
    for name, value in desk.sample.items():
        if there[name] != value and not str(there[name]).strip("[]").isdecimal():
            assert desk.post(desk.role, {name: there[name]}).is_refused, name


@each_post
def test_a_row_that_does_not_fit_is_refused_or_changes_nothing_else(desk: Desk) -> None:
    """Own rows that no page offers there, rows of another kind, rows that do not exist."""
    for name, kind in desk.keys().items():
        wrong_kind = [desk.here.review.pk, desk.here.search.pk, desk.here.lead.pk]
        for value in (ABSENT, *[key for key in wrong_kind if kind_of(key) != kind]):
            taken = desk.post(desk.role, {name: value})
            assert taken.is_refused or not taken.wrote, (name, value)
        for value in crawl.unfit(desk.here, kind, desk.values(name)):
            desk.post(desk.role, {name: value})


@each_post
def test_rubbish_in_a_field_is_answered_in_words(desk: Desk) -> None:
    for name in crawl.one_of_each(desk.names()):
        for value in crawl.rubbish(desk.values(name)):
            taken = desk.post(desk.role, {name: value})
            assert taken.status < 500, (name, value[:20])


@each_post
def test_who_may_not_post_is_refused_whatever_is_sent(desk: Desk) -> None:
    for value in (LONG, ODD):
        everything = dict.fromkeys(desk.names(), value)
        for role in set(crawl.ROLES) - desk.route.allowed:
            taken = desk.post(role, everything)
            assert (taken.status, taken.wrote) == (403, set()), (role, value[:20])
