"""D5: the disk fills up; nothing is saved by half, reading goes on, and room is all it needs.

The disk holds everything: the database, its write-ahead log, full texts, exports and the queue.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pypdf import PdfWriter

from review.services.jobs import NO_ROOM
from tests.eutils import EUtils
from tests.faults.disk import SmallDisk, can_mount
from tests.faults.place import Place, copy_of_sqlite
from tests.faults.reviewers import Answer, Browser, kept_fields
from tests.faults.test_sqlite_locked import pages, read_to_decide, stored
from tests.pubmed_records import generated, pmids
from tests.running import until
from tests.screening.pages import hidden

MB = 1024**2
FULL = "The disk of the server is full."

pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the database is on the disk, too"),
    pytest.mark.skipif(not can_mount(), reason="only root can mount a small disk"),
]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    made = SmallDisk(tmp_path / "disk", 48 * MB)
    yield made
    made.end()


@pytest.fixture
def pubmed() -> Iterator[EUtils]:
    with EUtils() as server:
        server.holds(generated(600))
        server.answers(None, pmids(600))
        yield server


@pytest.fixture
def place(disk: SmallDisk, pubmed: EUtils, static: Path, transactional_db: None) -> Iterator[Place]:
    """A site whose every file lies on the small disk."""
    environ = {"EUTILS_BASE_URL": pubmed.url, "WINNOW_JOB_LEASE": "2", "NCBI_API_KEY": "k"}
    made = Place(disk.folder, static, enter=disk.enter, **environ)
    copy_of_sqlite(disk.seen(made.data))
    yield made
    made.end()


def assert_sound(place: Place, review: dict[str, Any]) -> None:
    """The database needs no repair, and everything derived is as its history says."""
    assert place.ask("damage") == []
    place.manage("audit", review["slug"])


def test_decisions_end_with_the_room_and_go_on_with_it(place: Place, disk: SmallDisk) -> None:
    review = place.ask("populate", reports=60, reviewers=1)
    web = place.start_web()
    ann = Browser(place.address, review["sessions"]["reviewer0"])
    disk.fill(leave=300_000)

    saved, (where, sent) = 0, read_to_decide(ann, review, "exclude")
    while (answer := ann.post(where, sent)).status == 303:
        saved += 1
        where, sent = read_to_decide(ann, review, "exclude")

    assert answer.status == 503
    assert FULL in answer.text
    assert sent.items() <= kept_fields(answer.text).items()
    for path in pages(review, where):
        assert ann.get(path).status == 200, path
    assert place.health() == {"database": "up", "jobs": "silent", "disk": "low"}
    assert "the disk is full" in web.text, "whoever runs the site finds no word of it"
    disk.make_room()
    assert ann.post(where, dict(kept_fields(answer.text))).status == 303
    assert len(stored(place, review)) == saved + 1 > 1
    assert_sound(place, review)


def act(browser: Browser, page: str, action: str, **fields: object) -> Answer:
    """Send the form of a page whose address ends so."""
    text = browser.get(page).text
    found = re.search(rf'action="([^"]+{action})"', text)
    assert found, text[-3000:]
    token = {"csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken")}
    return browser.post(found[1], token | fields)


def until_done(place: Place, lead: Browser, page: str) -> None:
    """Wait for a job to end; resume it where it asks for that."""

    def done() -> bool:
        job = place.ask("job")
        if job["state"] == "failed":
            assert job["error"] == NO_ROOM
            act(lead, page, "/resume/")
        return bool(job["state"] == "done")

    until(done, 120)


@pytest.mark.long
def test_a_fetch_that_fills_the_disk_goes_on_when_there_is_room(
    place: Place, disk: SmallDisk
) -> None:
    review = place.ask("populate", reports=2, reviewers=1)
    place.start_web()
    worker = place.start_worker()
    place.start_beat()
    lead = Browser(place.address, review["sessions"]["lead"])
    until(lambda: place.health().get("jobs") == "up", 60)
    disk.fill(leave=700_000)

    run = act(lead, f"/r/{review['slug']}/searches/1/", "/run/").location
    until(lambda: "disk is full" in worker.text, 60)

    assert lead.get(run).status == 200
    assert lead.get(f"/r/{review['slug']}/").status == 200
    assert place.health()["disk"] == "low"
    disk.make_room()
    until_done(place, lead, run)
    assert place.ask("records", slug=review["slug"]) == {"records": 602, "texts": 602}
    assert_sound(place, review)


def pdf(size: int) -> bytes:
    """A readable PDF of about this many bytes."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.add_attachment("figures.bin", b"\x8a" * size)
    writer.write(out)
    return out.getvalue()


@pytest.mark.long
def test_an_upload_without_room_leaves_nothing_behind(place: Place, disk: SmallDisk) -> None:
    review = place.ask("populate", reports=2, reviewers=2)
    report = place.ask("seek", slug=review["slug"])
    place.start_web()
    ann = Browser(place.address, review["sessions"]["reviewer0"])
    page = f"/r/{review['slug']}/full-texts/{report}/"
    ann.get(page)
    disk.fill(leave=1 * MB)
    files = disk.seen(place.data / "fulltext")

    answer = ann.upload(page, f"{page}hold/pdf/", "pdf-upload", "trial.pdf", pdf(3 * MB))

    assert answer.status == 503
    assert FULL in answer.text
    assert "Choose the file again: trial.pdf" in answer.text
    assert not files.exists() or not list(files.iterdir())
    assert "trial.pdf" not in ann.get(page).text
    disk.make_room()
    answer = ann.upload(page, f"{page}hold/pdf/", "pdf-upload", "trial.pdf", pdf(3 * MB))
    assert answer.status == 303
    (file,) = files.iterdir()
    assert file.read_bytes() == pdf(3 * MB)
    assert "trial.pdf" in ann.get(page).text
    assert_sound(place, review)


@pytest.mark.long
def test_an_export_without_room_leaves_nothing_behind(place: Place, disk: SmallDisk) -> None:
    review = place.ask("populate", reports=3000, reviewers=1)
    place.start_web()
    place.start_worker()
    place.start_beat()
    lead = Browser(place.address, review["sessions"]["lead"])
    until(lambda: place.health().get("jobs") == "up", 60)
    disk.fill(leave=400_000)

    table = {"table": "decisions", "format": "csv"}
    page = act(lead, f"/r/{review['slug']}/exports/", "/start/", **table).location
    until(lambda: place.ask("job")["state"] in ("failed", "running"), 60)

    folder = disk.seen(place.data / "exports")
    until(lambda: folder.exists() and not list(folder.iterdir()), 60)
    disk.make_room()
    until(lambda: place.ask("job")["state"] in ("failed", "done"), 60)
    if place.ask("job")["state"] == "failed":
        assert NO_ROOM in lead.get(page).text
        act(lead, f"/r/{review['slug']}/exports/", "/start/", **table)
        until(lambda: place.ask("job")["state"] == "done", 60)
    (file,) = folder.iterdir()
    assert file.read_text(encoding="utf-8-sig").count("\n") == 3001
    assert_sound(place, review)
