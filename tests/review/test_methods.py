"""The searches of a review as PRISMA-S wants them reported: paragraph, table, what is missing."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from review.methods import Reported, reported
from review.models import Event, Job, Search, SearchRun
from review.models.jobs import State
from review.services.searches import save_search, start_run
from tests import factories
from tests.people import Team, team

pytestmark = pytest.mark.django_db

EMBASE = {
    "source": "Embase",
    "kind": "database",
    "platform": "Elsevier, Embase.com",
    "coverage": "1974 to 14 March 2026",
    "strategy": "#1 'naltrexone'/exp\t12,345\n#2 'pain'/exp\t802\n#3 #1 AND #2\t2",
    "limits": "None",
    "filters": "Cochrane filter for trials in Embase (Glanville 2019), unchanged",
    "run_by": "Rita Librarian",
    "run_on": date(2026, 3, 14),
    "hits": 2,
    "peer_review": "PRESS 2015 by a second librarian",
}


@pytest.fixture
def t() -> Team:
    return team()


def embase(t: Team, records: int = 2, **values: Any) -> Search:
    search = save_search(review=t.review, actor=t.lead, **(EMBASE | values))
    factories.reports(search, records, first=5001)
    return search


def ran(search: Search, *days: datetime, **values: Any) -> Search:
    """Complete runs of these days, each with the same figures."""
    for day in days:
        run = start_run(search=search, actor=None)
        Job.objects.filter(pk=run.job_id).update(state=State.DONE)
        given = {"reported": 3, "identifiers": ["1", "2", "3"], "fetched": 3, "stored": 3}
        times = {"started_at": day, "finished_at": day}
        SearchRun.objects.filter(pk=run.pk).update(**(given | times | values))
    return search


def of(search: Search) -> Reported:
    return next(each for each in reported(search.review) if each.search == search)


def page(t: Team, who: str = "observer") -> str:
    client = Client()
    client.force_login(getattr(t, who))
    return client.get(reverse("review:methods", args=[t.review.slug])).content.decode()


def table(t: Team, ending: str = "csv") -> bytes:
    client = Client()
    client.force_login(t.ann)
    answer = client.get(reverse("review:methods_file", args=[t.review.slug, ending]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="ldn-searches.{ending}"'
    return bytes(answer.content)


def test_a_search_that_says_everything_misses_nothing(t: Team) -> None:
    assert of(embase(t)).missing == []


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ({"platform": ""}, "the platform"),
        ({"strategy": ""}, "the full strategy"),
        ({"peer_review": ""}, "the peer review of the strategy, or that there was none"),
        ({"run_by": ""}, "who ran it"),
        ({"run_on": None}, "the day of the search"),
        ({"hits": None}, "the number of hits"),
        ({"hits": 5}, "why the number of hits and of records differ"),
    ],
)
def test_what_is_left_out_is_named(t: Team, left_out: dict[str, Any], missing: str) -> None:
    assert of(embase(t, **left_out)).missing == [missing]


def test_the_paragraph_names_source_platform_dates_figures_and_what_limited_them(t: Team) -> None:
    embase(t)
    text = page(t)
    assert (
        "We searched Embase (Elsevier, Embase.com), covering 1974 to 14 March 2026, on 14 March "
        "2026 by Rita Librarian (2 records)." in text
    )
    assert (
        "Filters of Embase: Cochrane filter for trials in Embase (Glanville 2019), unchanged."
        in text
    )
    assert "Peer review of the strategy for Embase: PRESS 2015 by a second librarian." in text
    assert "Together the searches identified 2 records. No duplicate records were found." in text


def test_a_search_that_is_run_again_says_first_and_last_day(t: Team) -> None:
    search = factories.search(t.review)
    ran(search, datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    assert of(search).asked_on == [date(2026, 1, 5), date(2026, 3, 2)]
    assert "first on 5 January 2026 and, the last of 2 times, on 2 March 2026" in page(t)


def test_an_incomplete_run_is_no_search(t: Team) -> None:
    search = ran(factories.search(t.review), datetime(2026, 1, 5, tzinfo=UTC), fetched=2)
    assert of(search).last is None
    assert "a complete run" in of(search).missing
    SearchRun.objects.update(explanation="Withdrawn by NLM")
    found = of(search)
    assert (found.last is not None, "a complete run" in found.missing) == (True, False)
    assert "The source reported 3 hits: Withdrawn by NLM." in page(t)


def test_duplicates_are_counted_as_the_diagram_counts_them(t: Team) -> None:
    factories.reports(factories.search(t.review), 3)
    factories.reports(factories.search(t.review, source="MEDLINE"), 2)
    assert "Together the searches identified 5 records. 2 duplicate records were removed" in page(t)


def test_a_difference_of_a_typed_search_is_explained_on_its_run(t: Team) -> None:
    search = embase(t, hits=5)
    client = Client()
    client.force_login(t.lead)
    shown = client.get(reverse("review:search", args=[t.review.slug, search.pk])).content.decode()
    assert "Embase reported 5 hits, but 2 records are here." in " ".join(shown.split())
    run = search.runs.get()
    where = reverse("review:run_explain", args=[t.review.slug, run.pk])
    assert client.post(where, {"words": "3 were conference books"}).status_code == 303
    assert of(search).missing == []
    assert Event.objects.get(what="explained a difference").old["reported"] == 5
    assert "The source reported 5 hits: 3 were conference books." in page(t)


def test_the_table_has_every_search_with_its_strategy_word_for_word(t: Team) -> None:
    embase(t)
    ran(factories.search(t.review), datetime(2026, 1, 5, tzinfo=UTC), warnings=["PubMed says: no"])
    rows = list(csv.DictReader(io.StringIO(table(t).decode("utf-8-sig"))))
    assert [row["source"] for row in rows] == ["Embase", "PubMed"]
    assert rows[0]["strategy as run"] == EMBASE["strategy"]
    assert rows[0]["run on"] == "2026-03-14"
    figures = ("hits reported", "identifiers found", "records fetched", "records stored")
    assert [rows[1][name] for name in figures] == ["3", "3", "3", "3"]
    assert rows[1]["warnings of the source"] == "PubMed says: no"
    sheet = load_workbook(io.BytesIO(table(t, "xlsx"))).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Embase", "PubMed"]


def test_no_cell_of_the_table_is_a_formula(t: Team) -> None:
    embase(t, source="=HYPERLINK(1)", limits="+1", strategy="@SUM(A1)")
    (row,) = csv.DictReader(io.StringIO(table(t).decode("utf-8-sig")))
    assert (row["source"], row["limits"], row["strategy as run"]) == (
        "'=HYPERLINK(1)",
        "'+1",
        "'@SUM(A1)",
    )


def test_a_review_without_searches_says_what_will_stand_here(t: Team) -> None:
    assert "No searches yet" in page(t)


def test_what_was_typed_about_a_search_is_logged(t: Team) -> None:
    first = embase(t)
    event = Event.objects.filter(what="saved a search").first()
    assert event is not None
    assert (event.new["run_on"], event.new["hits"]) == ("2026-03-14", 2)
    again = save_search(
        review=t.review, actor=t.lead, **(EMBASE | {"source": "Embase 2", "rerun_of": first})
    )
    assert Event.objects.order_by("-pk")[0].new["rerun_of"] == first.pk
    assert "It repeats the search of Embase." in page(t)
    assert again.rerun_of == first
