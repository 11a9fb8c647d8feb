"""The pages of duplicates: merges, splits, pairs to answer."""

from __future__ import annotations

import pytest

from review.models import Merge, Report
from screening.services.merging import merge_reports
from screening.views import duplicates
from tests import factories, people
from tests.screening.pages import signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 4)


def live(team: people.Team) -> int:
    return Report.objects.of(team.review).count()


def test_a_merge_by_rule_is_listed_with_its_reason_and_likeness_and_can_be_split(
    team: people.Team, reports: list[Report]
) -> None:
    again = factories.search(team.review, source="Embase")
    values = {"pmid": "1001", "authors": reports[0].face.citation.authors}  # type: ignore[union-attr]
    twin = factories.citation("E1", reports[0].face.citation.title, **values)  # type: ignore[union-attr]
    factories.store_snapshot(search=again, citations=[twin], run=factories._hand_run(again))
    ann, address = signed_in(team.ann), url("duplicates", team.review)
    html = ann.get(address).content.decode()
    assert "By rule (pmid)" in html and "title 100 % alike" in html
    assert "By rule (pmid)" in ann.get(address, {"made": "rule"}).content.decode()
    assert "By rule (pmid)" not in ann.get(address, {"made": "people"}).content.decode()
    said = ann.post(url("merge_split", team.review, Merge.objects.get().pk), follow=True)
    assert "Split. Each report has its records" in said.content.decode()
    assert live(team) == 5
    late = ann.post(url("merge_split", team.review, Merge.objects.get().pk), follow=True)
    assert "split already" in late.content.decode()


@pytest.mark.parametrize("name", ["1002", "report number"])
def test_two_reports_are_found_compared_and_merged_by_hand(
    team: people.Team, reports: list[Report], name: str
) -> None:
    ann, page = signed_in(team.ann), url("merge", team.review, reports[0].pk)
    asked = name if name.isdigit() else str(reports[1].pk)
    found = ann.get(page, {"q": asked}).content.decode()
    assert f"?other={reports[1].pk}" in found
    both = ann.get(page, {"other": reports[1].pk}).content.decode()
    assert "trial number 1001" in both and "trial number 1002" in both
    sent = {"other": reports[1].pk, "why": "The same trial, one page number mistyped"}
    said = ann.post(page, sent, follow=True).content.decode()
    assert "You can split them again" in said and "one page number mistyped" in said
    assert live(team) == 3


def test_a_merge_by_hand_needs_a_reason(team: people.Team, reports: list[Report]) -> None:
    page = url("merge", team.review, reports[0].pk)
    answer = signed_in(team.ann).post(page, {"other": reports[1].pk, "why": ""})
    assert answer.status_code == 422 and live(team) == 4


def test_a_report_is_not_merged_with_itself(team: people.Team, reports: list[Report]) -> None:
    page = url("merge", team.review, reports[0].pk)
    answer = signed_in(team.ann).post(page, {"other": reports[0].pk, "why": "Same"})
    assert answer.status_code == 409 and live(team) == 4


def test_a_name_that_nothing_bears_is_said(team: people.Team, reports: list[Report]) -> None:
    page = url("merge", team.review, reports[0].pk)
    assert "No report of this review" in signed_in(team.ann).get(page, {"q": "9"}).content.decode()


def test_another_reviews_report_is_neither_found_nor_merged(
    team: people.Team, reports: list[Report]
) -> None:
    other = people.team("other", shared=team)
    foreign = factories.reports(factories.search(other.review), 1, first=2001)[0]
    ann, page = signed_in(team.ann), url("merge", team.review, reports[0].pk)
    for asked in ("2001", str(foreign.pk)):
        assert "trial number 2001" not in ann.get(page, {"q": asked}).content.decode()
    assert ann.get(page, {"other": foreign.pk}).status_code == 404
    assert ann.post(page, {"other": foreign.pk, "why": "Same"}).status_code == 404


def test_merges_come_in_pages_by_key_and_observers_only_read(
    team: people.Team, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "PER_PAGE", 1)
    older, newer = (
        merge_reports(survivor=one, absorbed=two, why=f"Same {one.pk}", actor=team.lead)
        for one, two in (reports[:2], reports[2:])
    )
    observer, address = signed_in(team.observer), url("duplicates", team.review)
    first = observer.get(address).content.decode()
    assert newer.why in first and older.why not in first and "Split again" not in first
    assert older.why in observer.get(f"{address}?before={newer.pk}").content.decode()
