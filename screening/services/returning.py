"""A decided report goes back to a stage, because a lead says so and why.

The rule: nobody's vote is wiped. What was decided at the stage stays in the history and does not
count any more, so the report waits for all its votes again, of the same people or of others. A
return to title and abstract takes the report out of everything that came after; votes on its full
text wait, and count again if it is included again. Figures of agreement rest on the votes as they
were first complete, which no return changes.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from review.errors import Incomplete, WrongPosition
from review.models import Position, Report, Stage, StageName, User
from review.models.flow import FROM_SOUGHT_ON
from review.services.flow import lock_reports, move
from review.services.log import log
from screening.models import Decision, Kind, Seat, SeatState
from screening.services.gate import let_in
from screening.services.in_force import in_force
from screening.services.standing import BEFORE, restand

DECIDED = {
    StageName.TITLE_ABSTRACT: (Position.EXCLUDED, *FROM_SOUGHT_ON),
    StageName.FULL_TEXT: (
        Position.EXCLUDED_FULL_TEXT,
        Position.INCLUDED,
        Position.ONGOING,
        Position.AWAITING,
    ),
}


@dataclass(frozen=True, slots=True)
class Return:
    """What the form sends: why, and the position that its page showed."""

    reason: str
    stood: str
    nonce: str


def stages_to_return_to(report: Report) -> list[StageName]:
    """The stages at which a report is decided, as far as its position says."""
    return [name for name, positions in DECIDED.items() if report.position in positions]


@transaction.atomic
def return_report(*, report: Report, stage: Stage, sent: Return, actor: User) -> Decision:
    """Open a report again at a stage; sent twice it is returned once.

    Raises Incomplete without a reason, WrongPosition when the report is not decided there or has
    moved since the page was made, StageShut while nobody may vote there.
    """
    if not sent.reason.strip():
        raise Incomplete("Say why the report goes back, so that readers can follow it.")
    (report,) = lock_reports([report.pk])
    known = Decision.objects.filter(actor=actor, nonce=sent.nonce, kind=Kind.RETURN).first()
    if known is not None:
        return known
    _require(report, stage, sent.stood)
    let_in(in_force(report, stage))
    last = [_mark(copy, stage, sent, actor) for copy in _family(report)][-1]
    Seat.objects.filter(report__in=_family(report), stage=stage, state=SeatState.DONE).update(
        state=SeatState.RELEASED, head=None
    )
    origin, cause = report.position, f"return {last.pk}"
    move(report=report, target=BEFORE[StageName(stage.name)], cause=cause, actor=actor)
    restand(report=report, stage=stage, actor=actor, cause=cause)
    log(
        review=report.review,
        actor=actor,
        what=f"returned a report to {stage}",
        subject=f"report {report.pk}",
        old=origin,
        new=report.position,
        reason=sent.reason.strip(),
    )
    return last


def _require(report: Report, stage: Stage, stood: str) -> None:
    if report.position == stood and stage.name in stages_to_return_to(report):
        return
    where = report.get_position_display() if report.position else "merged or withdrawn"
    raise WrongPosition(
        f"This report stands at “{where.lower()}” now, so nothing was changed. Reload the page."
    )


def _family(report: Report) -> list[Report]:
    """The duplicates that it absorbed, and the report itself last."""
    family = Report.objects.filter(Q(pk=report.pk) | Q(survivor=report))
    return sorted(family, key=lambda each: each.pk == report.pk)


def _mark(copy: Report, stage: Stage, sent: Return, actor: User) -> Decision:
    """Write that the decisions on one copy do not count any more."""
    former = Decision.objects.filter(report=copy, stage=stage, kind=Kind.RETURN).heads().first()
    return Decision.objects.create(
        review_id=copy.review_id,
        report=copy,
        stage=stage,
        actor=actor,
        kind=Kind.RETURN,
        note=sent.reason.strip(),
        supersedes=former,
        nonce=sent.nonce if copy.survivor_id is None else f"{sent.nonce[:20]}-{copy.pk}",
    )
