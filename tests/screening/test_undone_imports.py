"""Undoing an import after screening began: votes stay in the history, counts and queues follow."""

from __future__ import annotations

import pytest

from review.models import Merge, Report, Search, SearchRun
from review.prisma.notes import footnotes
from review.services import jobs
from review.services.importing import import_file
from review.services.imports import confirm, receive
from review.services.withdrawing import start_undo, withdraw_import
from review.site.audit import differences
from review.site.flow import counts_of
from screening.errors import MovedOn
from screening.models import Decision, Seat
from screening.services.merging import merge_reports, split_reports
from screening.services.seats import next_seat
from tests import factories
from tests.factories import stage, vote
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Team:
    return team()


@pytest.fixture
def embase(who: Team) -> Search:
    return factories.search(who.review, source="Embase")


def ris(*numbers: int) -> bytes:
    one = "TY  - JOUR\nTI  - Sore arms and trial number {n}\nAU  - Okafor, Adaeze\nPY  - 2021\n"
    one += "DO  - 10.5555/arms.{n}\nER  -\n"
    return "".join(one.format(n=n) for n in numbers).encode()


def taken_in(search: Search, who: Team, raw: bytes) -> SearchRun:
    found = receive(search=search, name="a.ris", chunks=[raw], actor=who.lead)
    run = confirm(imported=found, actor=who.lead)
    jobs.perform(run.job_id or 0, import_file)
    return SearchRun.objects.select_related("imported").get(pk=run.pk)


def undo(run: SearchRun, who: Team) -> None:
    job = start_undo(imported=run.imported, reason="Wrong file", actor=who.lead)
    jobs.perform(job.pk, withdraw_import)


def reports_of(search: Search) -> list[Report]:
    return [record.report for record in search.records.order_by("pk").select_related("report")]


def test_votes_on_withdrawn_reports_stay_and_the_reports_count_nowhere(
    who: Team, embase: Search
) -> None:
    run = taken_in(embase, who, ris(1, 2, 3))
    first, second, third = reports_of(embase)
    for voter in (who.ann, who.bo):
        vote(voter, first, "exclude")
        vote(voter, second, "include")
    vote(who.ann, third, "include")
    undo(run, who)
    assert Decision.objects.filter(report__in=(first, second, third)).count() == 5
    counts = counts_of(who.review)
    assert (counts.records_screened, counts.records_excluded, counts.left.sought) == (0, 0, 0)
    assert counts.awaiting == 0
    assert "§ Without 3 records of imports that were undone." in footnotes(counts)
    assert not [each.name for each in counts.equations if not each.holds]
    assert list(differences(who.review)) == []


def test_nobody_is_shown_a_withdrawn_report_also_who_had_it_open(who: Team, embase: Search) -> None:
    run = taken_in(embase, who, ris(1))
    held = next_seat(reviewer=who.ann, stage=stage(who.review))
    assert held is not None
    undo(run, who)
    assert next_seat(reviewer=who.ann, stage=stage(who.review)) is None
    assert next_seat(reviewer=who.bo, stage=stage(who.review)) is None
    with pytest.raises(MovedOn):
        vote(who.ann, held.report, "include")
    assert Seat.objects.filter(report=held.report).exists()


def test_a_report_that_pubmed_found_too_keeps_its_votes_and_its_place(
    who: Team, embase: Search
) -> None:
    run = taken_in(embase, who, ris(1))
    (first,) = reports_of(embase)
    cinahl = factories.search(who.review, source="CINAHL")
    taken_in(cinahl, who, ris(1))
    for voter in (who.ann, who.bo):
        vote(voter, first, "include")
    undo(run, who)
    first.refresh_from_db()
    assert first.position == "sought"
    assert first.counted_by == cinahl
    assert counts_of(who.review).database_specific_results == {"Embase": 0, "CINAHL": 1}
    assert list(differences(who.review)) == []


@pytest.mark.parametrize("first_undone", ["survivor", "absorbed"])
def test_splitting_a_merge_brings_no_withdrawn_report_back(
    who: Team, embase: Search, first_undone: str
) -> None:
    cinahl = factories.search(who.review, source="CINAHL")
    runs = {"survivor": taken_in(embase, who, ris(1)), "absorbed": taken_in(cinahl, who, ris(2))}
    (survivor,), (absorbed,) = reports_of(embase), reports_of(cinahl)
    vote(who.ann, survivor, "include")
    merge = merge_reports(survivor=survivor, absorbed=absorbed, why="the same", actor=who.lead)
    undo(runs[first_undone], who)
    split_reports(merge=Merge.objects.get(pk=merge.pk), actor=who.lead)
    kept = {"survivor": absorbed, "absorbed": survivor}[first_undone]
    assert list(Report.objects.of(who.review)) == [kept]
    assert list(differences(who.review)) == []
