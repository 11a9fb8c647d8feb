"""Two reviews with the same rows in each, for walking every route with every person."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from io import BytesIO
from types import ModuleType
from typing import Any

from pypdf import PdfWriter

from review.models import FullText, Report, Review, Search, Stage, User
from review.services.retrieval import hold_full_text
from tests.factories import include_on_abstract, reports, search, stage
from tests.people import Team, member, team
from tests.routes import Route

APPS = ("review", "screening", "extraction", "site")


@dataclass
class World:
    """A review, its people, and what the apps' ``furnish`` adds to it as further attributes."""

    review: Review
    lead: User
    ann: User
    bo: User
    adjudicator: User
    observer: User
    stranger: User
    admin: User
    search: Search
    reports: list[Report]
    full_text: FullText
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        """The first report; nobody has voted on it."""
        return self.reports[0]

    def stage(self, name: str) -> Stage:
        """A stage of the review."""
        return stage(self.review, name)


def listed() -> dict[str, ModuleType]:
    """The routes.py of each app that has written one."""
    found = {}
    for app in APPS:
        try:
            found[app] = import_module(f"tests.{app}.routes")
        except ModuleNotFoundError as missing:
            if missing.name != f"tests.{app}.routes":
                raise
    return found


def all_routes() -> list[Route]:
    """Every route that an app has listed."""
    return [route for module in listed().values() for route in module.ROUTES]


def two_worlds() -> tuple[World, World]:
    """A furnished review, and another one of the same people of which the stranger is lead."""
    here = furnished(team("ldn"), first=1001)
    people = Team(**{name: getattr(here, name) for name in Team.__slots__})
    there = furnished(team("elsewhere", shared=people), first=5001)
    member(there.review, there.stranger, "lead")
    return here, there


def furnished(who: Team, first: int) -> World:
    """A review of these people with every row that the routes need; ``first`` is its first PMID."""
    found = search(who.review)
    rows = reports(found, 6, first=first)
    held = include_on_abstract(rows[-1], who.ann, who.bo)
    text = hold_full_text(report=held, form="pdf", actor=who.ann, upload=("trial.pdf", pdf()))
    people = {name: getattr(who, name) for name in Team.__slots__}
    world = World(**people, search=found, reports=rows, full_text=text)
    for module in listed().values():
        if furnish := getattr(module, "furnish", None):
            furnish(world)
    return world


def pdf() -> bytes:
    """A readable PDF of one empty page."""
    writer, file = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(file)
    return file.getvalue()
