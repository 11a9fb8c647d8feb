"""Votes, changes of votes, undo, skip, and the conflicts that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from screening.errors import AlreadyComplete, AlreadySettled, MovedOn, NotInConflict
from screening.models import Decision, Seat, Standing
from screening.services.opinions import keep_late_ruling, keep_late_vote
from screening.services.seats import next_seat, skip
from screening.services.settle import Ruling, agree, settle
from screening.services.votes import Ballot, cast_vote, withdraw_vote
from tests.site.any_order.book import Said
from tests.site.any_order.play import FULL_TEXT, Play


def vote(play: Play, person: str, number: int, at: str, choice: str, reason: int = 0) -> None:
    """A vote, or a changed one, from a page that was opened now; sent twice it is one."""
    with play.trying(person) as user:
        play.enter(user, "vote", at)
        stage, report = play.stage(at), play.live(number)
        known = Decision.objects.latest_of(user, stage).filter(report=report).first()
        needs = choice == "exclude" and at == FULL_TEXT
        ballot = Ballot(
            report=report.pk,
            choice=choice,
            nonce=play.nonce(),
            reason=play.reasons[reason] if needs else None,
            revision=report.face_id,
            supersedes=known.pk if known else None,
        )
        settled = play.book.settled(at, report.pk)
        try:
            cast = cast_vote(voter=user, stage=stage, ballot=ballot)
        except (AlreadyComplete, AlreadySettled, MovedOn):
            keep_late_vote(voter=user, stage=stage, ballot=ballot)
            raise
        assert not settled, "a vote was taken on what was settled"
        play.book.vote(at, Said(cast.pk, "vote", user.pk, report.pk, choice, ballot.reason_given))
        assert cast_vote(voter=user, stage=stage, ballot=ballot) == cast


def vote_from_old_page(play: Play, person: str, number: int, at: str, choice: str) -> None:
    """A vote from a page that did not know the vote that stands: it must not replace it."""
    with play.trying(person) as user:
        play.enter(user, "vote", at)
        report = play.live(number)
        mine = play.book.votes.get((at, report.pk, user.pk))
        ballot = Ballot(report.pk, choice, play.nonce(), reason=play.reasons[0])
        if at != FULL_TEXT:
            ballot = replace(ballot, reason=None)
        cast = cast_vote(voter=user, stage=play.stage(at), ballot=ballot)
        assert mine is None, "a page from before replaced a vote that it did not know"
        reason = ballot.reason_given
        play.book.vote(at, Said(cast.pk, "vote", user.pk, report.pk, choice, reason))


def take_back(play: Play, person: str, at: str, which: int) -> None:
    """Undo: one of the votes of the person that stand, not only the newest."""
    with play.trying(person) as user:
        play.enter(user, "vote", at)
        mine = sorted(
            (
                said
                for (stage, _, voter), said in play.book.votes.items()
                if stage == at and voter == user.pk
            ),
            key=lambda said: -said.key,
        )
        if not mine:
            return
        said = mine[which % len(mine)]
        row = Decision.objects.get(pk=said.key)
        gone = withdraw_vote(voter=user, decision=row, nonce=f"undo-{row.pk}")
        play.book.take_back(at, said)
        assert withdraw_vote(voter=user, decision=row, nonce=f"undo-{row.pk}") == gone


def open_queue(play: Play, person: str, at: str, aside: bool) -> None:
    """The next report, perhaps put aside; nobody is asked for a vote that they have given."""
    with play.trying(person) as user:
        play.enter(user, "vote", at)
        stage = play.stage(at)
        seat = next_seat(reviewer=user, stage=stage)
        if seat is None:
            return
        assert play.book.root(seat.report_id) == seat.report_id, "a merged report is in a queue"
        assert user.pk not in play.book.voters(at, seat.report_id), "asked for a vote twice"
        status = play.book.outcome(at, seat.report_id)
        assert status is None or status[0] == "pending", f"a report {status} is in a queue"
        if aside:
            skip(reviewer=user, stage=stage, report=seat.report)


def rule(play: Play, person: str, number: int, at: str, choice: str, kind: str) -> None:
    """Settle a conflict, or record one's part of a consensus."""
    with play.trying(person) as user:
        report, stage = play.live(number), play.stage(at)
        play.enter(user, "settle" if kind == "settle" else "vote", "" if kind == "settle" else at)
        standing = Standing.objects.filter(report=report, stage=stage).first()
        seen = (standing.last_id if standing else 0) or 0
        reason = play.reasons[0] if choice == "exclude" and at == FULL_TEXT else None
        ruling = Ruling(choice, "Read again", seen, play.nonce(), reason)
        was = play.book.outcome(at, report.pk)
        voters = play.book.voters(at, report.pk)
        try:
            if kind == "settle":
                made = settle(adjudicator=user, report=report, stage=stage, ruling=ruling)
            else:
                made = agree(voter=user, report=report, stage=stage, ruling=ruling)
        except (AlreadySettled, NotInConflict):
            keep_late_ruling(adjudicator=user, report=report, stage=stage, ruling=ruling)
            raise
        rules, family = play.book.rules[at], play.book.family(report.pk)
        assert was in (None, ("conflict", "")), f"what was {was} was settled"
        if kind == "settle":
            assert user.pk not in voters or rules["voter_may_settle"], "a voter settled it"
        else:
            assert user.pk in voters and rules["consensus"], "no voter, or no consensus"
        said = Said(made.pk, kind, user.pk, report.pk, choice, reason, family)
        play.book.rule(at, said)


def let_leases_end(play: Play) -> None:
    """Everybody is at lunch for longer than a seat is kept."""
    past = timezone.now() - timedelta(minutes=1)
    Seat.objects.filter(review=play.review, state="open").update(lease_until=past)
