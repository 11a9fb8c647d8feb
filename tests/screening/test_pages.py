"""The pages of screening, as reviewers meet them: the queue, a vote, one's own decisions."""

from __future__ import annotations

import dataclasses

import pytest

from review.models import Report
from review.services.records import Text, identify, mark_without_text, store_texts
from screening.models import Decision
from screening.views import mine
from tests import factories, people
from tests.screening.pages import paper, signed_in, url

pytestmark = pytest.mark.django_db
AT = "title_abstract"


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 3)


def test_the_queue_shows_a_report_and_after_a_vote_the_next(
    team: people.Team, reports: list[Report]
) -> None:
    ann, queue = signed_in(team.ann), url("queue", team.review, AT)
    first = ann.get(queue).content.decode()
    assert "trial number 1001" in first and "Adults with chronic pain" in first
    assert '<b class="number">1</b> of <span class="number">3</span>' in first
    answer = ann.post(*paper(ann, queue, "exclude"), follow=True)
    assert answer.redirect_chain[0][1] == 303
    after = answer.content.decode()
    assert "Excluded" in after and "Undo" in after and "trial number 1002" in after
    assert '<b class="number">2</b> of <span class="number">3</span>' in after


def test_htmx_gets_the_fragment_and_others_the_page_that_includes_it(
    team: people.Team, reports: list[Report]
) -> None:
    ann, queue = signed_in(team.ann), url("queue", team.review, AT)
    fragment = ann.get(queue, headers={"HX-Request": "true"})
    assert fragment.content.decode().lstrip().startswith('<div id="screening"')
    whole = ann.get(queue).content.decode()
    assert "<!DOCTYPE html>" in whole and 'id="screening"' in whole
    assert "HX-Request" in fragment["Vary"]


def test_an_empty_queue_says_so_and_names_the_next_step(team: people.Team) -> None:
    html = signed_in(team.ann).get(url("queue", team.review, AT)).content.decode()
    assert "Nothing awaits you" in html and "Go on to full texts" in html
    html = signed_in(team.ann).get(url("queue", team.review, "full_text")).content.decode()
    assert "once its full text is held" in html and "Get full texts" in html


def test_undo_shows_the_report_again_and_its_vote_counts_no_more(
    team: people.Team, reports: list[Report]
) -> None:
    ann, queue = signed_in(team.ann), url("queue", team.review, AT)
    ann.post(*paper(ann, queue, "include"))
    cast = Decision.objects.get()
    again = ann.post(url("undo", team.review, AT, cast.pk), follow=True).content.decode()
    assert "Taken back" in again and "trial number 1001" in again
    assert not Decision.objects.latest_of(team.ann, factories.stage(team.review)).exists()


def test_a_second_tab_is_told_what_was_decided_and_keeps_its_note(
    team: people.Team, reports: list[Report]
) -> None:
    ann, queue = signed_in(team.ann), url("queue", team.review, AT)
    late = paper(ann, queue, "exclude", note="Wrong drug, see table 2")
    ann.post(*paper(ann, queue, "include"))
    answer = ann.post(*late)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "You already decided: include" in html and "Wrong drug, see table 2" in html
    changed = ann.post(*paper(ann, late[0], "exclude"), follow=True)
    assert "Changed." in changed.content.decode()
    assert Decision.objects.heads().get().choice == "exclude"


def test_for_htmx_the_same_refusal_is_a_fragment_that_is_swapped_in(
    team: people.Team, reports: list[Report]
) -> None:
    ann, queue = signed_in(team.ann), url("queue", team.review, AT)
    late = paper(ann, queue, "exclude")
    ann.post(*paper(ann, queue, "include"))
    answer = ann.post(*late, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith('<div id="screening"')


def test_who_comes_too_late_gets_the_note_back_and_a_way_on(
    team: people.Team, reports: list[Report]
) -> None:
    cy = people.person("cy@example.org")
    people.member(team.review, cy, "reviewer")
    third = signed_in(cy)
    late = paper(third, url("queue", team.review, AT), "include", note="Good trial")
    reports[0].seats.all().delete()  # the lease ran out, and two others voted since
    factories.vote(team.ann, reports[0], "include")
    factories.vote(team.bo, reports[0], "exclude")
    answer = third.post(*late)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Enough colleagues" in html and "Good trial" in html and "next report" in html
    assert 'name="verdict"' not in html


@pytest.mark.parametrize("what", ["altered", "missing", "of another person", "of another report"])
def test_a_token_that_is_not_this_pages_own_is_refused(
    team: people.Team, reports: list[Report], what: str
) -> None:
    ann, queue = signed_in(team.ann), url("queue", team.review, AT)
    address, sent = paper(ann, queue, "include")
    if what == "altered":
        sent["token"] = f"{sent['token']}x"
    elif what == "missing":
        del sent["token"]
    elif what == "of another person":
        sent["token"] = paper(signed_in(team.bo), queue, "include")[1]["token"]
    else:
        address = url("vote", team.review, AT, reports[1].pk)
    answer = ann.post(address, sent)
    assert answer.status_code == 422
    assert "Reload it and decide again" in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_note_that_is_too_long_is_said_and_not_lost(
    team: people.Team, reports: list[Report]
) -> None:
    ann, queue = signed_in(team.ann), url("queue", team.review, AT)
    answer = ann.post(*paper(ann, queue, "include", note="long " * 1000))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Shorten it to 4,000 characters" in html and "long long long" in html


def test_a_full_text_excluded_without_a_reason_is_asked_for_one(
    team: people.Team, reports: list[Report]
) -> None:
    factories.hold(factories.include_on_abstract(reports[0], team.ann, team.bo), team.lead)
    ann, queue = signed_in(team.ann), url("queue", team.review, "full_text")
    html = ann.get(queue).content.decode()
    assert "On paper. Library copy" in html and 'value="maybe"' not in html
    first, last = (html.index(label) for label in ("Wrong population", "Wrong study design"))
    assert first < last
    answer = ann.post(*paper(ann, queue, "exclude", note="Only healthy people"))
    assert answer.status_code == 422
    again = answer.content.decode()
    assert "Choose the reason" in again and "Only healthy people" in again


def test_a_report_without_text_says_so_and_leads_to_pubmed_not_to_exclusion(
    team: people.Team,
) -> None:
    search = factories.search(team.review)
    identify(run=factories._hand_run(search), identifiers=["31415926"])
    mark_without_text(search=search, problems={"31415926": "PubMed sent no record for it."})
    html = signed_in(team.ann).get(url("queue", team.review, AT)).content.decode()
    assert "That is no reason to exclude it" in html
    assert "https://pubmed.ncbi.nlm.nih.gov/31415926/" in html
    assert 'rel="noopener' in html


def test_my_decisions_lists_my_votes_newest_first_and_nobody_elses(
    team: people.Team, reports: list[Report]
) -> None:
    for report, choice in zip(reports, ("include", "exclude", "maybe"), strict=True):
        factories.vote(team.ann, report, choice)
        factories.vote(team.bo, report, "exclude")
    html = signed_in(team.ann).get(url("mine", team.review, AT)).content.decode()
    places = [html.index(f"trial number {n}") for n in (1003, 1002, 1001)]
    assert places == sorted(places)
    assert html.count("Take back</button>") == 3


def test_my_decisions_come_in_pages_by_key(
    team: people.Team, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mine, "PER_PAGE", 2)
    cast = [factories.vote(team.ann, report, "include") for report in reports]
    ann, address = signed_in(team.ann), url("mine", team.review, AT)
    first = ann.get(address).content.decode()
    assert f"?before={cast[1].pk}" in first and "trial number 1001" not in first
    rest = ann.get(f"{address}?before={cast[1].pk}").content.decode()
    assert "trial number 1001" in rest and "trial number 1002" not in rest
    assert ann.get(f"{address}?before=nonsense").status_code == 200


def test_a_text_that_changed_since_is_marked_in_the_list_and_on_the_report(
    team: people.Team, reports: list[Report]
) -> None:
    factories.vote(team.ann, reports[0], "include")
    ann = signed_in(team.ann)
    pages = [url("mine", team.review, AT), url("vote", team.review, AT, reports[0].pk)]
    assert not any("since you decided" in ann.get(page).content.decode() for page in pages)
    record = reports[0].records.get()
    newer = dataclasses.replace(record.current.citation, title="Naltrexone, corrected")  # type: ignore[union-attr]
    store_texts(search=record.search, texts=[Text(newer)], run=None)
    assert all("since you decided" in ann.get(page).content.decode() for page in pages)


def test_a_demo_vote_is_labelled_wherever_it_is_shown(
    team: people.Team, reports: list[Report]
) -> None:
    for voter, choice in ((team.ann, "include"), (team.bo, "exclude")):
        at = factories.stage(team.review)
        ballot = factories.Ballot(report=reports[0].pk, choice=choice, nonce=f"demo {voter.pk}")
        factories.cast_vote(voter=voter, stage=at, ballot=ballot, is_demo=True)
    ann = signed_in(team.ann)
    for page, votes in [
        (url("mine", team.review, AT), 1),
        (url("conflict", team.review, AT, reports[0].pk), 2),
        (url("decisions", team.review, reports[0].pk), 2),
    ]:
        html = ann.get(page).content.decode()
        assert html.count("Demo example, not a judgement") == votes, page


def test_a_colleagues_vote_is_as_absent_as_one_that_does_not_exist(
    team: people.Team, reports: list[Report]
) -> None:
    cast = factories.vote(team.bo, reports[0], "include")
    ann = signed_in(team.ann)
    theirs = ann.post(url("undo", team.review, AT, cast.pk))
    none = ann.post(url("undo", team.review, AT, cast.pk + 1000))
    assert theirs.status_code == none.status_code == 404


def test_a_stage_that_does_not_exist_is_not_found(team: people.Team) -> None:
    assert signed_in(team.ann).get(url("queue", team.review, "third")).status_code == 404
