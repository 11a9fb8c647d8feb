"""The pages of an import, as a lead without JavaScript goes through them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from review.models import Import, Record, Search, Stage
from review.services import jobs
from review.services.importing import import_file
from review.services.withdrawing import withdraw_import
from tests import factories
from tests.people import Team, member, team
from tests.review.test_imports import RIS

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Team:
    return team()


@pytest.fixture
def embase(who: Team) -> Search:
    return factories.search(who.review, source="Embase")


def lead(who: Team) -> Client:
    client = Client()
    client.force_login(who.lead)
    return client


def at(name: str, who: Team, *args: int) -> str:
    return reverse(f"review:{name}", args=[who.review.slug, *args])


def send(client: Client, who: Team, search: Search, raw: str = RIS, name: str = "e.ris") -> Any:
    file = SimpleUploadedFile(name, raw.encode())
    return client.post(at("import_new", who, search.pk), {"file": file}, follow=True)


def test_a_file_goes_from_upload_over_preview_to_records_and_back(
    who: Team, embase: Search
) -> None:
    client = lead(who)
    shown = send(client, who, embase).content.decode()
    assert "Line 9: This entry is empty. It was left out." in shown
    assert "Import 2 records" in shown
    assert "Naltrexone 4.5 mg for tired legs" in shown
    found = Import.objects.get()
    client.post(at("import_confirm", who, found.pk))
    found.refresh_from_db()
    assert found.run and found.run.job
    jobs.perform(found.run.job.pk, import_file)
    shown = client.get(at("run", who, found.run.pk)).content.decode()
    assert "Line 9: This entry is empty." in shown
    assert found.sha256 in shown
    assert "These counts differ" in shown
    client.post(at("import_undo", who, found.pk), {"reason": "It was the wrong file"})
    found.refresh_from_db()
    assert found.undo
    jobs.perform(found.undo.pk, withdraw_import)
    shown = client.get(at("run", who, found.run.pk)).content.decode()
    assert "It was the wrong file" in shown
    assert not Record.objects.of(who.review).exists()


def test_letters_that_nobody_can_know_are_asked_for_before_anything_else(
    who: Team, embase: Search
) -> None:
    client = lead(who)
    russian = "TY  - JOUR\nTI  - Состояние рецепторного аппарата при гиперплазиях\nER  - \n"
    file = SimpleUploadedFile("r.ris", russian.encode("cp1251"))
    shown = client.post(at("import_new", who, embase.pk), {"file": file}, follow=True)
    assert "only you can know what its letters are" in shown.content.decode()
    assert "Import 1 record" not in shown.content.decode()
    where = at("import_preview", who, Import.objects.get().pk)
    assert client.post(where, {"encoding": ""}).status_code == 422
    shown = client.post(where, {"encoding": "cp1251"}, follow=True)
    assert "Состояние рецепторного аппарата" in shown.content.decode()
    assert "Somebody chose this encoding." in shown.content.decode()


def test_another_sheet_of_a_workbook_can_be_chosen(who: Team, embase: Search) -> None:
    client, book, raw = lead(who), Workbook(), io.BytesIO()
    book.active.append(["about this file"])
    sheet = book.create_sheet("Records")
    sheet.append(["Title", "Authors", "Year"])
    sheet.append(["Trial of sore arms", "Berg S; Okafor A", 2019])
    book.save(raw)
    file = SimpleUploadedFile("embase.xlsx", raw.getvalue())
    client.post(at("import_new", who, embase.pk), {"file": file})
    found = Import.objects.get()
    values = {"format": "sheet", "encoding": "utf-8", "sheet": "Records"}
    shown = client.post(at("import_preview", who, found.pk), values, follow=True).content.decode()
    assert "Trial of sore arms" in shown
    assert "Berg S, Okafor A" in shown
    found.refresh_from_db()
    assert (found.sheet, [each["field"] for each in found.columns]) == (
        "Records",
        ["title", "author", "year"],
    )


def test_a_file_that_was_confirmed_cannot_be_changed_or_discarded(
    who: Team, embase: Search
) -> None:
    client = lead(who)
    send(client, who, embase)
    found = Import.objects.get()
    client.post(at("import_confirm", who, found.pk))
    client.post(at("import_discard", who, found.pk))
    assert Import.objects.filter(pk=found.pk).exists()
    answer = client.get(at("import_preview", who, found.pk))
    found.refresh_from_db()
    assert answer["Location"] == at("run", who, found.run_id or 0)


def test_a_file_that_nobody_confirmed_is_on_the_page_of_its_search(
    who: Team, embase: Search
) -> None:
    client = lead(who)
    send(client, who, embase)
    shown = client.get(at("search", who, embase.pk)).content.decode()
    assert "waits for you to confirm it" in shown


def test_the_page_of_a_withdrawn_report_says_why(who: Team, embase: Search) -> None:
    client = lead(who)
    send(client, who, embase)
    found = Import.objects.get()
    client.post(at("import_confirm", who, found.pk))
    found.refresh_from_db()
    assert found.run and found.run.job
    jobs.perform(found.run.job.pk, import_file)
    client.post(at("import_undo", who, found.pk), {"reason": "It was the wrong file"})
    found.refresh_from_db()
    assert found.undo
    jobs.perform(found.undo.pk, withdraw_import)
    report = Record.objects.filter(search=embase).order_by("pk")[0].report_id
    shown = client.get(at("report", who, report)).content.decode()
    assert "It was the wrong file" in shown
    assert "Withdrawn: the import that it came from was undone" in shown
    assert "e.ris</a>" in shown


def test_a_refused_file_is_answered_with_why(who: Team, embase: Search) -> None:
    answer = send(lead(who), who, embase, "%PDF-1.7")
    assert answer.status_code == 422
    assert "This is a PDF." in answer.content.decode()


def test_neither_file_nor_list_is_answered_with_what_to_do(who: Team, embase: Search) -> None:
    answer = lead(who).post(at("import_new", who, embase.pk), {})
    assert answer.status_code == 422
    assert "Choose a file, or paste a list." in answer.content.decode()


def test_the_same_file_is_said_to_be_here_before_anybody_confirms(
    who: Team, embase: Search
) -> None:
    client = lead(who)
    send(client, who, embase)
    client.post(at("import_confirm", who, Import.objects.get().pk))
    shown = send(client, who, embase, name="again.ris").content.decode()
    assert "This very file was imported" in " ".join(shown.split())


def test_a_hostile_name_is_shown_as_text_and_leads_nowhere(who: Team, embase: Search) -> None:
    client = lead(who)
    shown = send(client, who, embase, name='"><script>\u202ealert(1)<.ris').content.decode()
    assert "<script>\u202e" not in shown
    assert "&lt;script&gt;alert(1)&lt;.ris" in shown
    found = Import.objects.get()
    answer = client.get(at("import_file", who, found.pk))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer) == RIS.encode()


def test_a_blind_voter_is_not_handed_the_file_that_names_the_authors(
    who: Team, embase: Search
) -> None:
    client = lead(who)
    send(client, who, embase)
    found = Import.objects.get()
    member_of = who.review.memberships.get(user=who.lead)
    member_of.is_reviewer = True
    member_of.save()
    Stage.objects.filter(review=who.review, name="title_abstract").update(hide_authors=True)
    assert client.get(at("import_file", who, found.pk)).status_code == 403


def test_another_lead_who_votes_blind_sees_no_authors_in_the_preview(
    who: Team, embase: Search
) -> None:
    send(lead(who), who, embase)
    other = who.stranger
    member(who.review, other, "lead", "reviewer")
    Stage.objects.filter(review=who.review, name="title_abstract").update(hide_authors=True)
    client = Client()
    client.force_login(other)
    shown = client.get(at("import_preview", who, Import.objects.get().pk)).content.decode()
    assert "Okafor" not in shown


def test_encoding_and_columns_can_be_changed_before_anything_is_taken_in(
    who: Team, embase: Search
) -> None:
    client = lead(who)
    send(client, who, embase, "Naam,Jaar\nTrial of sore arms,2019\n", "table.csv")
    found = Import.objects.get()
    values = {"format": "table", "encoding": "utf-8", "delimiter": ","}
    columns = {"column0": "title", "column1": "year"}
    shown = client.post(at("import_preview", who, found.pk), values | columns, follow=True)
    assert "Trial of sore arms" in shown.content.decode()
    found.refresh_from_db()
    assert [each["field"] for each in found.columns] == ["title", "year"]
