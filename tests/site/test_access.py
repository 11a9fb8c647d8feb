"""Every URL name, walked as every role, as a stranger and as nobody.

Deny by default: a route that no ``tests/<app>/routes.py`` lists fails here. A stranger gets the
same answer as for a review or a row that does not exist, so that an answer tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.routes import Route
from tests.site.world import World, all_routes, listed

pytestmark = pytest.mark.django_db  # each test is rolled back to the worlds below

OURS = ("site", "review", "screening", "extraction")
FOREIGN = {
    "account_": "allauth: log-in, log-out and one's own password; nothing of a review",
    "mfa_": "allauth: one's own second step of the log-in",
    "admin:": "Django's admin: site admins only, see test_admin",
}
ROLES = ("lead", "ann", "adjudicator", "observer", "admin")
ROUTES = all_routes()
IN_REVIEW = [route for route in ROUTES if route.in_review]
MISSING_PK = 999_999_999


def name_of(route: Route) -> str:
    return f"{route.method} {route.name}"


def client_of(world: World, role: str) -> Client:
    client = Client(raise_request_exception=True)
    if role != "nobody":
        client.force_login(getattr(world, role))
    return client


def address(route: Route, world: World, **changed: Any) -> str:
    slug = {"slug": world.review.slug} if route.in_review else {}
    return reverse(route.name, kwargs=slug | route.kwargs(world) | changed)


def ask(client: Client, route: Route, where: str, data: Any = None) -> Any:
    """Send the request and undo what it changed."""
    with transaction.atomic():
        if route.method == "post":
            answer = client.post(where, data or {})
        else:
            answer = client.get(where, data or {})
        body = b"".join(answer) if answer.streaming else answer.content
        answer.body = body.decode("latin-1")
        transaction.set_rollback(True)
    return answer


def said(answer: Any) -> tuple[int, dict[str, str], str]:
    """Status, headers and body without what is new in every answer anyway."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.body)
    body = re.sub(r'"X-CSRFToken": "[^"]+"', "", body)
    left_out = ("Set-Cookie", "Date", "Content-Length")
    headers = {k: v for k, v in answer.headers.items() if k not in left_out}
    return answer.status_code, headers, body


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield f"{prefix}{each.name}"
        else:
            below = f"{prefix}{each.namespace}:" if each.namespace else prefix
            yield from names(each, below)


def test_every_app_lists_its_routes() -> None:
    assert set(listed()) == set(OURS)


def test_every_route_is_listed_with_who_may_get_it() -> None:
    known = {route.name for route in ROUTES}
    ours = {name for name in names(get_resolver()) if not name.startswith(tuple(FOREIGN))}
    assert ours - known == set(), "list these in tests/<app>/routes.py"
    assert known - ours == set(), "these are listed and do not exist"


def test_no_view_of_ours_does_without_the_csrf_check() -> None:
    def views(resolver: URLResolver) -> Iterator[Any]:
        for each in resolver.url_patterns:
            if isinstance(each, URLPattern):
                yield each.callback
            elif each.namespace in (None, *OURS):
                yield from views(each)

    assert [v for v in views(get_resolver()) if getattr(v, "csrf_exempt", False)] == []


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_a_role_gets_what_it_may_and_403_otherwise(
    worlds: tuple[World, World], route: Route
) -> None:
    world, _ = worlds
    got = {}
    for role in ROLES:
        answer = ask(client_of(world, role), route, address(route, world), route.data(world))
        got[role] = answer.status_code
    allowed = {role: status for role, status in got.items() if role in route.allowed}
    if route.method == "get":
        assert allowed == dict.fromkeys(allowed, 200)
    else:
        assert not [s for s in allowed.values() if s >= 400 and s not in (409, 422)], allowed
    refused = {role: status for role, status in got.items() if role not in route.allowed}
    assert refused == dict.fromkeys(refused, 403)


@pytest.mark.parametrize("route", IN_REVIEW, ids=name_of)
def test_a_stranger_gets_the_answer_for_a_review_that_does_not_exist(
    worlds: tuple[World, World], route: Route
) -> None:
    world, _ = worlds
    client = client_of(world, "stranger")
    data = route.data(world)
    real = ask(client, route, address(route, world), data)
    absent = ask(client, route, address(route, world, slug="no-such-review"), data)
    assert real.status_code == 404
    assert said(real) == said(absent)


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_nobody_is_sent_to_the_log_in(worlds: tuple[World, World], route: Route) -> None:
    world, _ = worlds
    if "nobody" in route.allowed:
        assert ask(client_of(world, "nobody"), route, address(route, world)).status_code == 200
        return
    for where in (address(route, world), address(route, world).replace("/ldn/", "/none/")):
        answer = ask(client_of(world, "nobody"), route, where, route.data(world))
        assert answer.status_code == 302
        assert answer["Location"] == f"{reverse('account_login')}?next={where}"


def member_who_may(route: Route) -> str:
    return next(role for role in ROLES if role in route.allowed)


@pytest.mark.parametrize("route", IN_REVIEW, ids=name_of)
def test_a_row_of_another_review_is_as_absent_as_one_that_does_not_exist(
    worlds: tuple[World, World], route: Route
) -> None:
    """The person works in both reviews; below one's address the other's rows do not exist."""
    world, other = worlds
    mine, foreign = route.kwargs(world), route.kwargs(other)
    ids = {key: foreign[key] for key in foreign if foreign[key] != mine[key]}
    if not ids:
        assert "pk" not in mine, "both worlds give the same row"
        return
    client = client_of(world, member_who_may(route))
    real = ask(client, route, address(route, world, **ids), route.data(world))
    absent = ask(
        client, route, address(route, world, **dict.fromkeys(ids, MISSING_PK)), route.data(world)
    )
    assert real.status_code == 404
    assert said(real) == said(absent)
