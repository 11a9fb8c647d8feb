"""Deleting a review: all of it goes and nothing else, and who did it stays for good."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from review.errors import Incomplete, NotAllowed
from review.models import Event, Job, Purge, Report, Review, User
from review.services import jobs
from review.services.jobs import Claim
from review.site.audit import differences
from review.site.exports import write_export
from review.site.purge import FILES, SITE_WIDE, purge_review, rows_of, way_to_review
from review.site.purge import models as tables
from tests.dump import Rows, dump
from tests.site.world import World, all_routes

pytestmark = pytest.mark.django_db
LEFT = ("review_purge", "review_event")  # the tables that say that it was deleted
SCHEDULES = "django_celery_beat_periodictask"


@pytest.fixture(autouse=True)
def files_come_back() -> Iterator[None]:
    """The rows come back after each test by themselves."""
    named = (settings.FULLTEXT_DIR, settings.EXPORT_DIR, settings.IMPORT_DIR)
    folders = [Path(folder) for folder in named]
    held = {path: path.read_bytes() for folder in folders for path in folder.glob("*")}
    yield
    for path, content in held.items():
        path.write_bytes(content)


def purge(world: World, reason: str = "The team asked for it") -> Purge:
    return purge_review(review=world.review, actor=world.admin, reason=reason)


def pdf(world: World) -> Path:
    return Path(settings.FULLTEXT_DIR) / world.full_text.file


def export(world: World) -> Path:
    return Path(settings.EXPORT_DIR) / world.export.file  # type: ignore[attr-defined]


def belongs_to(review: Review) -> dict[str, Rows]:
    """The rows of a review by table, read before and after by the same keys."""
    found = {}
    for rows in rows_of(review):
        found[rows.model._meta.db_table] = list(rows.order_by("pk").values_list())
    return found


def test_every_table_is_of_a_review_or_of_the_site() -> None:
    """Deny by default: a new model belongs to a review, or is named as the site's."""
    homeless = {m._meta.label for m in tables() if way_to_review(m) is None}
    assert homeless == SITE_WIDE


def test_every_model_that_names_a_file_has_its_folder() -> None:
    named = {m for m in tables() if "file" in {field.name for field in m._meta.fields}}
    stored = {m for m in tables() for f in m._meta.fields if isinstance(f, models.FileField)}
    assert named | stored == set(FILES)


def test_every_append_only_table_names_its_review() -> None:
    kept = [m for m in apps.get_models() if getattr(m, "append_only", False)]
    assert [m for m in kept if "review_id" not in {f.attname for f in m._meta.fields}] == []


@pytest.mark.both
def test_all_of_a_review_goes_and_nothing_of_another(worlds: tuple[World, World]) -> None:
    gone, kept = worlds
    mine, theirs, all_before = belongs_to(gone.review), belongs_to(kept.review), dump()
    assert sum(map(bool, mine.values())) > 20, "the world is too empty to tell"
    purge(gone)
    after = dump()
    assert belongs_to(kept.review) == theirs
    assert not any(belongs_to(gone.review).values())
    for table, rows in all_before.items():
        if table not in LEFT:
            less = len(mine.get(table, ())) + (table in ("review_review", SCHEDULES))
            assert len(after[table]) == len(rows) - less, table
    connection.check_constraints()
    assert list(differences(kept.review)) == []


def test_its_files_go_and_those_of_others_stay(worlds: tuple[World, World]) -> None:
    gone, kept = worlds
    assert pdf(gone).is_file()
    assert export(gone).is_file()
    purge(gone)
    assert not pdf(gone).exists()
    assert not export(gone).exists()
    assert pdf(kept).is_file()
    assert export(kept).is_file()


def test_afterwards_every_address_of_it_is_as_absent_as_one_that_never_was(
    worlds: tuple[World, World],
) -> None:
    gone, _ = worlds
    client = Client()
    client.force_login(gone.lead)
    asked = [r for r in all_routes() if r.in_review]
    addresses = [
        (r.method, reverse(r.name, kwargs={"slug": "ldn"} | r.kwargs(gone))) for r in asked
    ]
    purge(gone)
    for method, address in addresses:
        assert getattr(client, method)(address).status_code == 404, address
    client.force_login(gone.admin)
    assert client.get(reverse("site:home", args=["ldn"])).status_code == 404


def test_who_when_and_why_stay_and_cannot_be_changed(worlds: tuple[World, World]) -> None:
    gone, _ = worlds
    title, records = gone.review.title, gone.review.records.count()
    row = purge(gone)
    row.refresh_from_db()
    assert (row.actor, row.slug, row.reason) == (gone.admin, "ldn", "The team asked for it")
    assert row.at is not None
    event = Event.objects.get(what="deleted a review")
    assert (event.actor, event.subject) == (gone.admin, f"ldn: {title}")
    assert event.reason == "The team asked for it"
    assert event.old["review.Record"] == records
    for statement in ("UPDATE review_purge SET reason = ''", "DELETE FROM review_purge"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.parametrize("role", ["lead", "ann", "adjudicator", "observer", "stranger"])
def test_nobody_but_a_site_admin_deletes_a_review(worlds: tuple[World, World], role: str) -> None:
    world, _ = worlds
    with pytest.raises(NotAllowed):
        purge_review(review=world.review, actor=getattr(world, role), reason="I am angry")
    assert Review.objects.filter(pk=world.review.pk).exists()


def test_a_closed_account_deletes_nothing(worlds: tuple[World, World]) -> None:
    closed = User(email="former-admin@example.org", is_superuser=True, is_active=False)
    with pytest.raises(NotAllowed):
        purge_review(review=worlds[0].review, actor=closed, reason="I am angry")


def test_a_review_is_not_deleted_without_a_reason(worlds: tuple[World, World]) -> None:
    with pytest.raises(Incomplete, match="Say why"):
        purge(worlds[0], reason="  ")


def test_a_job_that_runs_meanwhile_ends_and_leaves_no_file(worlds: tuple[World, World]) -> None:
    world, _ = worlds
    arguments = {"table": "decisions", "format": "csv"}
    job = jobs.enqueue(
        task="t", subject="s", key="k", review=world.review, actor=None, arguments=arguments
    )
    files = set(Path(settings.EXPORT_DIR).iterdir()) - {export(world)}

    def work(claim: Claim) -> None:
        _ = claim.job.review
        purge(world)
        write_export(claim)

    jobs.perform(job.pk, work)
    assert not Job.objects.filter(pk=job.pk).exists()
    assert set(Path(settings.EXPORT_DIR).iterdir()) == files


def test_schedules_of_its_searches_end(worlds: tuple[World, World]) -> None:
    gone, kept = worlds
    weekly, _ = IntervalSchedule.objects.get_or_create(every=7, period="days")
    for world in worlds:
        PeriodicTask.objects.create(
            name=world.review.slug,
            task="review.tasks.refresh_search",
            interval=weekly,
            args=f"[{world.search.pk}]",
        )
    purge(gone)
    left = PeriodicTask.objects.filter(task="review.tasks.refresh_search")
    assert set(left.values_list("args", flat=True)) == {f"[{kept.search.pk}]"}
    assert left.filter(name=kept.review.slug).exists()


def command(monkeypatch: pytest.MonkeyPatch, typed: str, **options: str) -> str:
    """``manage.py purge ldn`` with this answer to its question."""
    monkeypatch.setattr("builtins.input", lambda question: typed)
    out = io.StringIO()
    given: dict[str, Any] = {"by": "admin@example.org", "reason": "Asked for"} | options
    call_command("purge", "ldn", stdout=out, **given)
    return out.getvalue()


def test_the_command_asks_for_the_name_again(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="Nothing was deleted"):
        command(monkeypatch, "yes")
    assert Review.objects.filter(slug="ldn").exists()
    said = command(monkeypatch, "ldn")
    assert "Deleted ldn" in said
    assert "Its files are removed: 5." in said
    assert not Review.objects.filter(slug="ldn").exists()
    assert Purge.objects.get().actor == worlds[0].admin


def test_the_command_shows_what_would_go(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    n = Report.objects.filter(review=worlds[0].review).count()
    said = command(monkeypatch, "ldn")
    assert "“Low-dose naltrexone for chronic pain” (ldn)" in said
    assert f"  {n} reports\n" in said
    assert "Make a backup first" in said


@pytest.mark.parametrize(
    ("by", "told"),
    [("lead@example.org", "Only a site admin"), ("nobody@example.org", "no account")],
)
def test_the_command_needs_a_site_admin(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch, by: str, told: str
) -> None:
    with pytest.raises(CommandError, match=told):
        command(monkeypatch, "ldn", by=by)
    assert Review.objects.filter(slug="ldn").exists()


def test_files_that_stayed_are_removed_by_the_command_again(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine may end between the rows and the files."""
    left = pdf(worlds[0])
    content = left.read_bytes()
    command(monkeypatch, "ldn")
    left.write_bytes(content)
    assert "ldn is deleted already" in command(monkeypatch, "")
    assert not left.exists()


def test_a_file_that_cannot_be_removed_is_named(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = pdf(worlds[0])

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(CommandError, match="run this command again"):
        command(monkeypatch, "ldn")
    assert (str(stuck.name) in str(Purge.objects.get().files), stuck.exists()) == (True, True)
