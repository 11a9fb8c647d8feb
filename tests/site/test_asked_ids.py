"""Every name that a page reads from its address, fed with rows of another review and rubbish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from review.models import Report
from tests.routes import Route
from tests.site import crawl
from tests.site.crawl import ABSENT, GARBAGE, Offered, address, client_of, name_of, roles_of
from tests.site.rows import keys_of
from tests.site.watching import Taken, noting_reads, take
from tests.site.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(scope="module")
def offered(apart: tuple[World, World], django_db_blocker: Any) -> Iterator[Offered]:
    """The values that the links and the searches of the pages send."""
    with django_db_blocker.unblock(), noting_reads():
        yield crawl.offered_by(apart[0])


class Page:
    """One page with its reader, and what its address may say."""

    def __init__(self, route: Route, world: World, offered: Offered) -> None:
        self.where, self.client = address(route, world), client_of(world, roles_of(route)[0])
        self.offered = offered.asked.get(route.name, {})
        self.names = sorted(self.get().asked | set(self.offered))

    def get(self, **query: Any) -> Taken:
        """The page at an address with this query."""
        return take(self.client, "get", f"{self.where}?{urlencode(query)}" if query else self.where)


@pytest.fixture
def page(request: Any, apart: tuple[World, World], offered: Offered) -> Page:
    return Page(request.param, apart[0], offered)


each_page = pytest.mark.parametrize("page", crawl.GETS, ids=name_of, indirect=True)


def test_the_names_in_addresses_are_found(apart: Any, offered: Offered) -> None:
    pages = [Page(route, apart[0], offered) for route in crawl.GETS]
    names = {name for page in pages for name in page.names}
    assert names >= {"after", "before", "box", "label", "search", "run", "report", "other", "q"}


@each_page
def test_rubbish_in_an_address_is_no_error_of_ours(page: Page) -> None:
    for name in page.names:
        for value in GARBAGE:
            answer = page.get(**{name: value})
            assert answer.status in (200, 400, 404), (name, value[:20])
            assert answer.wrote <= {"screening_seat", "review_report"}


def blank(page: str, key: int) -> str:
    """A page without what is new in every answer, and without the key that it was asked for."""
    page = re.sub(r'(value=|X-CSRFToken": )"[^"]{30,}"', "", page)
    return page.replace(str(key), "#")


@each_page
def test_a_row_of_another_review_is_as_absent_in_an_address_as_one_that_does_not_exist(
    page: Page, apart: tuple[World, World]
) -> None:
    for name in set(page.names) - {"after", "before"}:  # places in an own list
        kind = crawl.kind_in(page.offered.get(name, [])) or Report
        for key in keys_of(apart[1].review, kind)[:1]:
            real, absent = page.get(**{name: key}), page.get(**{name: ABSENT})
            assert real.status == absent.status, (name, kind)
            assert blank(real.body, key) == blank(absent.body, ABSENT), (name, kind)
