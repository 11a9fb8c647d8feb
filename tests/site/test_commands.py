"""``manage.py prisma`` and ``manage.py audit``: what they print, and what an audit finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from review import triggers
from review.models import Merge, Move, Record, Report, Review
from screening.models import Decision, Seat, Standing
from screening.services.merging import merge_reports
from tests.factories import hold, include_on_abstract, reports, search, vote
from tests.people import Team, team

pytestmark = pytest.mark.django_db
DATA_NAMES = {
    "database_results",
    "register_results",
    "website_results",
    "organisation_results",
    "citations_results",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "records_screened",
    "records_excluded",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "dbr_assessed",
    "dbr_excluded",
    "other_sought_reports",
    "other_notretrieved_reports",
    "other_assessed",
    "other_excluded",
    "new_studies",
    "new_reports",
}


@pytest.fixture
def who() -> Team:
    """A review with an exclusion, an open vote, a merge and a full text."""
    found = team()
    first, second, third, fourth, fifth = reports(search(found.review), 5)
    for voter in (found.ann, found.bo):
        vote(voter, first, "exclude")
    vote(found.ann, second, "include")
    merge_reports(survivor=third, absorbed=fourth, why="The same trial", actor=found.lead)
    hold(include_on_abstract(fifth, found.ann, found.bo), found.ann)
    return found


def run(*words: str) -> str:
    output = StringIO()
    call_command(*words, stdout=output)
    return output.getvalue()


@pytest.mark.parametrize("named", ["slug", "id"])
def test_prisma_prints_the_numbers_under_the_data_names(who: Team, named: str) -> None:
    review = who.review.slug if named == "slug" else str(who.review.pk)
    values = json.loads(run("prisma", review))
    assert values.keys() >= DATA_NAMES
    assert values["database_results"] == 5
    assert (values["duplicates"], values["records_excluded"], values["draft"]) == (1, 1, True)
    assert {equation["holds"] for equation in values["equations"]} == {True}
    client = Client()
    client.force_login(who.observer)
    assert client.get(reverse("site:flow_json", args=[who.review.slug])).json() == values


def test_prisma_prints_the_diagram(who: Team) -> None:
    svg = run("prisma", who.review.slug, "--format", "svg")
    root = ElementTree.fromstring(svg)  # noqa: S314  (our own)
    words = " ".join(root.itertext())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "DRAFT" in words
    assert "Records screened" in words


@pytest.mark.parametrize("command", ["prisma", "audit"])
def test_a_review_that_does_not_exist_is_answered_with_those_that_do(
    who: Team, command: str
) -> None:
    for name in ("ldm", "999999"):
        with pytest.raises(CommandError, match=f"There is no review {name}. There are: ldn"):
            run(command, name)


def test_a_slug_wins_over_an_id(who: Team) -> None:
    other = Review.objects.create(slug=f"{who.review.pk}", title="A number as name")
    assert json.loads(run("prisma", other.slug))["database_results"] == 0


@pytest.mark.parametrize("named", ["slug", "id"])
def test_a_sound_review_passes(who: Team, named: str) -> None:
    review = who.review.slug if named == "slug" else str(who.review.pk)
    assert run("audit", review) == "ldn: the history, the positions and the counts agree.\n"


def at(position: str) -> Report:
    return Report.objects.filter(position=position).order_by("pk")[0]


def a_position_by_hand() -> None:
    Report.objects.filter(pk=at("screening").pk).update(position="included")


def a_position_moved_back() -> None:
    Report.objects.filter(position="excluded").update(position="screening")


def a_trigger_gone() -> None:
    with connection.cursor() as cursor:
        name, table = next(t for t in triggers.installed() if t[1] == "screening_decision")
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")


def a_standing_changed() -> None:
    Standing.objects.filter(choice="exclude").update(choice="include")


def a_standing_gone() -> None:
    Standing.objects.filter(choice="exclude").delete()


def a_record_moved() -> None:
    Record.objects.filter(report=at("excluded")).update(report=at("screening"))


def a_merged_record_moved() -> None:
    (record,) = Merge.objects.get().records
    Record.objects.filter(pk=record).update(report=at("assessing"))


def a_merge_undone_by_hand() -> None:
    Merge.objects.update(split_at="2026-01-01T00:00:00Z")


def another_source() -> None:
    Report.objects.filter(position="excluded").update(arm="right")


def another_reason() -> None:
    reason = at("excluded").review.reasons.first()
    Report.objects.filter(position="excluded").update(reason=reason)


def a_seat_gone() -> None:
    Seat.objects.filter(report=at("excluded")).first().delete()


def one_more_seat() -> None:
    seat = Seat.objects.filter(report=at("excluded")).first()
    seat.pk, seat.number, seat.reviewer = None, 2, seat.report.review.memberships.first().user
    Seat.objects.filter(report=seat.report, number=2).update(state="released")
    seat.save()


def a_move_gone() -> None:
    triggers.drop()
    Move.objects.filter(target="excluded").delete()
    triggers.install()


def a_vote_rewritten() -> None:
    triggers.drop()
    Decision.objects.filter(choice="exclude").update(choice="include")
    triggers.install()


def a_vote_gone() -> None:
    Seat.objects.update(head=None)
    Standing.objects.update(last=None)
    triggers.drop()
    Decision.objects.filter(report=at("excluded"))[:1].get().delete()
    triggers.install()


DAMAGES: dict[Callable[[], None], str] = {
    a_position_by_hand: "stands at included, its moves say",
    a_position_moved_back: "stands at screening, its moves say",
    a_trigger_gone: "screening_decision can be changed",
    a_standing_changed: "stands as final include at title and abstract",
    a_standing_gone: "has decisions at title and abstract but no standing",
    a_record_moved: "has no record",
    a_merged_record_moved: "into which it was merged",
    a_merge_undone_by_hand: "was merged away, but by no merge",
    another_source: "are not those of its records",
    another_reason: "its moves say",
    a_seat_gone: "has a vote without a seat",
    one_more_seat: "has a vote without a seat, or the reverse",
    a_move_gone: "its moves say",
    a_vote_rewritten: "its decisions say",
    a_vote_gone: "its decisions say pending",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_an_audit_says_what_was_damaged_and_fails(who: Team, damage: Callable[[], None]) -> None:
    damage()
    output = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit", who.review.slug, stdout=output)
    assert ended.value.code == 1
    *sentences, last = output.getvalue().splitlines()
    assert [sentence for sentence in sentences if DAMAGES[damage] in sentence], sentences
    assert last == f"{len(sentences)} differences in ldn."


def test_an_audit_looks_at_one_review(who: Team) -> None:
    other = team("other", shared=who)
    reports(search(other.review), 1)
    a_position_by_hand()
    assert "agree" in run("audit", other.review.slug)
