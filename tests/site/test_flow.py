"""The review's flow end to end through the services: counts, audit, merges."""

from __future__ import annotations

import pytest

from review.models import Position
from review.site.audit import differences
from review.site.flow import counts_of
from screening.services.settle import Ruling, settle
from tests.factories import hold, include_on_abstract, reports, search, stage, vote
from tests.people import team

pytestmark = pytest.mark.django_db


def test_a_small_review_adds_up_at_every_step() -> None:
    who = team()
    pubmed = search(who.review)
    found = reports(pubmed, 6)
    by_hand = reports(search(who.review, kind="citation", source="Reference lists"), 1, first=9001)
    first, second, third, fourth, *_ = found
    for report in (first, second):
        include_on_abstract(report, who.ann, who.bo)
    for person in (who.ann, who.bo):
        vote(person, third, "exclude")
    vote(who.ann, fourth, "include")
    vote(who.bo, fourth, "exclude")
    include_on_abstract(by_hand[0], who.ann, who.bo)
    hold(first, who.ann)
    for person in (who.ann, who.bo):
        vote(person, first, "include", at="full_text")

    counts = counts_of(who.review)

    assert list(differences(who.review)) == []
    assert counts.database_results == 6
    assert counts.other_net["citation"] == 1
    assert counts.records_screened == 3
    assert counts.records_excluded == 1
    assert counts.left.screening_conflicts == 1
    assert counts.left.screening_pending == 2
    assert counts.left.sought == 2
    assert (counts.new_studies, counts.new_reports) == (1, 1)
    assert counts.awaiting == 5
    conflict = stage(who.review).standings.get(report=fourth)
    settle(
        adjudicator=who.adjudicator,
        report=fourth,
        stage=stage(who.review),
        ruling=Ruling("exclude", "Not oral", conflict.last_id or 0, "n1"),
    )
    fourth.refresh_from_db()
    assert fourth.position == Position.EXCLUDED
    assert list(differences(who.review)) == []
