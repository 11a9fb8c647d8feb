"""Exported tables: a job of the real worker writes them, complete decisions only."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from review.models import Job, Review, User
from review.models.jobs import State
from review.services import jobs
from review.site.exports import TABLES, TASK, write_export
from review.site.flow import counts_of
from review.tables import Cell, unguard
from screening.services.settle import Ruling, settle
from tests.factories import hold, include_on_abstract, reports, search, stage, vote
from tests.people import Team, person, team
from tests.site.test_worker import until
from tests.worker import Worker

Table = list[dict[str, str]]


@pytest.fixture
def who(db: None) -> Team:
    return team()


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def start(client: Client, review: Review, table: str, ending: str) -> Job:
    """Click "Make CSV" and give the job that the page shows then."""
    address = reverse("site:export_start", args=[review.slug])
    answer = client.post(address, {"table": table, "format": ending})
    assert answer.status_code == 303
    return Job.objects.get(pk=int(answer["Location"].rstrip("/").rsplit("/", 1)[-1]))


def fetched(client: Client, job: Job) -> bytes:
    answer = client.get(reverse("site:download", args=[job.review.slug, job.pk]))
    assert answer.status_code == 200
    return b"".join(answer)


def rows_of_csv(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return [[unguard(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def rows_of_xlsx(content: bytes) -> list[list[str]]:
    (sheet,) = load_workbook(io.BytesIO(content), read_only=True).worksheets
    width = len(list(next(sheet.iter_rows())))
    rows = [(list(row) + [None] * width)[:width] for row in sheet.iter_rows(values_only=True)]
    return [[unguard(text(cell)) for cell in row] for row in rows]


def text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def here_and_now(client: Client, review: Review, table: str = "decisions") -> Table:
    """Let this process do the worker's job; give the rows of the CSV file by header."""
    job = start(client, review, table, "csv")
    jobs.perform(job.pk, write_export)
    header, *rows = rows_of_csv(fetched(client, job))
    return [dict(zip(header, row, strict=True)) for row in rows]


def some_work(who: Team) -> None:
    """Agreement, a settled conflict with an awkward note, an open vote, a full text."""
    first, second, third, fourth, _ = reports(search(who.review), 5)
    reports(search(who.review, kind="citation", source="=HYPERLINK(1)"), 1, first=9001)
    for voter in (who.ann, who.bo):
        vote(voter, first, "exclude")
    vote(who.ann, second, "include")
    vote(who.bo, second, "exclude")
    standing = stage(who.review).standings.get(report=second)
    ruling = Ruling("exclude", "=1+1 'is' not oral", standing.last_id or 0, "n1")
    settle(adjudicator=who.adjudicator, report=second, stage=stage(who.review), ruling=ruling)
    vote(who.ann, third, "maybe")
    hold(include_on_abstract(fourth, who.ann, who.bo), who.ann)


@pytest.mark.django_db(transaction=True)
def test_the_worker_writes_every_table_in_both_formats(
    transactional_db: None, worker: Worker
) -> None:
    who = team()
    some_work(who)
    client = log_in(who.lead)
    for table in TABLES.values():
        made = {ending: start(client, who.review, table.key, ending) for ending in ("csv", "xlsx")}
        until(lambda made=made: all_done(list(made.values())), 60)
        header, rows = table.rows(who.review)
        expected = [header, *([written(cell) for cell in row] for row in rows)]
        assert rows_of_csv(fetched(client, made["csv"])) == expected
        assert rows_of_xlsx(fetched(client, made["xlsx"])) == expected
    finished = Job.objects.get(pk=made["csv"].pk)
    assert finished.file.startswith("ldn-")
    assert finished.done == finished.total == len(expected) - 1


def all_done(made: list[Job]) -> bool:
    states = Job.objects.filter(pk__in=[job.pk for job in made]).values_list("state", flat=True)
    assert State.FAILED not in states
    return set(states) == {State.DONE}


def written(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def test_nothing_in_the_file_runs_in_a_spreadsheet(who: Team) -> None:
    some_work(who)
    client = log_in(who.lead)
    job = start(client, who.review, "decisions", "csv")
    jobs.perform(job.pk, write_export)
    raw = fetched(client, job).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(raw)) for cell in row]
    assert "'=1+1 'is' not oral" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]


def votes(table: Table) -> list[tuple[str, str, str]]:
    return sorted(
        (row["person"], row["vote or settlement"], row["decision"])
        for row in table
        if row["person"]
    )


@pytest.mark.parametrize("role", ["lead", "ann", "bo", "adjudicator", "observer"])
def test_only_complete_decisions_are_in_the_file_whoever_exports(who: Team, role: str) -> None:
    some_work(who)
    table = here_and_now(log_in(getattr(who, role)), who.review)
    abstract = [row for row in table if row["stage"] in ("title_abstract", "")]
    assert votes(abstract) == [
        ("adjudicator@example.org", "settle", "exclude"),
        ("ann@example.org", "vote", "exclude"),
        ("ann@example.org", "vote", "include"),
        ("ann@example.org", "vote", "include"),
        ("bo@example.org", "vote", "exclude"),
        ("bo@example.org", "vote", "exclude"),
        ("bo@example.org", "vote", "include"),
    ]
    assert "maybe" not in {row["decision"] for row in table}


def test_the_file_does_not_tell_that_a_colleague_has_voted(who: Team) -> None:
    one, _ = reports(search(who.review), 2)
    client = log_in(who.ann)
    before = here_and_now(client, who.review)
    vote(who.bo, one, "exclude")
    assert here_and_now(client, who.review) == before


def test_every_record_is_in_the_table_once_per_decision_or_once_without(who: Team) -> None:
    some_work(who)
    table = here_and_now(log_in(who.observer), who.review)
    per_record = Counter(row["identifier"] for row in table)
    assert per_record == {"1001": 2, "1002": 3, "1003": 1, "1004": 2, "1005": 1, "9001": 1}


def test_the_diagram_can_be_counted_from_the_table(who: Team) -> None:
    some_work(who)
    table = here_and_now(log_in(who.observer), who.review)
    counts = counts_of(who.review)
    records = {row["record"]: row for row in table}.values()
    by = Counter(row["kind of source"] for row in records)
    assert by["database"] == counts.database_results
    assert by["citation"] == counts.other_raw["citation"]
    counted = [row for row in records if row["counts for its report"] == "yes"]
    left = Counter(row["position"] for row in counted if row["column of the diagram"] == "left")
    assert left["excluded"] == counts.records_excluded
    assert left["assessing"] == counts.left.full_text_pending
    assert sum(left.values()) - left["screening"] == counts.records_screened


def test_the_demo_is_labelled_in_every_row_with_a_decision(db: None, settings: Any) -> None:
    from django.core.management import call_command

    settings.SITE_IS_LOCAL = True
    call_command("demo", stdout=io.StringIO())
    review = Review.objects.get(slug="ldn")
    table = here_and_now(log_in(User.objects.get(email="ann@example.org")), review)
    labels = {row["label"] for row in table if row["decision"]}
    assert labels == {"demo example, not a judgement"}


@pytest.mark.parametrize(
    "sent", [{}, {"table": "votes", "format": "csv"}, {"table": "decisions", "format": "pdf"}]
)
def test_a_table_or_format_that_does_not_exist_starts_nothing(
    who: Team, sent: dict[str, str]
) -> None:
    client = log_in(who.lead)
    page = client.post(reverse("site:export_start", args=["ldn"]), sent, follow=True)
    assert "Choose a table and a format" in page.content.decode()
    assert not Job.objects.exists()


def test_there_is_no_file_before_the_job_is_done(who: Team) -> None:
    client = log_in(who.lead)
    job = start(client, who.review, "decisions", "csv")
    assert client.get(reverse("site:download", args=["ldn", job.pk])).status_code == 404
    page = client.get(reverse("site:job", args=["ldn", job.pk])).content.decode()
    assert "Waiting for the worker" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Download" not in page
    jobs.perform(job.pk, write_export)
    page = client.get(reverse("site:job", args=["ldn", job.pk])).content.decode()
    assert "every 2s" not in page
    assert reverse("site:download", args=["ldn", job.pk]) in page


def test_progress_is_a_part_of_the_page(who: Team) -> None:
    client = log_in(who.lead)
    job = start(client, who.review, "decisions", "csv")
    part = client.get(reverse("site:job", args=["ldn", job.pk]), HTTP_HX_REQUEST="true")
    assert "<html" not in part.content.decode()
    assert (
        part.content.decode().strip()
        in client.get(reverse("site:job", args=["ldn", job.pk])).content.decode()
    )


def test_a_job_of_another_kind_is_no_export(who: Team) -> None:
    job = Job.objects.create(review=who.review, task="t", subject="s", key="k", file="secret_key")
    client = log_in(who.lead)
    for name in ("site:job", "site:download"):
        assert client.get(reverse(name, args=["ldn", job.pk])).status_code == 404


def test_the_file_outlives_the_member_who_made_it(who: Team) -> None:
    reports(search(who.review), 1)
    job = start(log_in(who.ann), who.review, "decisions", "csv")
    jobs.perform(job.pk, write_export)
    assert fetched(log_in(who.observer), job)
    assert (
        log_in(person("new@example.org"))
        .get(reverse("site:download", args=["ldn", job.pk]))
        .status_code
        == 404
    )


def test_no_half_written_file_is_offered_or_left(
    who: Team, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.EXPORT_DIR = tmp_path
    reports(search(who.review), 2)
    client = log_in(who.lead)
    job = start(client, who.review, "decisions", "csv")

    def broken(_: Review) -> Any:
        def rows() -> Any:
            yield ["one"]
            raise OSError("disk full")

        return ["column"], rows()

    table = TABLES["decisions"]
    monkeypatch.setitem(
        TABLES, "decisions", type(table)(table.key, table.title, table.description, broken)
    )
    jobs.perform(job.pk, write_export)
    job.refresh_from_db()
    assert (job.state, job.file, job.task) == (State.FAILED, "", TASK)
    assert client.get(reverse("site:download", args=["ldn", job.pk])).status_code == 404
    assert list(tmp_path.iterdir()) == []
