"""Every address with every method: what a view does not take is refused; reading writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.routes import Route
from tests.site import crawl
from tests.site.crawl import address, client_of, roles_of
from tests.site.test_access import FOREIGN, OURS
from tests.site.watching import take
from tests.site.world import World, all_routes

pytestmark = pytest.mark.django_db

OTHERS = ("put", "patch", "delete", "options", "trace")
ROUTES = {route.name: route for route in all_routes()}
TAKEN = {name: {r.method for r in all_routes() if r.name == name} for name in ROUTES}
MEANT = {
    "screening:queue": {"screening_seat", "review_report"},  # keeps the report for its reader
    "site:home": {"review_membership"},  # the visit
}


@pytest.fixture(scope="module")
def world(apart: tuple[World, World], django_db_blocker: Any) -> World:
    with django_db_blocker.unblock():
        crawl.log_in(apart[0])
    return apart[0]


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_method_that_no_list_names_is_refused_and_changes_nothing(
    world: World, name: str
) -> None:
    """405: a view says which methods it takes, and its app lists each of them."""
    route = ROUTES[name]
    client, where = client_of(world, roles_of(route)[0]), address(route, world)
    for method in {"get", "post", *OTHERS} - TAKEN[name]:
        taken = take(client, method, where)
        assert (taken.status, taken.wrote) == (405, set()), method
    head = take(client, "head", where)
    if "get" in TAKEN[name]:
        assert head.status in (200, 405)
    else:
        assert head.status == 405
    assert (head.body, head.wrote - MEANT.get(name, set())) == ("", set())


def pages_by_role() -> Iterator[Any]:
    for route in all_routes():
        if route.method == "get":
            for role in roles_of(route):
                yield pytest.param(route, role, id=f"{route.name} {role}")


@pytest.mark.parametrize(("route", "role"), list(pages_by_role()))
def test_to_read_a_page_writes_nothing(world: World, route: Route, role: str) -> None:
    taken = take(client_of(world, role), "get", address(route, world))
    assert taken.wrote <= MEANT.get(route.name, set())


def not_ours(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield f"{prefix}{each.name}", each
        elif each.namespace not in OURS:
            yield from not_ours(each, f"{each.namespace}:" if each.namespace else prefix)


def addresses_not_ours(world: World) -> dict[str, str]:
    """Every page of the administration and of accounts; rows of it are the site admin's own."""
    found = {}
    for name, pattern in not_ours(get_resolver()):
        if pattern.name and name.startswith(tuple(FOREIGN)):
            kwargs: dict[str, Any] = dict.fromkeys(pattern.pattern.regex.groupindex, "review")
            kwargs |= dict.fromkeys(pattern.pattern.converters, world.admin.pk)
            found[name] = reverse(name, kwargs=kwargs)
    return found


@pytest.mark.parametrize("role", ["admin", "ann", "nobody"])
def test_pages_of_accounts_and_of_the_administration_stand_every_method(
    world: World, role: str
) -> None:
    client = Client(raise_request_exception=False) if role == "nobody" else client_of(world, role)
    for name, where in addresses_not_ours(world).items():
        for method in ("get", "head", *OTHERS):
            taken = take(client, method, where)
            assert taken.status < 500, (name, method)
            assert taken.wrote == set(), (name, method, taken.wrote)
        assert take(client, "post", where).status < 500, name
