"""A report's history in words, without a word about who voted how."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from review.ledger import entries, passed_screening
from review.models import Position, Report
from review.services.flow import move
from review.services.matching import join_reports, part_reports
from review.services.retrieval import give_up, hold_full_text, record_attempt, seek_again
from screening.services.votes import withdraw_vote
from tests import factories
from tests.people import Team, team


@pytest.fixture
def t(db: None) -> Team:
    return team()


@pytest.fixture
def report(t: Team) -> Report:
    return factories.reports(factories.search(t.review), 1)[0]


def said(report: Report) -> list[str]:
    """The lines: what happened, by whom, and where it stood then."""
    lines = []
    for entry in entries(Report.objects.select_related("survivor").get(pk=report.pk)):
        who = f" by {entry.who}" if entry.who else ""
        reason = f" ({entry.reason})" if entry.reason else ""
        lines.append(f"{entry.what}{who}: {entry.standing}{reason}")
    return lines


def vote_both(t: Team, report: Report, choice: str, **more: Any) -> Any:
    factories.vote(t.ann, report, choice, **more)
    return factories.vote(t.bo, report, choice, **more)


def test_whole_way_of_a_report_reads_like_a_story(t: Team, report: Report) -> None:
    vote_both(t, report, "include")
    report.refresh_from_db()
    record_attempt(report=report, tried_on=date(2024, 11, 1), how="Wrote", actor=t.ann)
    give_up(report=report, actor=t.ann)
    seek_again(report=report, actor=t.bo)
    hold_full_text(report=report, form="paper", actor=t.ann)
    vote_both(t, report, "exclude", at="full_text", reason="Wrong population")
    assert said(report) == [
        "Identified: To screen",
        "Title and abstract: decided: Full text sought",
        "Not retrieved by Ann: Not retrieved",
        "Sought again by Bo: Full text sought",
        "Full text held on paper by Ann: Full text to assess",
        "Full text: decided: Excluded at full text (Wrong population)",
    ]


def test_no_line_names_a_voter(t: Team, report: Report) -> None:
    vote_both(t, report, "include")
    whole = " ".join(said(report))
    assert "Ann" not in whole
    assert "Bo" not in whole


def test_report_that_awaits_votes_again_does_not_tell_how_it_was_decided(
    t: Team, report: Report
) -> None:
    """A third reviewer who takes the free seat must not learn what the standing vote is."""
    last = vote_both(t, report, "exclude")
    assert said(report)[1:] == ["Title and abstract: decided: Excluded on title and abstract"]
    withdraw_vote(voter=t.bo, decision=last, nonce="take it back")
    assert said(report) == ["Identified: To screen"]


def test_ledger_of_an_undecided_report_is_the_same_whatever_was_voted(t: Team) -> None:
    one, two, three = factories.reports(factories.search(t.review), 3)
    factories.vote(t.ann, one, "include")
    factories.vote(t.ann, two, "exclude")
    assert said(one) == said(two) == said(three) == ["Identified: To screen"]


def test_full_text_that_is_open_again_keeps_only_the_way_to_it(t: Team, report: Report) -> None:
    vote_both(t, report, "include")
    report.refresh_from_db()
    hold_full_text(report=report, form="paper", actor=t.ann)
    last = vote_both(t, report, "include", at="full_text")
    assert said(report)[-1] == "Full text: decided: Included"
    withdraw_vote(voter=t.bo, decision=last, nonce="take it back")
    assert said(report) == [
        "Identified: To screen",
        "Title and abstract: decided: Full text sought",
        "Full text held on paper by Ann: Full text to assess",
    ]


def test_copy_that_was_decided_does_not_tell_while_its_survivor_awaits_votes(t: Team) -> None:
    """The votes on a copy count for the survivor."""
    one, copy = factories.reports(factories.search(t.review), 2)
    vote_both(t, copy, "exclude")
    copy.refresh_from_db()
    merge = join_reports(
        survivor=one, absorbed=copy, rule="x", why="same", similarities={}, actor=t.lead
    )
    assert said(copy) == ["Identified: To screen"]
    move(report=one, target=Position.EXCLUDED, cause="merge 1", actor=t.lead)
    assert said(copy) == [
        "Identified: To screen",
        "Title and abstract: decided: Excluded on title and abstract",
        "Merged into another report by Lead: ",
    ]
    part_reports(merge=merge, actor=t.lead)
    assert said(copy)[-1] == (
        "Split from the report that it had been merged into by Lead: Excluded on title and abstract"
    )


@pytest.mark.parametrize("now", Position.values)
def test_what_may_be_read_depends_on_where_the_report_stands_not_on_causes(
    t: Team, report: Report, now: str
) -> None:
    for target in ("excluded", "sought", "assessing", "included"):
        move(report=report, target=target, cause="imported", actor=None)
    move(report=report, target=now, cause="imported", actor=None)
    kept = {entry.position for entry in entries(report)}
    if now == "screening":
        assert kept == {"screening"}
    elif now == "assessing":
        assert kept == {"screening", "excluded", "sought", "assessing"}
    else:
        assert kept == {"screening", "excluded", "sought", "assessing", "included", now}


@pytest.mark.parametrize(
    ("where", "passed"),
    [
        ("screening", False),
        ("excluded", False),
        ("removed_other", False),
        ("sought", True),
        ("not_retrieved", True),
        ("included", True),
    ],
)
def test_full_texts_and_studies_show_from_sought_on(
    t: Team, report: Report, where: str, passed: bool
) -> None:
    move(report=report, target=where, cause="test", actor=None)
    assert passed_screening(report) is passed


def test_cause_that_nobody_foresaw_is_shown_as_it_is(t: Team, report: Report) -> None:
    move(report=report, target="removed_other", cause="outside the date limits", actor=t.lead)
    assert said(report)[-1] == "Outside the date limits by Lead: Removed for other reasons"
