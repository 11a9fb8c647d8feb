"""What is sent to every page: the fields that it reads, and hostile values for each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.routes import Route
from tests.site.forms_on_pages import Values, asked_in, read
from tests.site.rows import Kind, keys_of, kind_of
from tests.site.watching import take
from tests.site.world import World, all_routes

ROLES = ("lead", "ann", "adjudicator", "observer", "admin")
ABSENT = 1_499_999_999
LONG = "9" * 5_000  # more digits than Python turns into a number
ODD = "\x00🦴"
GARBAGE = ["", "-1", "0", "x", "²", "9" * 20, LONG, ODD]
TEXTS = [LONG, ODD]
UNKNOWN = [LONG, ODD, "9" * 20]
IN_REVIEW = [route for route in all_routes() if route.in_review]
POSTS = [route for route in IN_REVIEW if route.method == "post"]
GETS = [route for route in IN_REVIEW if route.method == "get"]


def name_of(route: Route) -> str:
    return f"{route.method} {route.name} {route.kwargs.__name__}"


def client_of(world: World, role: str) -> Client:
    """The browser of one person."""
    client: Client = world.more["clients"][role]
    return client


def log_in(world: World) -> None:
    """Everybody logs in once."""
    for role in [*ROLES, *(["boss"] if hasattr(world, "boss") else [])]:
        client = world.more.setdefault("clients", {}).setdefault(
            role, Client(raise_request_exception=False)
        )
        client.force_login(getattr(world, role))


def roles_of(route: Route) -> list[str]:
    """Who may use a route."""
    return [role for role in ROLES if role in route.allowed]


def address(route: Route, world: World) -> str:
    slug = {"slug": world.review.slug} if route.in_review else {}
    return reverse(route.name, kwargs=slug | route.kwargs(world))


@dataclass(slots=True)
class Offered:
    """What the pages of a review offer to send: to each form and in the query of each address."""

    posted: dict[str, Values] = field(default_factory=dict)
    asked: dict[str, Values] = field(default_factory=dict)

    def look_at(self, where: str, page: str) -> None:
        """Note the forms and links of a page."""
        forms, links = read(page)
        for form in forms:
            kept = self.posted if form.method == "post" else self.asked
            self.note(kept, form.action or where, form.values)
        for link in links:
            self.note(self.asked, link, asked_in([link]))

    def note(self, kept: dict[str, Values], where: str, values: Values) -> None:
        try:
            name = resolve(urlsplit(where).path).view_name
        except Resolver404:
            return
        known = kept.setdefault(name, {})
        for each, found in values.items():
            known.setdefault(each, []).extend(found)


def offered_by(world: World) -> Offered:
    """Everything that the pages offer to the people who may open them."""
    log_in(world)
    found = Offered()
    for route in GETS:
        where = address(route, world)
        found.look_at(where, take(client_of(world, roles_of(route)[0]), "get", where).body)
    return found


def one_of_each(names: set[str]) -> list[str]:
    """One name of those that differ in their numbers alone: the rows of a table are read alike."""
    found: dict[str, str] = {}
    for name in sorted(names - {"csrfmiddlewaretoken"}):
        found.setdefault(re.sub(r"-.*-", "-*-", re.sub(r"\d+", "#", name)), name)
    return list(found.values())


def kind_in(values: list[Any]) -> Kind | None:
    """The table of which these values are keys, if one of them is."""
    return next((kind for kind in map(kind_of, values) if kind), None)


def unfit(world: World, kind: Kind, offered: list[str]) -> list[int]:
    """Rows of the review itself that no page offers for the field."""
    rest = [key for key in keys_of(world.review, kind) if str(key) not in offered]
    return sorted({rest[0], rest[len(rest) // 2], rest[-1]}) if rest else []


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def rubbish(values: list[Any]) -> list[str]:
    """What to send in a field of which these values are known."""
    known = [str(value) for value in values if value != ""]
    if not known:
        return UNKNOWN
    return GARBAGE if all(value.isdecimal() for value in known) else TEXTS
