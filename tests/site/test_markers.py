"""A hostile text in every stored field shows as text, on every page and in every file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import pytest
from django.db import transaction
from openpyxl import load_workbook

from review.models import Job
from review.services import jobs
from review.site.exports import TABLES, TASK, write_export
from review.tables import FORMATS
from tests.routes import Route
from tests.site import crawl
from tests.site.crawl import address, client_of, roles_of
from tests.site.markers import RAW, SEEN, hostile_world
from tests.site.test_admin import addresses
from tests.site.watching import take
from tests.site.world import World, all_routes

pytestmark = pytest.mark.django_db

PAGES = [route for route in all_routes() if route.method == "get"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A review whose every text is hostile; ``more["fields"]`` says which number is which field."""
    with django_db_blocker.unblock(), transaction.atomic():
        here = hostile_world()
        crawl.log_in(here)
        yield here
        transaction.set_rollback(True)


def raw(page: str) -> list[str]:
    """The lines of a page in which the hostile text is more than text."""
    return [line.strip()[:200] for line in page.splitlines() if RAW.search(line)]


@pytest.mark.parametrize("route", PAGES, ids=crawl.name_of)
def test_a_hostile_text_shows_as_text_on_every_page(world: World, route: Route) -> None:
    for role in roles_of(route):
        taken = take(client_of(world, role), "get", address(route, world))
        assert taken.status == 200, role
        content = taken.answer.headers["Content-Type"]
        if content.startswith(("text/html", "image/svg")):
            assert raw(taken.body) == [], role
        if "svg" in content:
            expat.ParserCreate().Parse(taken.body.encode("latin-1"), True)


def seen_on_pages(world: World) -> set[str]:
    """The fields whose text some page shows."""
    found = set()
    for route in PAGES:
        page = take(client_of(world, roles_of(route)[0]), "get", address(route, world)).body
        found |= {world.more["fields"][int(each[7:-1])] for each in SEEN.findall(page)}
    return found


def test_the_pages_show_what_is_marked(world: World) -> None:
    """Or the test above would look at pages without any hostile text."""
    seen = seen_on_pages(world)
    assert {
        "review.Alert.done",
        "review.Event.reason",
        "review.FullText.url",
        "review.Revision.data",
        "review.Search.strategy",
        "review.SearchRun.warnings",
        "review.User.name",
        "screening.Decision.note",
        "extraction.Result.outcome",
        "extraction.Value.quote",
    } <= seen
    assert len(seen) > 50


def test_the_administration_shows_it_as_text_too(world: World) -> None:
    for name, where in addresses().items():
        taken = take(client_of(world, "admin"), "get", where)
        assert taken.status in (200, 403), name
        assert raw(taken.body) == [], name


def exported(world: World) -> Iterator[tuple[str, bytes]]:
    """Every table in every format, as its job writes it."""
    for table in TABLES:
        for ending in FORMATS:
            made = jobs.enqueue(
                task=TASK,
                subject=table,
                key=f"{table} {ending}",
                review=world.review,
                actor=world.lead,
                arguments={"table": table, "format": ending},
            )
            jobs.perform(made.pk, write_export)
            made = Job.objects.get(pk=made.pk)
            assert made.state == "done", (table, ending, made.error)
            where = crawl.reverse("site:download", args=[world.review.slug, made.pk])
            answer = client_of(world, "lead").get(where)
            yield f"{table}.{ending}", b"".join(answer)


NUMBER = re.compile(r"-?\d+(\.\d+)?(e-\d+)?")
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


def cells(name: str, content: bytes) -> list[str]:
    """The texts of a table as a spreadsheet gets them; none of them may be a formula."""
    if name.endswith("csv"):
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return [cell for row in rows for cell in row]
    (sheet,) = load_workbook(io.BytesIO(content)).worksheets
    found = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in found} <= {"s", "inlineStr"}, name
    return [cell.value for cell in found]


def test_no_cell_of_any_table_is_a_formula(world: World) -> None:
    with transaction.atomic():
        tables = dict(exported(world))
        transaction.set_rollback(True)
    for route in [each for each in PAGES if each.name != "site:download"]:
        taken = take(client_of(world, roles_of(route)[0]), "get", address(route, world))
        if "csv" in taken.answer.headers["Content-Type"]:
            tables[f"{route.name}.csv"] = taken.body.encode("latin-1")
    assert len(tables) > len(TABLES) * len(FORMATS)
    shown = set()
    for name, content in tables.items():
        found = cells(name, content)
        shown |= {name for cell in found if cell.startswith("'=1+1")}
        assert not [c for c in found if c.startswith(RUNS) and not NUMBER.fullmatch(c)], name
    assert len(shown) >= 6  # the others hold numbers alone, or nothing yet
