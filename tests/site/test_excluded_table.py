"""The excluded full texts that PRISMA 2020 item 16b asks for, and those not retrieved."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command

from review.models import Review
from review.services.retrieval import give_up, record_attempt
from review.site.flow import counts_of
from tests import factories
from tests.people import Team, team
from tests.site.test_exports import here_and_now, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Team:
    return team()


def exclude(who: Team, report: object, *reasons: str) -> None:
    factories.hold(factories.include_on_abstract(report, who.ann, who.bo), who.lead)  # type: ignore[arg-type]
    for voter, reason in zip((who.ann, who.bo), reasons, strict=False):
        factories.vote(voter, report, "exclude", at="full_text", reason=reason)  # type: ignore[arg-type]


def test_each_excluded_full_text_has_its_citation_and_reason(who: Team) -> None:
    first, second, half, _ = factories.reports(factories.search(who.review), 4)
    exclude(who, first, "Wrong study design", "Wrong study design")
    exclude(who, second, "Wrong intervention", "Wrong intervention")
    exclude(who, half, "Wrong intervention")
    table = here_and_now(log_in(who.observer), who.review, "excluded")
    assert [(row["PMID"], row["reason"]) for row in table] == [
        ("1002", "Wrong intervention"),
        ("1001", "Wrong study design"),
    ]
    assert table[0]["reference"] == (
        "Writer1002 A. Low-dose naltrexone, trial number 1002. Pain. 2020. PMID: 1002."
    )


def test_a_full_text_that_nobody_could_get_is_listed_with_what_was_tried(who: Team) -> None:
    report, _ = factories.reports(factories.search(who.review), 2)
    factories.include_on_abstract(report, who.ann, who.bo)
    report.refresh_from_db()
    record_attempt(
        report=report, tried_on=date(2024, 3, 14), how="Asked the library", actor=who.lead
    )
    give_up(report=report, actor=who.lead)
    assert here_and_now(log_in(who.lead), who.review, "excluded") == []
    (row,) = here_and_now(log_in(who.lead), who.review, "not-retrieved")
    assert (row["PMID"], row["attempts"]) == ("1001", "2024-03-14 Asked the library")


def test_both_tables_have_as_many_rows_as_the_diagram_counts(settings: object) -> None:
    settings.SITE_IS_LOCAL = True  # type: ignore[attr-defined]
    call_command("demo", verbosity=0)
    review = Review.objects.get(slug="ldn")
    counts = counts_of(review)
    lead = review.memberships.get(is_lead=True).user
    excluded = here_and_now(log_in(lead), review, "excluded")
    missing = here_and_now(log_in(lead), review, "not-retrieved")
    assert {row["label"] for row in excluded + missing} == {"demo example, not a judgement"}
    columns = (counts.left, counts.right)
    assert len(excluded) == sum(sum(column.excluded.values()) for column in columns) > 0
    assert len(missing) == sum(column.not_retrieved for column in columns) > 0
