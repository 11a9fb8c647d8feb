"""The queue of possible duplicates in the browser without JavaScript, and its fragment."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from review.models import Merge, Pair, Report
from review.services.stages import set_rules
from tests import factories, people
from tests.factories import vote
from tests.screening.pages import signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> people.Team:
    return people.team()


@pytest.fixture
def reports(team: people.Team) -> list[Report]:
    return factories.reports(factories.search(team.review), 6)


@pytest.fixture
def pairs(team: people.Team, reports: list[Report]) -> list[Pair]:
    """Three pairs, the least likely first."""
    found = []
    for place, score in ((0, 0.7), (2, 0.8), (4, 0.9)):
        first, second = reports[place : place + 2]
        pair = Pair(review=team.review, first=first, second=second, score=score)
        pair.why, pair.similarities = f"Titles alike {score}.", {"title": score}
        pair.save()
        found.append(pair)
    return found


@pytest.fixture
def ann(team: people.Team) -> Client:
    return signed_in(team.ann)


def text(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def shown(answer: HttpResponse) -> Pair:
    return answer.context["asked"].pair  # type: ignore[attr-defined,no-any-return]


def test_the_likeliest_pair_comes_first_side_by_side_with_its_reason(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    answer = ann.get(url("pairs", team.review))
    page = text(answer)
    assert shown(answer) == pairs[2] and "1 of 3 left" in page
    assert "Titles alike 0.9." in page and "Title 90 % alike" in page
    assert "PubMed 1005" in page and "PubMed 1006" in page
    assert "They differ in title, authors, PMID, abstract" in page
    assert "Title differs" in page and "Journal same" in page
    assert '<span class="differs">1006</span>' in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "said", "n"),
    [
        ({"answer": "same"}, "Merged. The last vote of each reviewer", 5),
        ({"answer": "different"}, "Kept apart for good.", 6),
        ({"link": "erratum"}, "Kept apart and linked: correction or retraction notice.", 6),
    ],
)
def test_an_answer_leads_to_the_next_pair_and_says_what_was_done(
    team: people.Team, pairs: list[Pair], ann: Client, sent: dict[str, str], said: str, n: int
) -> None:
    answer = ann.post(url("pair", team.review, pairs[2].pk), sent, follow=True)
    assert shown(answer) == pairs[1] and said in text(answer) and "1 of 2 left" in text(answer)
    assert Report.objects.of(team.review).count() == n
    back = ann.post(url("pair_undo", team.review, pairs[2].pk), follow=True)
    assert shown(back) == pairs[2] and "Taken back." in text(back)
    assert Report.objects.of(team.review).count() == 6


def test_next_shows_the_pair_behind_and_at_the_end_the_first_again(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    address, seen = url("pairs", team.review), []
    answer = ann.get(address)
    for _ in pairs:
        seen.append(shown(answer))
        answer = ann.get(address, {"after": shown(answer).pk})
    assert seen == pairs[::-1] and shown(answer) == pairs[2]
    assert "That was the last one" in text(answer)


def test_what_was_skipped_does_not_come_back_after_the_next_answer(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    ann.get(url("pairs", team.review), {"after": pairs[2].pk})
    sent = {"answer": "different"}
    answer = ann.post(url("pair", team.review, pairs[1].pk), sent, follow=True)
    assert shown(answer) == pairs[0]


def test_a_fragment_is_the_part_of_the_page_that_htmx_swaps(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    answer = ann.get(url("pairs", team.review), headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert html.lstrip().startswith('<div id="pairs"') and "<html" not in html
    assert shown(answer) == pairs[2]


def test_a_pair_without_an_answer_is_asked_again(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    answer = ann.post(url("pair", team.review, pairs[1].pk), {"answer": "perhaps"})
    assert answer.status_code == 422 and shown(answer) == pairs[1]
    assert "Choose an answer." in text(answer)


def test_who_is_late_sees_what_the_other_said_and_the_next_pair(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    address, sent = url("pair", team.review, pairs[2].pk), {"answer": "different"}
    signed_in(team.bo).post(address, sent)
    answer = ann.post(address, {"answer": "same"})
    assert answer.status_code == 409 and shown(answer) == pairs[1]
    assert "Bo has answered this pair already" in text(answer)


def test_a_proposal_leaves_my_queue_and_stands_in_my_colleagues(
    team: people.Team, pairs: list[Pair], reports: list[Report], ann: Client
) -> None:
    vote(team.ann, reports[4], "include")
    vote(team.bo, reports[5], "exclude")
    address = url("pair", team.review, pairs[2].pk)
    answer = ann.post(address, {"answer": "same"}, follow=True)
    assert "as soon as a second person says the same" in text(answer)
    assert shown(answer) == pairs[1] and "1 of 2 left" in text(answer)
    bo = signed_in(team.bo)
    assert "Ann says that they are the same" in text(bo.get(url("pairs", team.review)))
    assert "in conflict on" in text(bo.post(address, {"answer": "same"}, follow=True))


def test_authors_that_are_hidden_from_a_voter_are_hidden_here(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    stage = factories.stage(team.review)
    set_rules(stage=stage, hide_authors=True, actor=team.lead, reason="Blind")
    for name in ("pairs", "pairs_accept"):
        page = text(ann.get(url(name, team.review), {"score": 50}))
        assert "trial number 1006" in page and "Writer" not in page and "PubMed 1006" not in page


def test_when_nothing_waits_the_page_says_so(team: people.Team, ann: Client) -> None:
    assert "No possible duplicates wait for you" in text(ann.get(url("pairs", team.review)))


# Many at once -------------------------------------------------------------------------------


def test_the_pairs_above_a_score_are_shown_and_merged_only_when_said_so(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    address = url("pairs_accept", team.review)
    page = ann.get(address, {"score": 80})
    assert "2 pairs, the likeliest first" in text(page) and "trial number 1001" not in text(page)
    assert not Merge.objects.exists()
    chosen = re.findall(r'name="pair"\s+value="(\d+)"', page.content.decode())
    assert chosen == [str(pairs[2].pk), str(pairs[1].pk)]
    done = ann.post(address, {"pair": chosen}, follow=True)
    assert "2 merged; each can be split again" in text(done)
    assert Report.objects.of(team.review).count() == 4
    for merge in Merge.objects.all():
        ann.post(url("merge_split", team.review, merge.pk))
    assert Report.objects.of(team.review).count() == 6


def test_more_pairs_than_one_act_takes_or_none_are_refused(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    address = url("pairs_accept", team.review)
    assert ann.post(address, {"pair": list(range(1, 300))}).status_code == 404
    assert ann.post(address, {}).status_code == 404
    assert not Merge.objects.exists()


# Where open pairs are told of ---------------------------------------------------------------


def test_the_page_of_duplicates_counts_what_waits_and_lists_what_is_linked(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    ann.post(url("pair", team.review, pairs[2].pk), {"link": "reply"})
    page = text(ann.get(url("duplicates", team.review)))
    assert "2 possible duplicates to answer" in page and "Linked: comment or reply Ann" in page
    observer = text(signed_in(team.observer).get(url("duplicates", team.review)))
    assert "2 possible duplicates" in observer and "Answer them" not in observer.split("Merged")[1]


@pytest.mark.parametrize("who", ["ann", "lead"])
def test_who_begins_to_screen_is_warned_of_open_pairs(
    team: people.Team, pairs: list[Pair], who: str
) -> None:
    if who == "lead":
        team.review.memberships.filter(user=team.lead).update(is_reviewer=True)
    reader, address = signed_in(getattr(team, who)), url("queue", team.review, "title_abstract")
    warning = "Possible duplicates wait for an answer"
    assert warning in text(reader.get(address))
    assert warning not in text(reader.get(url("queue", team.review, "full_text")))
    Pair.objects.update(answer="different")
    assert warning not in text(reader.get(address))


def test_who_opens_a_stage_again_is_warned_of_open_pairs(
    team: people.Team, pairs: list[Pair]
) -> None:
    lead, address = signed_in(team.lead), url("state", team.review, "title_abstract")
    lead.post(address, {"act": "lock", "reason": "Until Monday"})
    assert "3 possible duplicates wait for an answer" in text(lead.get(address))


def test_a_stage_cannot_be_closed_while_a_pair_waits_and_can_be_when_it_was_answered(
    team: people.Team, reports: list[Report]
) -> None:
    for report in reports:
        factories.include_on_abstract(report, team.ann, team.bo)
    pair = Pair.objects.create(review=team.review, first=reports[0], second=reports[1], why="DOI")
    lead, address = signed_in(team.lead), url("state", team.review, "title_abstract")
    close = {"act": "close", "reason": "Done"}
    assert "1 possible duplicate to answer" in text(lead.post(address, close))
    assert factories.stage(team.review).is_open
    lead.post(url("pair", team.review, pair.pk), {"answer": "different"})
    lead.post(address, close)
    assert factories.stage(team.review).state == "closed"


def test_the_diagram_is_a_draft_while_a_pair_waits_also_as_a_file(
    team: people.Team, reports: list[Report], ann: Client
) -> None:
    for report in reports:
        for voter in (team.ann, team.bo):
            vote(voter, report, "exclude")
    pair = Pair.objects.create(review=team.review, first=reports[0], second=reports[1], why="DOI")
    files = [f"/r/{team.review.slug}/", *(_flow(team, name) for name in ("svg", "json"))]
    said = ("1 possible duplicate", "1 possible duplicate awaits an answer", '"draft": true')
    for address, words in zip(files, said, strict=True):
        assert words in ann.get(address).content.decode()
    assert "DRAFT" in ann.get(files[1]).content.decode()
    ann.post(url("pair", team.review, pair.pk), {"answer": "different"})
    assert "DRAFT" not in ann.get(files[1]).content.decode()
    assert '"draft": false' in ann.get(files[2]).content.decode()


def _flow(team: people.Team, ending: str) -> str:
    return reverse(f"site:flow_{ending}", args=[team.review.slug])


def test_open_pairs_are_among_what_i_can_do_next(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    assert "3 possible duplicates" in text(ann.get(f"/r/{team.review.slug}/"))


def test_what_a_colleague_told_apart_can_be_asked_again(
    team: people.Team, pairs: list[Pair], ann: Client
) -> None:
    signed_in(team.bo).post(url("pair", team.review, pairs[2].pk), {"answer": "different"})
    page = text(ann.get(url("duplicates", team.review)))
    assert "Told apart by people" in page and "Different reports Bo" in page
    again = url("pair_again", team.review, pairs[2].pk)
    assert shown(ann.post(again, follow=True)) == pairs[2]
    assert ann.post(again).status_code == 409, "it waits already"
    assert "Ask again" not in text(ann.get(url("duplicates", team.review)))


def test_merging_by_hand_what_a_voter_may_not_merge_alone_waits_for_a_second_person(
    team: people.Team, reports: list[Report], ann: Client
) -> None:
    vote(team.ann, reports[0], "include")
    vote(team.bo, reports[1], "exclude")
    sent = {"other": reports[1].pk, "why": "One trial"}
    page = text(ann.post(url("merge", team.review, reports[0].pk), sent, follow=True))
    assert "as soon as a second person says the same" in page and "conflict on" not in page
    assert Report.objects.of(team.review).count() == 6


def test_a_merge_keeps_how_alike_the_two_were(team: people.Team, pairs: list[Pair]) -> None:
    lead = signed_in(team.lead)
    lead.post(url("pair", team.review, pairs[2].pk), {"answer": "same"})
    assert "title 90 % alike" in text(lead.get(url("duplicates", team.review)))
