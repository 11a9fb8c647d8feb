"""Getting full texts: attempts, what is held, and reports that could not be retrieved."""

from __future__ import annotations

import hashlib
import io
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import DatabaseError, transaction
from django.utils import timezone
from pypdf import PdfReader

from review.errors import BadFile, Incomplete, WrongPosition
from review.models import FullText, Position, Report, Retrieval, User
from review.models.retrieval import Holding
from review.pdfs import path_of, trouble_with, write
from review.services.flow import lock_reports, move
from review.services.log import log

LARGEST_PDF = 50 * 1024 * 1024  # bytes

IN_RETRIEVAL = (Position.SOUGHT, Position.NOT_RETRIEVED)
FURTHER_ON = (Position.ASSESSING, Position.EXCLUDED_FULL_TEXT, Position.INCLUDED)


@transaction.atomic
def record_attempt(
    *, report: Report, tried_on: date, how: str, actor: User | None, is_demo: bool = False
) -> Retrieval:
    """Note one dated attempt to get the full text.

    Raises Incomplete for a date to come or without a word on what was tried.
    """
    if not how.strip():
        raise Incomplete("Say what you tried, for example: asked the author by e-mail.")
    if tried_on > timezone.localdate():
        raise Incomplete("The date of an attempt cannot lie in the future.")
    (report,) = lock_reports([report.pk])
    _require(report, IN_RETRIEVAL)
    attempt, _ = Retrieval.objects.get_or_create(
        report=report,
        tried_on=tried_on,
        how=how.strip(),
        actor=actor,
        defaults={"is_demo": is_demo},
    )
    return attempt


@transaction.atomic
def give_up(*, report: Report, actor: User | None) -> None:
    """Mark a sought report as not retrieved; it needs a dated attempt (PRISMA 2020 item 16a)."""
    (report,) = lock_reports([report.pk])
    _require(report, (Position.SOUGHT,))
    if not Retrieval.objects.of(report).exists():
        raise Incomplete("Record at least one dated attempt before you mark it as not retrieved.")
    move(report=report, target=Position.NOT_RETRIEVED, cause="not retrieved", actor=actor)


@transaction.atomic
def seek_again(*, report: Report, actor: User | None) -> None:
    """Take "not retrieved" back."""
    (report,) = lock_reports([report.pk])
    _require(report, (Position.NOT_RETRIEVED,))
    move(report=report, target=Position.SOUGHT, cause="sought again", actor=actor)


def hold_full_text(
    *,
    report: Report,
    form: str,
    actor: User | None,
    url: str = "",
    note: str = "",
    upload: tuple[str, bytes] | None = None,
    is_demo: bool = False,
) -> FullText:
    """Record that the full text is held as a PDF (name, bytes), a link or on paper.

    A sought or not retrieved report moves to ``assessing``; one further on just gains the text.
    The same text sent twice is held once; a stored file that the disk lost is put back by it.
    Raises BadFile for anything but a readable PDF, Incomplete without an address on the web for a
    link or without a form, WrongPosition for a report that is not sought.
    """
    held = FullText(form=form, url=url, note=note, actor=actor, is_demo=is_demo)
    if form not in Holding.values:
        raise Incomplete("Choose how the full text is held: PDF, link or paper.")
    if form == Holding.LINK and not _is_address(url):
        raise Incomplete("Enter the address at which the full text can be read, from https:// on.")
    if form == Holding.PDF:
        if upload is None:
            raise Incomplete("Choose the PDF to upload.")
        _read_into(held, *upload)  # takes seconds: before the lock, or it would hold up everybody
    try:
        with transaction.atomic():
            return _hold(report, held, upload[1] if upload and form == Holding.PDF else None)
    except BaseException:
        _leave_no_orphan(held)
        raise


def _hold(report: Report, held: FullText, content: bytes | None) -> FullText:
    (report,) = lock_reports([report.pk])
    if report.position not in FURTHER_ON:
        _require(report, IN_RETRIEVAL)
    values = {name: getattr(held, name) for name in ("form", "url", "note", "sha256")}
    same = report.full_texts.filter(**values).first()
    if content is not None:
        _put_back(report, held, content)
    if same is not None:
        return same
    if content is not None:
        write(held.file, content)
    held.report = report
    held.save()
    if report.position in IN_RETRIEVAL:
        cause = f"held: {held.form}"
        move(report=report, target=Position.ASSESSING, cause=cause, actor=held.actor)
    return held


def _put_back(report: Report, held: FullText, content: bytes) -> None:
    """Write the file anew wherever the review holds the same one and the disk has lost it."""
    rows = FullText.objects.filter(report__review=report.review_id, sha256=held.sha256)
    for row in rows.exclude(file="").defer("text"):
        if (trouble := trouble_with(row, look_again=True)) is None:
            continue
        write(row.file, content)
        log(
            review=report.review,
            actor=held.actor,
            what="uploaded a lost full text again",
            subject=f"full text {row.pk} of report {row.report_id}",
            old=trouble,
            new=row.sha256,
        )


def _leave_no_orphan(held: FullText) -> None:
    """Remove the file of an upload that was not stored.

    Whether it was is asked of the database, which may have stored it though its answer was lost;
    when it cannot say, the file stays, and ``manage.py orphans`` finds it if nobody holds it.
    """
    if held.file:
        with suppress(DatabaseError):
            if not FullText.objects.filter(file=held.file).exists():
                path_of(held).unlink(missing_ok=True)


def _is_address(url: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return False
    return True


def _require(report: Report, positions: tuple[Position, ...]) -> None:
    if report.position not in positions:
        where = Position(report.position).label.lower() if report.position else "merged away"
        raise WrongPosition(f"This report stands at \u201c{where}\u201d now. Reload the page.")


def _read_into(held: FullText, name: str, content: bytes) -> None:
    held.pages, held.text = read_pdf(content)
    held.original_name = Path(name).name[:200]
    held.sha256 = hashlib.sha256(content).hexdigest()
    held.file = f"{secrets.token_hex(16)}.pdf"


def read_pdf(content: bytes) -> tuple[int, str]:
    """Check that these bytes are a readable PDF; give its number of pages and its text.

    Raises BadFile with a sentence that says what to do.
    """
    if len(content) > LARGEST_PDF:
        raise BadFile("This file is larger than 50 MB. Upload a smaller PDF or record a link.")
    if not content.startswith(b"%PDF-"):
        raise BadFile("This is not a PDF. Save the article as PDF and upload that file.")
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadFile("This PDF asks for a password. Save a copy without one and upload that.")
        pages = len(reader.pages)
        text = "\n\f".join(page.extract_text() for page in reader.pages)
    except BadFile:
        raise
    except Exception as error:  # pypdf raises many kinds on damaged files
        raise BadFile("This PDF is damaged and cannot be read. Download it again.") from error
    if pages == 0:
        raise BadFile("This PDF has no pages. Download it again.")
    return pages, text.replace("\x00", "")
