"""Votes: cast, changed and taken back, each once, in one short transaction.

Order of the write path: replay check by the client's nonce, the report's lock, then everything
that the outcome depends on, then the decision, the seat, the standing and the position.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from review.errors import Incomplete, NotAllowed, ReviewError
from review.models import Position, Report, Retrieval, Stage, StageName, User
from review.outage import idempotent
from review.services.flow import lock_reports
from screening.errors import AlreadyComplete, AlreadyDecided, AlreadySettled, MovedOn
from screening.models import Choice, Decision, Kind, Seat, SeatState, Status
from screening.querysets import POSITION_OF
from screening.services.first_votes import completed_by
from screening.services.gate import let_in
from screening.services.in_force import InForce, in_force
from screening.services.seats import LEASE, reseat, take_seat
from screening.services.standing import counted, restand, take_effect

CHANGEABLE = {
    StageName.TITLE_ABSTRACT: (Position.SCREENING, Position.EXCLUDED, Position.SOUGHT),
    StageName.FULL_TEXT: (
        Position.ASSESSING,
        Position.EXCLUDED_FULL_TEXT,
        Position.INCLUDED,
    ),
}


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a voter sends: the choice, and which text, criteria and own vote the page showed.

    ``supersedes`` is the key of the voter's decision that the page knew, None for a first vote.
    """

    report: int
    choice: str
    nonce: str
    reason: int | None = None
    note: str = ""
    revision: int | None = None
    criteria: int | None = None
    supersedes: int | None = None

    @property
    def reason_given(self) -> int | None:
        """The reason that counts: only an exclusion has one."""
        return self.reason if self.choice == Choice.EXCLUDE else None


@idempotent
def cast_vote(*, voter: User, stage: Stage, ballot: Ballot, is_demo: bool = False) -> Decision:
    """Store a vote, a first or a changed one, exactly once per nonce.

    Raises AlreadyDecided when the page did not know the voter's latest vote (or the nonce was
    used for something else), AlreadyComplete when enough others sit, AlreadySettled, MovedOn,
    and Incomplete when a reason is due.
    """
    _validate(stage, ballot)
    try:
        with transaction.atomic():
            return _replayed(voter, stage, ballot) or _cast(voter, stage, ballot, is_demo)
    except (IntegrityError, ReviewError) as refusal:
        # The same click may have been stored between this one's replay check and its lock.
        again = _replayed(voter, stage, ballot)
        if again is not None:
            return again
        if isinstance(refusal, ReviewError):
            raise
        raise AlreadyDecided(
            "Somebody decided on this report in the same moment. Reload the page."
        ) from None


def _validate(stage: Stage, ballot: Ballot) -> None:
    full_text = stage.name == StageName.FULL_TEXT
    if ballot.choice not in Choice.values or (full_text and ballot.choice == Choice.MAYBE):
        raise Incomplete("Choose include or exclude." if full_text else "Choose a decision.")
    if full_text and ballot.choice == Choice.EXCLUDE and ballot.reason is None:
        raise Incomplete("Choose the reason why this full text is excluded.")
    if not ballot.nonce:
        raise Incomplete("The page was incomplete. Reload it and decide again.")


def _replayed(voter: User, stage: Stage, ballot: Ballot) -> Decision | None:
    known = Decision.objects.filter(actor=voter, nonce=ballot.nonce).first()
    if known is None:
        return None
    if known.kind == Kind.OPINION:
        raise AlreadyComplete("This came too late to count as a vote. It was kept as an opinion.")
    same = (known.report_id, known.stage_id, known.choice, known.reason_id) == (
        ballot.report,
        stage.pk,
        ballot.choice,
        ballot.reason_given,
    )
    if not same:
        raise AlreadyDecided(_already(known))
    return known


def _already(known: Decision) -> str:
    return (
        f"You already decided: {known.get_choice_display().lower()}. Change it? "
        "Then decide again on this page."
    )


def _cast(voter: User, stage: Stage, ballot: Ballot, is_demo: bool) -> Decision:
    (report,) = lock_reports([ballot.report]) or [None]  # type: ignore[list-item]
    if report is None or report.position is None or report.review_id != stage.review_id:
        raise MovedOn("This report was merged into another or withdrawn. Go on with the next one.")
    ground = in_force(report, stage, voter)
    let_in(ground, to_vote=True)
    stage = ground.stage  # the page's may be older than the lock
    heads = list(Decision.objects.on(report, stage).heads())
    own = _own(heads, voter, report)
    head = own.pop(report.pk, None)
    counting = counted(heads)
    _refuse_stale(head, ballot, anew=head not in counting)
    _refuse_settled(report, stage)
    _refuse_reason(ballot, ground)
    stay = [d for d in heads if d != head and d not in own.values()]
    decision = Decision.objects.create(
        review_id=report.review_id,
        report=report,
        stage=stage,
        actor=voter,
        kind=Kind.VOTE,
        choice=ballot.choice,
        reason_id=ballot.reason_given,
        note=ballot.note,
        revision_id=ballot.revision,
        criteria_id=ballot.criteria or ground.criteria,
        supersedes=head,
        completed=completed_by(
            before=counting,
            after=counted(stay),
            voter=voter.pk,
            needed=ground.rules.votes_needed,
        ),
        nonce=ballot.nonce,
        is_demo=is_demo,
    )
    heads = [*stay, decision]
    for other in own.values():
        heads.append(_withdraw(other, f"{ballot.nonce[:20]}-{other.pk}"))
        left = Seat.objects.filter(head=other).exclude(report=report)
        left.update(state=SeatState.RELEASED, head=None)
    voted = any(d in counting and d.kind == Kind.VOTE for d in (head, *own.values()) if d)
    _sit(voter, stage, report, decision, voted)
    take_effect(report, stage, heads, ground, voter, f"vote {decision.pk}")
    return decision


def _own(heads: list[Decision], voter: User, report: Report) -> dict[int, Decision]:
    """The voter's standing rows on the report and on duplicates that it absorbed, by report."""
    return {
        d.report_id: d
        for d in heads
        if d.actor_id == voter.pk
        and (d.kind == Kind.VOTE or (d.kind == Kind.WITHDRAW and d.report_id == report.pk))
    }


def _refuse_stale(head: Decision | None, ballot: Ballot, *, anew: bool) -> None:
    """Refuse a page that did not know the vote that stands; ``anew`` says that it counts no more.

    After a withdrawal, and after a return of the report, a first vote is cast again.
    """
    if (head.pk if head else None) == ballot.supersedes:
        return
    if head is not None and ballot.supersedes is None and (anew or head.kind == Kind.WITHDRAW):
        return
    if head is None or head.kind == Kind.WITHDRAW:
        raise AlreadyDecided("You took this vote back in another window. Reload the page.")
    raise AlreadyDecided(_already(head))


def _refuse_settled(report: Report, stage: Stage) -> None:
    if report.position == POSITION_OF[stage.name]:
        return
    if report.position not in CHANGEABLE[StageName(stage.name)]:
        where = Position(report.position).label.lower() if report.position else "merged away"
        raise MovedOn(f"This report stands at “{where}” now; votes at this stage are closed.")
    standing = stage.standings.filter(report=report).first()
    if standing is not None and standing.settled_by in ("settlement", "consensus"):
        raise AlreadySettled("This conflict was settled. A vote cannot change it any more.")
    if report.position == Position.SOUGHT and Retrieval.objects.of(report).exists():
        raise MovedOn("Its full text is being sought. Your vote on its abstract stands.")


def _refuse_reason(ballot: Ballot, ground: InForce) -> None:
    if ballot.reason_given and ballot.reason_given not in ground.reasons:
        raise Incomplete("This reason is not in the criteria any more. Choose another one.")


def _sit(voter: User, stage: Stage, report: Report, decision: Decision, voted_yet: bool) -> None:
    """Mark the voter's seat as voted; somebody without one gets a free seat, if there is one.

    After a merge there may be more voters than seats; who voted may still change their vote.
    """
    open_now = report.position == POSITION_OF[stage.name]
    seats = Seat.objects.filter(report=report, stage=stage, reviewer=voter)
    kept = [SeatState.DONE, SeatState.OPEN] if open_now else [SeatState.DONE]
    voted = {"state": SeatState.DONE, "head": decision, "skipped_at": None}
    if seats.filter(state__in=kept).update(**voted) or voted_yet:
        return
    if not open_now:
        raise AlreadyComplete("This report is decided; it does not need your vote any more.")
    if take_seat(report=report, reviewer=voter, stage=stage) is None:
        raise AlreadyComplete("Enough colleagues have this report already. Go on with the next.")
    seats.update(**voted)


def _withdraw(head: Decision, nonce: str) -> Decision:
    return Decision.objects.create(
        review_id=head.review_id,
        report_id=head.report_id,
        stage_id=head.stage_id,
        actor_id=head.actor_id,
        kind=Kind.WITHDRAW,
        supersedes=head,
        nonce=nonce,
    )


@idempotent
def withdraw_vote(*, voter: User, decision: Decision, nonce: str) -> Decision:
    """Take back one's own standing vote; the report returns to one's queue if it needs a vote.

    Repeating it changes nothing. Raises NotAllowed for a colleague's vote, AlreadyDecided when
    it was superseded, AlreadySettled and MovedOn as for a change.
    """
    if decision.actor_id != voter.pk or decision.kind != Kind.VOTE:
        raise NotAllowed("You can take back only your own vote.")
    try:
        with transaction.atomic():
            return _take_back(voter, decision, nonce)
    except IntegrityError:
        later = Decision.objects.filter(supersedes=decision, kind=Kind.WITHDRAW).first()
        if later is None:
            raise AlreadyDecided(
                "Something else was sent from this page before. Reload it and try again."
            ) from None
        return later


def _take_back(voter: User, decision: Decision, nonce: str) -> Decision:
    stage = decision.stage
    report = _lock_survivor(decision)
    later = Decision.objects.filter(supersedes=decision).first()
    if later is not None:
        again = Decision.objects.filter(supersedes=later).first()
        if later.kind == Kind.WITHDRAW and again is None:
            return later
        raise AlreadyDecided(_already(again or later))
    _refuse_settled(report, stage)
    let_in(in_force(report, stage, decision.actor), to_vote=True)
    withdrawn = _withdraw(decision, nonce)
    standing = restand(report=report, stage=stage, actor=voter, cause=f"withdrawal {withdrawn.pk}")
    # After a merge there may be more voters than needed: then nobody is asked in their place.
    needed = standing.status == Status.PENDING
    Seat.objects.filter(head=decision).update(
        state=SeatState.OPEN if needed else SeatState.RELEASED,
        head=None,
        lease_until=timezone.now() + LEASE,
    )
    if report.absorbed.exists():  # the voter may have voted on another copy too
        reseat(report=report, stage=stage)
    return withdrawn


def _lock_survivor(decision: Decision) -> Report:
    """Lock the report that a decision counts for: its own, or the one that absorbed it."""
    known = Report.objects.values_list("survivor", flat=True).get(pk=decision.report_id)
    rows = {row.pk: row for row in lock_reports([decision.report_id, known or decision.report_id])}
    target = rows[decision.report_id].survivor_id or decision.report_id
    if target not in rows:
        raise MovedOn("This report was merged into another just now. Reload the page.")
    return rows[target]
