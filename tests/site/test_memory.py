"""D14: what is large is done piece by piece, so that memory does not grow with a review.

The short form compares a review with one four times as large and counts what Python holds at its
most, which no load of the machine changes.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from review.models import FullText, Review
from review.services.retrieval import LARGEST_PDF
from review.tables import FORMATS, write
from screening import resources
from tests import factories
from tests.bench.large_review import large_review
from tests.people import Team, team

pytestmark = pytest.mark.django_db
FEW = 60


def peak(act: Callable[[], Any]) -> int:
    """The most bytes that Python held at once because of this."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_memory_of_an_export_does_not_grow_with_the_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "CHUNK", 20)

    def export(review: Review, ending: str) -> None:
        assert write(tmp_path / f"table.{ending}", *resources.decision_rows(review))

    def peaks(reports: int) -> dict[str, int]:
        with transaction.atomic():
            review = large_review(reports).review
            export(review, "xlsx")  # what is loaded once
            found = {to: peak(partial(export, review, to)) for to in FORMATS}
            transaction.set_rollback(True)
        return found

    small, large = peaks(FEW), peaks(4 * FEW)
    for ending in FORMATS:
        assert large[ending] < 1.5 * small[ending], f"{ending}: {small} bytes, {large} for 4 times"


def records(review: Review) -> list[str]:
    _, rows = resources.decision_rows(review)
    return [f"{row[3]} {row[16]} {row[17]} {row[18]} {row[19]}" for row in rows]


def test_an_export_in_pieces_is_the_export_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    review = large_review(FEW).review
    whole = records(review)
    monkeypatch.setattr(resources, "CHUNK", 7)
    assert records(review) == whole
    assert len(set(whole)) == len(whole) > FEW


@pytest.fixture
def t() -> Team:
    return team()


def upload(t: Team, sent: Any) -> Any:
    (report,) = factories.reports(factories.search(t.review), 1)
    factories.include_on_abstract(report, t.ann, t.bo)
    client = Client()
    client.force_login(t.ann)
    url = reverse("screening:hold", args=[t.review.slug, report.pk, "pdf"])
    return client.post(url, {"pdf-upload": sent}), report


def test_a_pdf_that_is_too_large_is_refused_unread(
    t: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(*_: object) -> bytes:
        raise AssertionError("it was read into memory")

    monkeypatch.setattr("screening.forms.full_texts.LARGEST_PDF", 3 * 1024**2)
    monkeypatch.setattr(TemporaryUploadedFile, "read", unread, raising=False)
    answer, report = upload(t, SimpleUploadedFile("large.pdf", b"%PDF-" + b"0" * 4 * 1024**2))
    assert answer.status_code == 422
    assert "This file is larger than 50 MB" in answer.content.decode()
    assert not FullText.objects.filter(report=report).exists()


def test_what_is_larger_than_any_file_may_be_is_refused_before_it_is_received(t: Team) -> None:
    client = Client()
    client.force_login(t.ann)
    size = str(settings.LARGEST_REQUEST + 1)
    answer = client.post(
        "/", b"", content_type="application/octet-stream", headers={"Content-Length": size}
    )
    assert answer.status_code == 413
    assert LARGEST_PDF < 200 * 1024**2, "and one of 200 MB is refused by its form"
