"""D13: a stored PDF whose file the disk has lost or changed; the rest goes on, and says so."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from extraction.appraisal import ROB2
from extraction.services.appraisal import start_assessment
from review.models import Event, FullText, Report
from review.services import retrieval
from review.services.retrieval import hold_full_text
from review.site.audit import differences
from tests import factories
from tests.extraction import world
from tests.people import Team, team
from tests.screening.wire import words
from tests.site.world import pdf

pytestmark = pytest.mark.django_db
DAMAGE = {"missing": "is missing from the server", "altered": "is not the one that was uploaded"}
PDF = pdf()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.FULLTEXT_DIR = tmp_path / "fulltext"
    return tmp_path / "fulltext"


@pytest.fixture
def t(folder: Path) -> Team:
    return team()


@pytest.fixture
def report(t: Team) -> Report:
    (found,) = factories.reports(factories.search(t.review), 1)
    return factories.include_on_abstract(found, t.ann, t.bo)


@pytest.fixture
def held(t: Team, report: Report) -> FullText:
    """A PDF that Ann uploaded on 3 March, with somebody having looked at it since."""
    made = hold_full_text(report=report, form="pdf", actor=t.ann, upload=("younger.pdf", PDF))
    FullText.objects.filter(pk=made.pk).update(at=datetime(2026, 3, 3, 9, tzinfo=UTC))
    assert read(t, made) == PDF
    return made


def read(t: Team, held: FullText) -> bytes:
    answer = client_of(t.bo).get(file_of(held))
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def file_of(held: FullText) -> str:
    return reverse("review:full_text_file", args=[held.report.review.slug, held.pk])


def damage(how: str, folder: Path, held: FullText) -> None:
    if how == "missing":
        (folder / held.file).unlink()
    else:
        (folder / held.file).write_bytes(PDF.replace(b"200", b"300"))


def upload(t: Team, report: Report, content: bytes) -> None:
    sent = {"pdf-upload": SimpleUploadedFile("again.pdf", content, "application/pdf")}
    url = reverse("screening:hold", args=[t.review.slug, report.pk, "pdf"])
    assert client_of(t.bo).post(url, sent).status_code == 303


@pytest.mark.parametrize("how", DAMAGE)
def test_every_page_with_the_file_says_what_happened_and_what_to_do(
    t: Team, report: Report, held: FullText, folder: Path, how: str
) -> None:
    damage(how, folder, held)
    slug = t.review.slug
    pages = [
        reverse("review:report", args=[slug, report.pk]),
        reverse("screening:retrieval", args=[slug, report.pk]),
        reverse("screening:vote", args=[slug, "full_text", report.pk]),
    ]
    world.form(t.review)
    study = world.study(t.review, report)
    pages.append(reverse("extraction:extract", args=[slug, study.pk]))
    result = world.result(study)
    assessed = start_assessment(result=result, tool=ROB2, actor=t.bo)
    pages.append(reverse("extraction:assessment", args=[slug, assessed.pk]))
    told = f"(younger.pdf) {DAMAGE[how]}, so it cannot be shown. Ann uploaded it on 3 Mar 2026."
    for page in pages:
        answer = client_of(t.bo).get(page)
        said = words(answer.content.decode())
        assert answer.status_code == 200
        assert told in said or "(PDF, its file is lost)" in said, page
        assert "<iframe" not in answer.content.decode()
    assert "Upload the same PDF again" in words(client_of(t.bo).get(pages[1]).content.decode())


@pytest.mark.parametrize("how", DAMAGE)
def test_the_download_answers_with_that_sentence_and_never_with_another_file(
    t: Team, held: FullText, folder: Path, how: str
) -> None:
    damage(how, folder, held)
    answer = client_of(t.bo).get(file_of(held))
    assert answer.status_code == 410
    assert f"(younger.pdf) {DAMAGE[how]}" in words(answer.content.decode())
    assert held.sha256 in answer.content.decode()


@pytest.mark.parametrize("how", DAMAGE)
def test_the_audit_names_it_until_the_same_file_is_uploaded_again(
    t: Team, report: Report, held: FullText, folder: Path, how: str
) -> None:
    damage(how, folder, held)
    (found,) = differences(t.review)
    assert found.startswith(f"full text {held.pk} of report {report.pk} (younger.pdf, uploaded by")
    assert DAMAGE[how] in found and held.sha256 in found

    upload(t, report, pdf() + b"\n% another edition\n")
    assert len(list(differences(t.review))) == 1, "another file is no substitute"

    upload(t, report, PDF)
    assert list(differences(t.review)) == []
    assert FullText.objects.filter(report=report).count() == 2
    assert read(t, held) == PDF
    event = Event.objects.get(what="uploaded a lost full text again")
    assert (event.actor, event.new) == (t.bo, held.sha256)


def test_a_file_that_is_as_it_was_is_not_written_again(
    t: Team, report: Report, held: FullText, folder: Path
) -> None:
    before = (folder / held.file).stat().st_ino
    upload(t, report, PDF)
    assert (folder / held.file).stat().st_ino == before
    assert FullText.objects.count() == 1


def test_an_upload_that_was_not_stored_leaves_no_file(
    t: Team, report: Report, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_order(**_: object) -> None:
        assert len(list(folder.iterdir())) == 1, "the file is written by now"
        raise RuntimeError("The power of the disk's cupboard failed.")

    monkeypatch.setattr(retrieval, "move", out_of_order)
    with pytest.raises(RuntimeError):
        hold_full_text(report=report, form="pdf", actor=t.ann, upload=("younger.pdf", PDF))
    assert list(folder.iterdir()) == []
    assert not FullText.objects.exists()


def orphans(*options: str) -> list[str]:
    output = StringIO()
    call_command("orphans", *options, stdout=output)
    return output.getvalue().splitlines()


def test_files_of_uploads_that_never_ended_are_named_and_cleared(
    held: FullText, folder: Path
) -> None:
    for name in ("left.pdf", "left.pdf.part", "under-way.pdf.part"):
        (folder / name).write_bytes(b"12345")
    for name in ("left.pdf", "left.pdf.part", held.file):
        os.utime(folder / name, (0, 0))
    *named, _ = orphans()
    assert named == ["left.pdf: 5 bytes", "left.pdf.part: 5 bytes"]
    assert len(list(folder.iterdir())) == 4, "nothing is removed unasked"
    assert orphans("--clear")[-1] == "2 files removed."
    assert {path.name for path in folder.iterdir()} == {held.file, "under-way.pdf.part"}
    assert orphans() == ["Every stored PDF has its place."]
