"""The pages on the way to a full text."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pypdf import PdfWriter

from review.models import FullText, Report, Retrieval
from screening.views import full_text
from tests import factories, people
from tests.screening.pages import signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def sought(team: people.Team) -> list[Report]:
    """Three reports that were included on title and abstract."""
    found = factories.reports(factories.search(team.review), 3)
    return [factories.include_on_abstract(report, team.ann, team.bo) for report in found]


def pdf(content: bytes = b"") -> SimpleUploadedFile:
    if not content:
        written = io.BytesIO()
        writer = PdfWriter()
        writer.add_blank_page(200, 200)
        writer.write(written)
        content = written.getvalue()
    return SimpleUploadedFile("younger.pdf", content, "application/pdf")


def test_the_board_shows_each_report_where_it_stands(
    team: people.Team, sought: list[Report]
) -> None:
    factories.hold(sought[0], team.lead)
    lead, board = signed_in(team.lead), url("full_text", team.review)
    html = lead.get(board).content.decode()
    assert "trial number 1002" in html and "trial number 1001" not in html
    assert 'To get <span class="number">2</span>' in html
    html = lead.get(f"{board}?show=assessing").content.decode()
    assert "trial number 1001" in html and "trial number 1002" not in html
    assert lead.get(f"{board}?show=nonsense&after=x").status_code == 200


def test_the_board_comes_in_pages_by_key(
    team: people.Team, sought: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_text, "PER_PAGE", 2)
    lead, board = signed_in(team.lead), url("full_text", team.review)
    assert f"after={sought[1].place}" in lead.get(board).content.decode()
    rest = lead.get(f"{board}?show=sought&after={sought[1].place}").content.decode()
    assert "trial number 1003" in rest and "trial number 1002" not in rest


def test_an_attempt_then_not_retrieved_then_sought_again(
    team: people.Team, sought: list[Report]
) -> None:
    ann, report = signed_in(team.ann), sought[0]
    page = url("retrieval", team.review, report.pk)
    assert "record at least one dated attempt first" in ann.get(page).content.decode()
    refused = ann.post(url("give_up", team.review, report.pk))
    assert refused.status_code == 422
    assert "Record at least one dated attempt" in refused.content.decode()
    sent = {"tried_on": "2024-03-14", "how": "Asked the library"}
    said = ann.post(url("attempt", team.review, report.pk), sent, follow=True).content.decode()
    assert "14 Mar 2024" in said and "Asked the library" in said and "Ann" in said
    ann.post(url("give_up", team.review, report.pk))
    report.refresh_from_db()
    assert report.position == "not_retrieved"
    ann.post(url("seek_again", team.review, report.pk))
    report.refresh_from_db()
    assert report.position == "sought"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"tried_on": "", "how": "Library"}, "This field is required"),
        ({"tried_on": "14/03/24x", "how": "Library"}, "Enter a valid date"),
        ({"tried_on": "2024-03-14", "how": "  "}, "This field is required"),
        ({"tried_on": "tomorrow", "how": "Library"}, "cannot lie in the future"),
    ],
)
def test_an_attempt_that_cannot_be_is_refused_and_stays_typed(
    team: people.Team, sought: list[Report], sent: dict[str, str], said: str
) -> None:
    if sent["tried_on"] == "tomorrow":
        sent = sent | {"tried_on": str(timezone.localdate() + timedelta(days=1))}
    answer = signed_in(team.ann).post(url("attempt", team.review, sought[0].pk), sent)
    html = answer.content.decode()
    assert answer.status_code == 422 and said in html
    assert sent["how"].strip() in html
    assert not Retrieval.objects.exists()


def test_a_pdf_moves_the_report_to_assessing_and_is_held_once(
    team: people.Team, sought: list[Report], settings: object, tmp_path: object
) -> None:
    settings.FULLTEXT_DIR = tmp_path  # type: ignore[attr-defined]
    ann, address = signed_in(team.ann), url("hold", team.review, sought[0].pk, "pdf")
    content = pdf().read()
    for _ in range(2):
        answer = ann.post(address, {"pdf-upload": pdf(content)}, follow=True)
        assert "Open the PDF in a new tab" in answer.content.decode()
    sought[0].refresh_from_db()
    assert sought[0].position == "assessing"
    assert FullText.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>log in to read</html>", "This is not a PDF"),
        (b"%PDF-1.7 and then nothing", "This PDF is damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    team: people.Team, sought: list[Report], content: bytes, said: str
) -> None:
    address = url("hold", team.review, sought[0].pk, "pdf")
    answer = signed_in(team.ann).post(address, {"pdf-upload": pdf(content)})
    assert answer.status_code == 422 and said in answer.content.decode()
    sought[0].refresh_from_db()
    assert sought[0].position == "sought"


@pytest.mark.parametrize("address", ["", "not an address", "javascript:alert(1)", "ftp://x.org/a"])
def test_a_link_must_be_an_address_on_the_web(
    team: people.Team, sought: list[Report], address: str
) -> None:
    page = url("hold", team.review, sought[0].pk, "link")
    assert signed_in(team.ann).post(page, {"link-url": address}).status_code == 422
    assert not FullText.objects.exists()


def test_a_link_or_paper_is_enough_to_assess(team: people.Team, sought: list[Report]) -> None:
    ann = signed_in(team.ann)
    ann.post(
        url("hold", team.review, sought[0].pk, "link"), {"link-url": "https://example.org/a.pdf"}
    )
    ann.post(url("hold", team.review, sought[1].pk, "paper"), {"paper-note": "Folder 3"})
    for report in sought[:2]:
        report.refresh_from_db()
        assert report.position == "assessing"
    html = ann.get(url("retrieval", team.review, sought[1].pk)).content.decode()
    assert "Folder 3" in html


def test_a_form_of_holding_that_does_not_exist_is_not_found(
    team: people.Team, sought: list[Report]
) -> None:
    address = url("hold", team.review, sought[0].pk, "video")
    assert signed_in(team.ann).post(address).status_code == 404


def test_an_act_on_a_report_that_moved_on_says_where_it_stands(
    team: people.Team, sought: list[Report]
) -> None:
    factories.hold(sought[0], team.lead)
    answer = signed_in(team.ann).post(url("give_up", team.review, sought[0].pk))
    assert answer.status_code == 409
    assert "Full text to assess".lower() in answer.content.decode().lower()


def test_a_report_that_is_still_screened_has_no_way_to_a_full_text(team: people.Team) -> None:
    (report,) = factories.reports(factories.search(team.review), 1)
    ann = signed_in(team.ann)
    assert ann.get(url("retrieval", team.review, report.pk)).status_code == 404
    assert ann.post(url("hold", team.review, report.pk, "paper")).status_code == 404


def test_members_without_the_role_read_only(team: people.Team, sought: list[Report]) -> None:
    html = signed_in(team.observer).get(url("retrieval", team.review, sought[0].pk)).content
    assert b"Upload the PDF" not in html and b"trial number 1001" in html
