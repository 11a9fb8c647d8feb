"""Lists as files for reference managers: what is on the page, whole, as far as one may know it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from review.exports.writing import FORMATS
from review.imports.entry import Entry
from review.imports.reading import guess, read
from review.models import Search, Stage, User
from review.services.records import identify
from review.services.searches import _hand_run
from tests import factories
from tests.factories import vote
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Team:
    return team()


@pytest.fixture
def pubmed(who: Team) -> Search:
    found = factories.search(who.review)
    factories.reports(found, 3)
    return found


def fetched(user: User, who: Team, ending: str, **query: str) -> bytes:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("review:reports_file", args=[who.review.slug, ending]), query)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return b"".join(answer)


def numbers(raw: bytes) -> list[str]:
    found = read(raw, guess(raw).plan)
    return [each.citation.identifier for each in found if isinstance(each, Entry)]


@pytest.mark.parametrize("ending", FORMATS)
def test_all_reports_are_in_the_file_in_their_order(who: Team, pubmed: Search, ending: str) -> None:
    assert numbers(fetched(who.observer, who, ending)) == ["1001", "1002", "1003"]


def test_the_list_behind_a_number_of_the_diagram_is_that_list(who: Team, pubmed: Search) -> None:
    first = pubmed.records.order_by("pk")[0].report
    for voter in (who.ann, who.bo):
        vote(voter, first, "exclude")
    assert numbers(fetched(who.lead, who, "ris", box="records_excluded")) == ["1001"]
    assert numbers(fetched(who.lead, who, "ris", position="screening")) == ["1002", "1003"]
    results = fetched(who.lead, who, "ris", box="database_results")
    assert numbers(results) == ["1001", "1002", "1003"]


def test_a_report_without_text_is_in_the_file_too(who: Team, pubmed: Search) -> None:
    identify(run=_hand_run(pubmed), identifiers=["9009"])
    listed = numbers(fetched(who.lead, who, "ris", search=str(pubmed.pk)))
    assert listed == ["1001", "1002", "1003", "9009"]


def test_a_blind_voter_gets_no_authors_and_no_numbers_that_lead_to_them(
    who: Team, pubmed: Search
) -> None:
    identify(run=_hand_run(pubmed), identifiers=["9009"])
    Stage.objects.filter(review=who.review, name="title_abstract").update(hide_authors=True)
    for query in ({}, {"search": str(pubmed.pk)}):
        for ending in FORMATS:
            text = fetched(who.ann, who, ending, **query).decode()
            assert "Low-dose naltrexone, trial number 1001" in text
            for told in ("Writer", "Pain\r", "PMID- 1", "9009", '"Pain"', "{Pain}", ",Pain,"):
                assert told not in text
    assert "Writer1001" in fetched(who.lead, who, "ris").decode()


def test_a_page_names_the_files_of_its_list(who: Team, pubmed: Search) -> None:
    client = Client()
    client.force_login(who.lead)
    page = client.get(
        reverse("review:reports", args=[who.review.slug]), {"box": "database_results"}
    )
    assert "export.ris?box=database_results" in page.content.decode()


def test_every_entry_of_a_demo_review_says_that_it_is_no_judgement(
    who: Team, pubmed: Search
) -> None:
    assert "demo example" not in fetched(who.lead, who, "ris").decode()
    who.review.is_demo = True
    who.review.save()
    text = fetched(who.lead, who, "ris", position="screening").decode()
    assert text.count("N1  - [label] demo example, not a judgement") == 3


def test_a_format_that_there_is_not_is_not_found(who: Team, pubmed: Search) -> None:
    client = Client()
    client.force_login(who.lead)
    assert client.get(f"/r/{who.review.slug}/reports/export.exe").status_code == 404
