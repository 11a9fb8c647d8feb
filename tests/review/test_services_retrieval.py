"""Rules of getting full texts (PRISMA 2020 items 8 and 16a)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pypdf import PdfWriter

from review.errors import BadFile, Incomplete, WrongPosition
from review.models import FullText, Move, Report
from review.services import retrieval
from review.services.flow import move
from review.services.retrieval import give_up, hold_full_text, read_pdf, record_attempt, seek_again
from tests import factories
from tests.people import Team, team


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def sought(t: Team) -> Report:
    (report,) = factories.reports(factories.search(t.review), 1)
    move(report=report, target="sought", cause="vote 1", actor=None)
    return report


def at(report: Report, position: str) -> Report:
    move(report=report, target=position, cause="test", actor=None)
    return report


def pdf(pages: int = 1, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def position(report: Report) -> str | None:
    return Report.objects.get(pk=report.pk).position


# Attempts -----------------------------------------------------------------------------------


def test_attempt_of_today_is_noted_with_who_and_how(t: Team, sought: Report) -> None:
    today = timezone.localdate()
    record_attempt(report=sought, tried_on=today, how="Wrote to the author", actor=t.ann)
    attempt = sought.retrievals.get()
    assert (attempt.tried_on, attempt.how, attempt.actor) == (today, "Wrote to the author", t.ann)


def test_attempt_cannot_lie_in_the_future(t: Team, sought: Report) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Incomplete, match="future"):
        record_attempt(report=sought, tried_on=tomorrow, how="Wrote", actor=t.ann)


def test_attempt_says_what_was_tried(t: Team, sought: Report) -> None:
    with pytest.raises(Incomplete, match="what you tried"):
        record_attempt(report=sought, tried_on=timezone.localdate(), how="  ", actor=t.ann)


def test_not_retrieved_needs_a_dated_attempt(t: Team, sought: Report) -> None:
    with pytest.raises(Incomplete, match="at least one dated attempt"):
        give_up(report=sought, actor=t.ann)
    record_attempt(report=sought, tried_on=timezone.localdate(), how="Wrote", actor=t.ann)
    give_up(report=sought, actor=t.ann)
    assert position(sought) == "not_retrieved"


def test_not_retrieved_can_be_taken_back(t: Team, sought: Report) -> None:
    at(sought, "not_retrieved")
    seek_again(report=sought, actor=t.bo)
    assert position(sought) == "sought"
    last = Move.objects.order_by("pk").last()
    assert last is not None
    assert (last.cause, last.actor) == ("sought again", t.bo)


@pytest.mark.parametrize("where", ["screening", "excluded", "assessing", "included"])
def test_attempts_belong_to_retrieval_only(t: Team, sought: Report, where: str) -> None:
    at(sought, where)
    for act in (
        lambda: record_attempt(
            report=sought, tried_on=timezone.localdate(), how="Wrote", actor=t.ann
        ),
        lambda: give_up(report=sought, actor=t.ann),
        lambda: seek_again(report=sought, actor=t.ann),
    ):
        with pytest.raises(WrongPosition, match="Reload"):
            act()
    assert position(sought) == where


# Holding ------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["sought", "not_retrieved"])
@pytest.mark.parametrize(
    ("form", "more"),
    [
        ("paper", {"note": "Library copy"}),
        ("link", {"url": "https://doi.org/10.1002/art.37734"}),
        ("pdf", {"upload": ("Younger 2013.pdf", pdf())}),
    ],
)
def test_holding_the_full_text_begins_the_assessment(
    t: Team, sought: Report, where: str, form: str, more: dict[str, Any]
) -> None:
    at(sought, where)
    hold_full_text(report=sought, form=form, actor=t.ann, **more)
    assert position(sought) == "assessing"
    last = Move.objects.order_by("pk").last()
    assert last is not None
    assert (last.cause, last.actor) == (f"held: {form}", t.ann)


@pytest.mark.parametrize("where", ["assessing", "excluded_full_text", "included"])
def test_report_further_on_gains_the_text_and_stays(t: Team, sought: Report, where: str) -> None:
    at(sought, where)
    hold_full_text(report=sought, form="paper", actor=t.ann)
    assert position(sought) == where
    assert sought.full_texts.count() == 1


@pytest.mark.parametrize("where", ["screening", "excluded", "removed_other"])
def test_no_full_text_before_the_report_is_sought(t: Team, sought: Report, where: str) -> None:
    at(sought, where)
    with pytest.raises(WrongPosition):
        hold_full_text(report=sought, form="pdf", actor=t.ann, upload=("a.pdf", pdf()))
    assert not FullText.objects.exists()


def test_pdf_is_stored_under_a_name_nobody_chose(t: Team, sought: Report, settings: Any) -> None:
    held = hold_full_text(
        report=sought, form="pdf", actor=t.ann, upload=("../../etc/Younger 2013.pdf", pdf(3))
    )
    assert re.fullmatch(r"[0-9a-f]{32}\.pdf", held.file)
    assert (held.original_name, held.pages, held.actor) == ("Younger 2013.pdf", 3, t.ann)
    assert read_pdf((Path(settings.FULLTEXT_DIR) / held.file).read_bytes()) == (3, held.text)


def test_refused_pdf_leaves_no_file(t: Team, sought: Report, settings: Any, tmp_path: Path) -> None:
    settings.FULLTEXT_DIR = tmp_path
    at(sought, "excluded")
    with pytest.raises(WrongPosition):
        hold_full_text(report=sought, form="pdf", actor=t.ann, upload=("a.pdf", pdf()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_pdf_is_read_before_the_lock_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a thick PDF takes seconds, in which nobody else could decide on SQLite."""
    t = team()
    (report,) = factories.reports(factories.search(t.review), 1)
    at(report, "sought")
    locked: list[bool] = []

    def spy(content: bytes) -> tuple[int, str]:
        locked.append(connection.in_atomic_block)
        return 1, ""

    monkeypatch.setattr(retrieval, "read_pdf", spy)
    hold_full_text(report=report, form="pdf", actor=t.ann, upload=("a.pdf", pdf()))
    assert locked == [False]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html>Log in to read</html>", "not a PDF"),
        (b"", "not a PDF"),
        (b"%PDF-1.7 and then nothing", "damaged"),
        (pdf()[:200], "damaged"),
        (pdf(password="secret"), "password"),
        (pdf(0), "no pages"),
        (b"%PDF-" + b"0" * retrieval.LARGEST_PDF, "larger than 50 MB"),
    ],
    ids=["html", "empty", "torn", "cut", "locked", "no pages", "too large"],
)
def test_what_is_no_readable_pdf_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_pdf(content)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "library shelf 4",
        "javascript:alert(1)",
        "ftp://ftp.example.org/a.pdf",
        "data:text/html,x",
    ],
)
def test_link_must_be_an_address_on_the_web(t: Team, sought: Report, url: str) -> None:
    with pytest.raises(Incomplete, match="https://"):
        hold_full_text(report=sought, form="link", actor=t.ann, url=url)


def test_pdf_needs_a_file_and_every_holding_a_form(t: Team, sought: Report) -> None:
    with pytest.raises(Incomplete, match="Choose the PDF"):
        hold_full_text(report=sought, form="pdf", actor=t.ann)
    with pytest.raises(Incomplete, match="PDF, link or paper"):
        hold_full_text(report=sought, form="microfiche", actor=t.ann)
    assert position(sought) == "sought"
