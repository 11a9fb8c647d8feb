"""Conflicts: an adjudicator settles with a rationale, or the voters by recorded consensus."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateformat import format as date_format

from review.errors import Incomplete, NotAllowed, ReviewError, Stale
from review.models import Move, Report, Stage, StageName, User
from review.outage import idempotent
from review.services.flow import lock_reports
from screening.errors import AlreadySettled, NotInConflict
from screening.models import Choice, Decision, Kind, Standing, Status
from screening.querysets import POSITION_OF
from screening.services.gate import let_in
from screening.services.in_force import in_force
from screening.services.standing import take_effect


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the form of a conflict sends; ``seen`` is the latest decision that it showed."""

    choice: str
    rationale: str
    seen: int
    nonce: str
    reason: int | None = None

    @property
    def reason_given(self) -> int | None:
        """The reason that counts: only an exclusion has one."""
        return self.reason if self.choice == Choice.EXCLUDE else None


@idempotent
def settle(
    *, adjudicator: User, report: Report, stage: Stage, ruling: Ruling, is_demo: bool = False
) -> Decision:
    """Settle a conflict; the votes stay as they are.

    Raises NotInConflict or AlreadySettled when there is nothing to settle, Stale when a voter
    acted after the page was made, NotAllowed for a voter where the protocol forbids it.
    """
    _validate(stage, ruling)
    if not ruling.rationale.strip():
        raise Incomplete("Write the rationale, so that readers can follow the decision.")
    return _rule(adjudicator, report, stage, ruling, Kind.SETTLE, is_demo)


@idempotent
def agree(*, voter: User, report: Report, stage: Stage, ruling: Ruling) -> Decision:
    """Record one voter's part of a consensus; the conflict ends when all voters agree.

    Raises NotAllowed where the protocol has no consensus or for somebody who did not vote.
    """
    _validate(stage, ruling)
    return _rule(voter, report, stage, ruling, Kind.AGREE, False)


def _validate(stage: Stage, ruling: Ruling) -> None:
    if ruling.choice not in (Choice.INCLUDE, Choice.EXCLUDE):
        raise Incomplete("Choose include or exclude.")
    full_text = stage.name == StageName.FULL_TEXT
    if full_text and ruling.choice == Choice.EXCLUDE and ruling.reason is None:
        raise Incomplete("Choose the reason why this full text is excluded.")


def _rule(
    actor: User, report: Report, stage: Stage, ruling: Ruling, kind: Kind, is_demo: bool
) -> Decision:
    try:
        with transaction.atomic():
            known = _replayed(actor, report, stage, ruling, kind)
            return known or _rule_once(actor, report, stage, ruling, kind, is_demo)
    except (IntegrityError, ReviewError) as refusal:
        # The same click may have been stored between this one's replay check and its lock.
        known = _replayed(actor, report, stage, ruling, kind)
        if known is not None:
            return known
        if isinstance(refusal, ReviewError):
            raise
        raise AlreadySettled("Somebody settled this in the same moment. Reload.") from None


def _replayed(
    actor: User, report: Report, stage: Stage, ruling: Ruling, kind: Kind
) -> Decision | None:
    known = Decision.objects.filter(actor=actor, nonce=ruling.nonce).first()
    if known is None or known.kind == Kind.OPINION:
        return None
    stored = (known.report_id, known.stage_id, known.kind, known.choice, known.reason_id)
    if stored != (report.pk, stage.pk, kind, ruling.choice, ruling.reason_given):
        done = known.get_choice_display().lower()
        raise AlreadySettled(f"You decided this already with the same page: {done}. Reload it.")
    return known


def _rule_once(
    actor: User, report: Report, stage: Stage, ruling: Ruling, kind: Kind, is_demo: bool
) -> Decision:
    (report,) = lock_reports([report.pk])
    ground = in_force(report, stage, actor)
    let_in(ground, to_vote=kind == Kind.AGREE)
    stage = ground.stage  # the page's may be older than the lock
    heads = list(Decision.objects.on(report, stage).heads())
    _refuse(actor, report, stage, ruling, kind, heads)
    if ruling.reason_given and ruling.reason_given not in ground.reasons:
        raise Incomplete("This reason is not in the criteria any more. Choose another one.")
    mine = [d for d in heads if d.kind == kind and d.report_id == report.pk]
    former = [d for d in mine if kind == Kind.SETTLE or d.actor_id == actor.pk]
    decision = Decision.objects.create(
        review_id=report.review_id,
        report=report,
        stage=stage,
        actor=actor,
        kind=kind,
        choice=ruling.choice,
        reason_id=ruling.reason_given,
        note=ruling.rationale.strip(),
        revision_id=report.face_id,
        criteria_id=ground.criteria,
        supersedes=former[-1] if former else None,
        after_move=Move.objects.newest(report.review_id),
        nonce=ruling.nonce,
        is_demo=is_demo,
    )
    heads = [d for d in heads if d not in former[-1:]] + [decision]
    take_effect(report, stage, heads, ground, actor, f"{kind} {decision.pk}")
    return decision


def _refuse(
    actor: User, report: Report, stage: Stage, ruling: Ruling, kind: Kind, heads: list[Decision]
) -> None:
    standing = Standing.objects.filter(report=report, stage=stage).select_related("last__actor")
    now = standing.first()
    if now is None or now.status != Status.CONFLICT:
        if now is not None and now.settled_by in ("settlement", "consensus") and now.last:
            raise AlreadySettled(
                f"{now.last.actor} settled this already: {now.get_choice_display().lower()}. "
                f"It was on {date_format(timezone.localtime(now.last.at), 'j M Y, H:i T')}."
            )
        raise NotInConflict("The votes on this report are not in conflict any more.")
    if report.position != POSITION_OF[stage.name]:
        raise NotInConflict("This report does not stand at this stage any more. Reload the page.")
    if now.last_id != ruling.seen:
        raise Stale("A vote on this report changed while you read it. Look at it again.")
    if kind == Kind.AGREE and not stage.consensus:
        raise NotAllowed("The protocol leaves conflicts at this stage to the adjudicator.")
    voters = {d.actor_id for d in heads if d.kind == Kind.VOTE}
    if kind == Kind.SETTLE and actor.pk in voters and not stage.voter_may_settle:
        raise NotAllowed("You voted on this report; another adjudicator has to settle it.")
    if kind == Kind.AGREE and actor.pk not in voters:
        raise NotAllowed("Only the people who voted can record a consensus.")
