"""Reports that are taken out before screening, many at once while others screen, and come back.

PRISMA 2020 counts them apart from what was screened. What is marked ``both`` runs a second time on
PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from review.models import Event, Job, Move, Removal, Report
from review.services import jobs
from review.services.records import identify
from review.services.searches import _hand_run
from review.site.audit import differences
from review.site.flow import counts_of
from screening.models import Decision, Kind, Standing
from screening.services import removing
from screening.services.merging import merge_reports, split_reports
from screening.services.seats import next_seat
from screening.services.votes import withdraw_vote
from screening.tasks import remove_reports, restore_reports
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import paper, signed_in, url
from tests.screening.wire import words

pytestmark = pytest.mark.django_db
AT = "title_abstract"
OTHER, TOOL = "removed_other", "removed_by_automation"
TASKS: dict[str, Callable[[int], None]] = {
    removing.REMOVE: remove_reports,
    removing.RESTORE: restore_reports,
}


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 6)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing, "CHUNK", 2)
    monkeypatch.setattr(removing, "PAUSE", 0)


@pytest.fixture(autouse=True)
def consistent(team: people.Team) -> Iterator[None]:
    """After every removal the history, the projections and PRISMA's equations agree."""
    yield
    assert list(differences(team.review)) == []


def choose(team: people.Team, chosen: list[Report]) -> Removal:
    return removing.select_reports(
        review=team.review,
        reports=[report.pk for report in chosen],
        selection="a list",
        actor=team.lead,
    )


def work() -> None:
    """What the worker does with the jobs that wait."""
    for job in Job.objects.filter(state="queued").order_by("pk"):
        TASKS[job.task](job.pk)


def remove(team: people.Team, chosen: list[Report], target: str = OTHER, tool: str = "") -> Removal:
    removal = choose(team, chosen)
    removing.start_removal(
        removal=removal, target=target, reason="Test record", tool=tool, actor=team.lead
    )
    work()
    removal.refresh_from_db()
    return removal


def undo(team: people.Team, removal: Removal) -> Removal:
    removal.refresh_from_db()
    removing.start_restore(removal=removal, actor=team.lead)
    work()
    removal.refresh_from_db()
    return removal


def positions(reports: list[Report]) -> list[str | None]:
    stands = dict(Report.objects.values_list("pk", "position"))
    return [stands[report.pk] for report in reports]


# What goes and what stays ---------------------------------------------------------------------


@pytest.mark.both
@pytest.mark.parametrize(
    ("target", "tool", "box"),
    [(OTHER, "", "excluded_other"), (TOOL, "RCT classifier 2.1", "excluded_automatic")],
)
def test_what_is_removed_is_counted_in_its_box_and_each_report_is_logged(
    team: people.Team, reports: list[Report], target: str, tool: str, box: str
) -> None:
    removal = remove(team, reports[:3], target, tool)
    assert positions(reports) == [target] * 3 + ["screening"] * 3
    counts = counts_of(team.review)
    assert (getattr(counts, box), counts.left.screening_pending) == (3, 3)
    assert counts.records_screened == 0
    moves = Move.objects.filter(cause=f"removal {removal.pk}")
    assert [(m.origin, m.target, m.actor) for m in moves] == [("screening", target, team.lead)] * 3
    assert (removal.removed, removal.skipped) == (3, [])
    event = Event.objects.get(what="removed reports before screening")
    assert (event.actor, event.reason, event.new["tool"]) == (team.lead, "Test record", tool)  # type: ignore[index]


@pytest.mark.both
def test_what_people_voted_on_or_read_now_stays_and_is_listed(
    team: people.Team, reports: list[Report]
) -> None:
    voted, taken_back, _, decided, merged, _ = reports
    vote(team.ann, voted, "include")
    mine = vote(team.ann, taken_back, "include")
    withdraw_vote(voter=team.ann, decision=mine, nonce="back")
    taken_back.seats.update(state="released")
    next_seat(reviewer=team.bo, stage=factories.stage(team.review))
    factories.include_on_abstract(decided, team.ann, team.bo)
    merge_reports(survivor=decided, absorbed=merged, why="Same", actor=team.lead)
    held = set(Report.objects.filter(seats__reviewer=team.bo, seats__state="open"))
    removal = remove(team, reports)
    why = dict(removal.skipped)
    assert why[voted.pk] == why[next(iter(held)).pk] == removing.IN_HANDS
    assert why[decided.pk] == "it stands at “full text sought”"
    assert why[merged.pk] == "it was merged into another or withdrawn"
    gone = {report.pk for report in reports} - set(why)
    assert gone and {each.pk for each in held}.isdisjoint(gone)
    assert removal.removed == len(gone)


def test_a_vote_that_was_taken_back_is_none_and_one_on_a_duplicate_is(
    team: people.Team, reports: list[Report]
) -> None:
    first, second, third, *_ = reports
    mine = vote(team.ann, first, "include")
    withdraw_vote(voter=team.ann, decision=mine, nonce="back")
    first.seats.update(state="released")
    vote(team.ann, third, "exclude")
    third.seats.update(state="released")
    merge_reports(survivor=second, absorbed=third, why="Same", actor=team.lead)
    second.seats.update(state="released")
    stay = removing.refused(list(Report.objects.filter(pk__in=[first.pk, second.pk])))
    assert stay == {second.pk: removing.IN_HANDS}
    second.seats.update(state="done")


def test_a_report_without_text_can_go_with_a_reason(team: people.Team) -> None:
    search = factories.search(team.review)
    identify(run=_hand_run(search), identifiers=["90000001"])
    report = Report.objects.get(records__identifier="90000001")
    remove(team, [report])
    assert positions([report]) == [OTHER]


def test_a_report_of_another_review_is_not_there(team: people.Team, reports: list[Report]) -> None:
    other = people.team("other", shared=team)
    foreign = factories.reports(factories.search(other.review), 1, first=5001)[0]
    address = f"{url('removal_new', team.review)}?report={foreign.pk}"
    assert signed_in(team.lead).get(address).status_code == 404
    sent = {"pasted": "5001 1001"}
    answer = signed_in(team.lead).post(url("removal_new", team.review), sent, follow=True)
    assert "1 of the identifiers names no report of this review" in words(answer.content.decode())


# Why ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "reason", "tool", "told"),
    [
        (OTHER, "  ", "", "Write the reason"),
        (OTHER, "No abstract", "", "no reason to remove"),
        (OTHER, "the abstract is missing", "", "no reason to remove"),
        (OTHER, "Retracted in 2021", "", "no reason to remove"),
        (TOOL, "Not a trial", " ", "Name the tool"),
        ("excluded", "Not a trial", "", "Say whether"),
    ],
)
def test_a_removal_needs_a_reason_that_is_one_and_names_its_tool(
    team: people.Team, reports: list[Report], target: str, reason: str, tool: str, told: str
) -> None:
    removal = choose(team, reports)
    with pytest.raises(removing.Incomplete, match=told):
        removing.start_removal(
            removal=removal, target=target, reason=reason, tool=tool, actor=team.lead
        )
    assert not Job.objects.exists()


def test_a_conference_abstract_or_a_date_may_be_one(
    team: people.Team, reports: list[Report]
) -> None:
    for report, reason in zip(
        reports, ("Conference abstract of 1998", "Before 2000"), strict=False
    ):
        removal = choose(team, [report])
        removing.start_removal(
            removal=removal, target=OTHER, reason=reason, tool="", actor=team.lead
        )
    work()
    assert positions(reports[:2]) == [OTHER, OTHER]


def test_more_than_can_be_removed_at_once_are_refused(
    team: people.Team, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "MOST", 5)
    with pytest.raises(removing.Incomplete, match="These are 6 reports; choose at most 5"):
        choose(team, reports)


# Back -----------------------------------------------------------------------------------------


@pytest.mark.both
def test_undoing_brings_every_report_back_to_where_it_stood(
    team: people.Team, reports: list[Report]
) -> None:
    vote(team.ann, reports[0], "include")
    factories.include_on_abstract(reports[1], team.ann, team.bo)
    before, numbers = positions(reports), counts_of(team.review).as_json()
    order = [report.pk for report in reports[2:]]
    removal = undo(team, remove(team, reports))
    assert removal.is_undone and removal.undo is not None and removal.undo.made_by == team.lead
    assert positions(reports) == before
    assert counts_of(team.review).as_json() == numbers
    seen = []
    while report := factories.next_report(team.bo, team.review):
        seen.append(report.pk)
        vote(team.bo, report, "exclude")
    assert seen == [reports[0].pk, *order], "and to its place in the queue"


def test_one_report_is_restored_alone_and_the_undo_leaves_it(
    team: people.Team, reports: list[Report]
) -> None:
    removal = remove(team, reports[:3])
    removing.restore_report(report=reports[0], actor=team.lead)
    assert positions(reports[:3]) == ["screening", OTHER, OTHER]
    vote(team.ann, reports[0], "include")
    undo(team, removal)
    assert positions(reports[:3]) == ["screening"] * 3
    with pytest.raises(removing.WrongPosition, match="was not removed"):
        removing.restore_report(report=reports[0], actor=team.lead)


def test_what_was_removed_again_by_another_removal_stays_out(
    team: people.Team, reports: list[Report]
) -> None:
    first = remove(team, reports[:2])
    removing.restore_report(report=reports[0], actor=team.lead)
    remove(team, [reports[0]], TOOL, "Classifier 1")
    undo(team, first)
    assert positions(reports[:2]) == [TOOL, "screening"]


def test_what_was_merged_away_meanwhile_is_named_and_comes_back_by_the_split(
    team: people.Team, reports: list[Report]
) -> None:
    removal = remove(team, reports[:2])
    merge = merge_reports(survivor=reports[5], absorbed=reports[0], why="Same", actor=team.lead)
    undo(team, removal)
    assert removal.undo is not None
    assert removal.undo.problems == [
        f"Report {reports[0].pk} was merged away since; split the merge."
    ]
    split_reports(merge=merge, actor=team.lead)
    assert positions(reports[:2]) == [OTHER, "screening"]
    removing.restore_report(report=Report.objects.get(pk=reports[0].pk), actor=team.lead)
    assert positions(reports[:1]) == ["screening"]


def test_a_removal_is_undone_once_and_only_when_it_has_ended(
    team: people.Team, reports: list[Report]
) -> None:
    removal = choose(team, reports)
    removing.start_removal(removal=removal, target=OTHER, reason="Test", tool="", actor=team.lead)
    removal.refresh_from_db()
    with pytest.raises(removing.AlreadyRunning, match="still running"):
        removing.start_restore(removal=removal, actor=team.lead)
    work()
    undo(team, removal)
    with pytest.raises(removing.AlreadyRunning):
        removing.start_restore(removal=removal, actor=team.lead)


# The job --------------------------------------------------------------------------------------


@pytest.mark.both
def test_a_job_whose_worker_dies_between_two_chunks_goes_on_where_it_was(
    team: people.Team, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = choose(team, reports)
    removing.start_removal(removal=removal, target=OTHER, reason="Test", tool="", actor=team.lead)
    real, calls = removing.lock_reports, iter(range(9))

    def dies_at_third(keys: list[int]) -> list[Report]:
        if next(calls) == 2:
            raise SystemExit("killed")
        return real(keys)

    monkeypatch.setattr(removing, "lock_reports", dies_at_third)
    with pytest.raises(SystemExit):
        work()
    assert positions(reports) == [OTHER] * 4 + ["screening"] * 2
    Job.objects.update(state="queued")  # as when its lease has run out
    work()
    removal.refresh_from_db()
    assert (removal.removed, positions(reports)) == (6, [OTHER] * 6)
    assert Move.objects.filter(cause=f"removal {removal.pk}").count() == 6


def test_a_cancelled_removal_keeps_what_it_did_and_can_be_resumed_or_undone(
    team: people.Team, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = choose(team, reports)
    removing.start_removal(removal=removal, target=OTHER, reason="Test", tool="", actor=team.lead)
    real, calls = removing.lock_reports, iter(range(9))

    def cancelled_at_second(keys: list[int]) -> list[Report]:
        if next(calls) == 1:
            Job.objects.update(state="cancelling")
        return real(keys)

    monkeypatch.setattr(removing, "lock_reports", cancelled_at_second)
    work()
    removal.refresh_from_db()
    job = Job.objects.get()
    assert (job.state, removal.removed, positions(reports).count(OTHER)) == ("cancelled", 2, 2)
    monkeypatch.undo()
    assert jobs.resume(job=job)
    work()
    assert positions(reports) == [OTHER] * 6


def test_started_twice_a_selection_is_carried_out_once(
    team: people.Team, reports: list[Report]
) -> None:
    removal = choose(team, reports)
    for again in (False, True):
        expected = pytest.raises(removing.AlreadyRunning) if again else nullcontext()
        with expected:
            removing.start_removal(
                removal=removal, target=OTHER, reason="Test", tool="", actor=team.lead
            )
    work()
    assert Job.objects.count() == 1


# Votes under way ------------------------------------------------------------------------------


def test_who_decides_on_a_report_that_goes_meanwhile_is_told_and_keeps_the_note(
    team: people.Team, reports: list[Report]
) -> None:
    ann = signed_in(team.ann)
    late = paper(ann, url("queue", team.review, AT), "include", note="Good trial")
    reports[0].seats.update(state="released")  # her lease ran out and was given back
    remove(team, reports[:1])
    answer = ann.post(*late)
    told = words(answer.content.decode())
    assert answer.status_code == 409 and "“removed for other reasons” now" in told
    assert "kept as your opinion" in told and "Good trial" in told
    assert Decision.objects.get().kind == Kind.OPINION
    assert not Standing.objects.filter(votes__gt=0).exists()


# Pages ----------------------------------------------------------------------------------------


def page(client: Client, address: str) -> str:
    return words(client.get(address).content.decode())


def start(client: Client, address: str, **values: str) -> str:
    sent = {"target": OTHER, "reason": "Test record", "tool": ""} | values
    return words(client.post(address, sent, follow=True).content.decode())


def test_a_list_is_removed_and_restored_from_the_pages(
    team: people.Team, reports: list[Report]
) -> None:
    vote(team.ann, reports[0], "include")
    lead = signed_in(team.lead)
    listed = lead.get(f"/r/{team.review.slug}/reports/?position=screening").content.decode()
    found = re.search(r'href="([^"]+)"\s*>Remove these before screening', listed)
    assert found
    choice = page(lead, found[1])
    assert "Chosen: the list “Reports: to screen”, 6 reports to be screened" in choice
    assert "missing abstract is no reason, and neither is a retraction" in choice
    preview = lead.post(found[1], follow=True)
    address = preview.redirect_chain[-1][0]
    told = words(preview.content.decode())
    assert "5 reports would be removed" in told and f"1 stays: {removing.IN_HANDS}" in told
    assert "trial number 1001" in told and positions(reports) == ["screening"] * 6
    assert "Write the reason" not in told
    assert "This field is required" in start(lead, address, reason="")
    assert "no reason to remove" in start(lead, address, reason="No abstract")
    assert "Waiting for the worker" in start(lead, address)
    fragment = lead.get(address, headers={"HX-Request": "true"})
    assert fragment.content.decode().lstrip().startswith('<div class="progress"')
    work()
    assert lead.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    told = page(lead, address)
    assert "5 reports were removed" in told and "Complete" in told and "What stayed" in told
    told = page(lead, url("removals", team.review))
    assert "Test record" in told and "Removed for another reason" in told

    lead.post(f"{address}undo/")
    work()
    assert "5 reports were removed and restored by Lead" in page(lead, address)
    assert "Undone by Lead" in page(lead, url("removals", team.review))
    assert positions(reports) == ["screening"] * 6


@pytest.mark.parametrize("how", ["pasted", "upload"])
def test_identifiers_choose_reports_and_what_names_none_is_shown(
    team: people.Team, reports: list[Report], how: str
) -> None:
    reports[2].records.update(
        doi="10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2"
    )
    text = (
        "1001, PMID: 1002\n1001\n"
        "https://doi.org/10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2\n"
        "99999999 Younger<b>2013"
    )
    file = SimpleUploadedFile("list.csv", b"\xef\xbb\xbf" + text.encode())
    sent = {"pasted": text} if how == "pasted" else {"upload": file}
    lead = signed_in(team.lead)
    answer = lead.post(url("removal_new", team.review), sent, follow=True)
    html = answer.content.decode()
    told = words(html)
    assert "Chosen: 5 identifiers" in told and "3 reports would be removed" in told
    assert "2 of the identifiers name no report" in told and "99999999" in told
    assert "Younger&lt;b&gt;2013" in html
    start(lead, answer.redirect_chain[-1][0])
    work()
    assert positions(reports) == [OTHER] * 3 + ["screening"] * 3


def test_an_empty_choice_and_a_file_that_is_no_text_say_so(
    team: people.Team, reports: list[Report]
) -> None:
    lead, address = signed_in(team.lead), url("removal_new", team.review)
    none = lead.post(address, {})
    assert none.status_code == 422
    assert "Paste identifiers or choose a file" in none.content.decode()
    file = SimpleUploadedFile("list.xlsx", b"PK\x03\x04\0\0")
    answer = lead.post(address, {"upload": file})
    assert answer.status_code == 422 and "not a text file" in answer.content.decode()


def test_one_report_is_removed_and_restored_from_its_own_page(
    team: people.Team, reports: list[Report]
) -> None:
    lead, history = signed_in(team.lead), url("decisions", team.review, reports[0].pk)
    link = f"{url('removal_new', team.review)}?report={reports[0].pk}"
    assert f'href="{link}"' in lead.get(history).content.decode()
    preview = lead.post(link, follow=True)
    assert "1 report would be removed" in words(preview.content.decode())
    start(lead, preview.redirect_chain[-1][0], target=TOOL, tool="Screener 2", reason="Not a trial")
    work()
    told = page(lead, f"/r/{team.review.slug}/reports/{reports[0].pk}/")
    assert "Removed before screening: Not a trial (Screener 2), by Lead" in told
    said = lead.post(url("restore", team.review, reports[0].pk), follow=True)
    assert "Restored. It is screened after all." in words(said.content.decode())
    assert positions(reports[:1]) == ["screening"]
    told = page(lead, f"/r/{team.review.slug}/reports/{reports[0].pk}/")
    assert "Restored: it is screened after all, by Lead" in told


def test_another_leads_selection_is_not_shown_before_it_is_started(
    team: people.Team, reports: list[Report]
) -> None:
    removal = choose(team, reports)
    dee = people.person("dee@example.org")
    people.member(team.review, dee, "lead")
    address = url("removal", team.review, removal.pk)
    assert signed_in(dee).get(address).status_code == 404
    removing.start_removal(removal=removal, target=OTHER, reason="Test", tool="", actor=team.lead)
    assert signed_in(dee).get(address).status_code == 200
    work()


def test_only_leads_remove_and_restore(team: people.Team, reports: list[Report]) -> None:
    removal = remove(team, reports[:1])
    for who in (team.ann, team.adjudicator, team.observer, team.admin):
        client = signed_in(who)
        for name, *args in (("removals",), ("removal_new",), ("removal", removal.pk)):
            assert client.get(url(str(name), team.review, *args)).status_code == 403
        for name, pk in (("removal_undo", removal.pk), ("restore", reports[0].pk)):
            assert client.post(url(name, team.review, pk)).status_code == 403
    assert positions(reports[:1]) == [OTHER]
