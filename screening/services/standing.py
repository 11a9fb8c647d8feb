"""From decisions to a standing and a position: the only place where a verdict takes effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from review.models import Criterion, Position, Reason, Report, Retrieval, Stage, StageName, User
from review.models.flow import FROM_SOUGHT_ON
from review.services.flow import move
from screening.models import Decision, Kind, Standing, Status
from screening.services.first_votes import keep_completion
from screening.services.in_force import InForce, in_force
from screening.services.rulings import in_force as rulings_in_force
from screening.verdict import Agreement, Choice, Rules, Settlement, Verdict, Vote, verdict

AFTER = {
    (StageName.TITLE_ABSTRACT, Choice.INCLUDE): Position.SOUGHT,
    (StageName.TITLE_ABSTRACT, Choice.EXCLUDE): Position.EXCLUDED,
    (StageName.FULL_TEXT, Choice.INCLUDE): Position.INCLUDED,
    (StageName.FULL_TEXT, Choice.EXCLUDE): Position.EXCLUDED_FULL_TEXT,
}
BEFORE = {
    StageName.TITLE_ABSTRACT: Position.SCREENING,
    StageName.FULL_TEXT: Position.ASSESSING,
}

# Positions from which a stage's verdict may move a report: what was removed stays removed, and a
# full-text verdict waits while title and abstract are open again.
WITHIN_REACH = {
    StageName.TITLE_ABSTRACT: (Position.SCREENING, Position.EXCLUDED, *FROM_SOUGHT_ON),
    StageName.FULL_TEXT: (Position.ASSESSING, Position.INCLUDED, Position.EXCLUDED_FULL_TEXT),
}


def restand(*, report: Report, stage: Stage, actor: User | None, cause: str) -> Standing:
    """Recompute a locked report's standing at a stage and move it where the verdict says."""
    heads = list(Decision.objects.on(report, stage).heads())
    standing = take_effect(report, stage, heads, in_force(report, stage), actor, cause)
    if standing.status != Status.PENDING:
        keep_completion(report=report, stage=stage, counting=counted(heads))
    return standing


def take_effect(
    report: Report,
    stage: Stage,
    heads: Sequence[Decision],
    ground: InForce,
    actor: User | None,
    cause: str,
) -> Standing:
    """Write the standing that follows from the head decisions and move the locked report."""
    judged = _judge(report, heads, ground.rules, ground.criteria)
    standing = _write(report, stage, heads, judged)
    _move(report, stage, judged, ground, actor, cause)
    return standing


def returns(heads: Iterable[Decision]) -> dict[int, int]:
    """The last return of each copy that was returned, by its key."""
    return {head.report_id: head.pk for head in heads if head.kind == Kind.RETURN}


def counted(heads: Sequence[Decision]) -> list[Decision]:
    """The head decisions that count: no opinions, nothing from before the copy's last return."""
    returned = returns(heads)
    return [
        d
        for d in heads
        if d.kind not in (Kind.RETURN, Kind.OPINION) and d.pk > returned.get(d.report_id, 0)
    ]


def judge(
    report: Report, stage: Stage, heads: Sequence[Decision], rules: Rules | None = None
) -> Verdict:
    """Apply the rules in force, or these, to the head decisions on a report and its duplicates."""
    return _judge(report, heads, rules or in_force(report, stage).rules)


def _judge(
    report: Report, heads: Sequence[Decision], rules: Rules, criteria: int | None = None
) -> Verdict:
    returned, heads = returns(heads), counted(heads)
    votes = [
        Vote(d.actor_id, Choice(d.choice), d.reason_id, d.pk, d.report_id)
        for d in heads
        if d.kind == Kind.VOTE
    ]
    rulings = list(rulings_in_force(report, heads, returned))
    settlements = [
        Settlement(Choice(d.choice), d.reason_id, d.pk, copies)
        for d, copies in rulings
        if d.kind == Kind.SETTLE
    ]
    agreements = [
        Agreement(d.actor_id, Choice(d.choice), d.reason_id, d.pk, copies)
        for d, copies in rulings
        if d.kind == Kind.AGREE
    ]
    return verdict(votes, _as_read(heads, rules, criteria), settlements, agreements)


def _as_read(heads: Sequence[Decision], rules: Rules, criteria: int | None) -> Rules:
    """The rules with the reasons in the order of the newest criteria that a voter read.

    So a later change of the criteria does not alter what was decided before it. ``criteria`` is
    the version whose order the rules have, where that is known.
    """
    named = {d.reason_id for d in heads if d.kind in (Kind.VOTE, Kind.AGREE)} - {None}
    read = max((d.criteria_id or 0 for d in heads if d.kind == Kind.VOTE), default=0)
    if len(named) < 2 or read in (0, criteria):
        return rules
    order = Criterion.objects.filter(version=read).order_by("place")
    return replace(rules, reason_order=tuple(order.values_list("reason", flat=True)))


def _write(report: Report, stage: Stage, heads: Sequence[Decision], judged: Verdict) -> Standing:
    heads = counted(heads)
    standing = Standing(
        review_id=report.review_id,
        report=report,
        stage=stage,
        place=report.place,
        status=judged.status,
        choice=judged.choice or "",
        reason_id=judged.reason,
        settled_by=judged.settled_by or "",
        votes=len({d.actor_id for d in heads if d.kind == Kind.VOTE}),
        last=max(heads, key=lambda d: d.pk) if heads else None,
    )
    Standing.objects.bulk_create(
        [standing],
        update_conflicts=True,
        unique_fields=["report", "stage"],
        update_fields=["status", "choice", "reason", "settled_by", "votes", "last"],
    )
    return standing


def _move(
    report: Report,
    stage: Stage,
    judged: Verdict,
    ground: InForce,
    actor: User | None,
    cause: str,
) -> None:
    name = StageName(stage.name)
    if report.position not in WITHIN_REACH[name]:
        return
    target, reason = BEFORE[name], None
    if judged.choice is not None:
        target = AFTER[name, judged.choice]
    if target == Position.SOUGHT:
        target = _after_include(report, ground)
    if name == StageName.TITLE_ABSTRACT and target == report.position:
        return
    if target == Position.EXCLUDED_FULL_TEXT and judged.reason:
        reason = _reason(report, judged.reason, ground)
    move(report=report, target=target, cause=cause, actor=actor, reason=reason)
    if name == StageName.TITLE_ABSTRACT and target == Position.ASSESSING:
        _return_to_full_text(report, actor, cause)


def _return_to_full_text(report: Report, actor: User | None, cause: str) -> None:
    """A report that was opened again at title and abstract has its full-text votes still."""
    stage = Stage.objects.get(review=report.review_id, name=StageName.FULL_TEXT)
    if Decision.objects.on(report, stage).exists():
        restand(report=report, stage=stage, actor=actor, cause=cause)


def _after_include(report: Report, ground: InForce) -> Position:
    """Where an include at title and abstract leads: a report further on stays where it is.

    One that was further on when title and abstract were opened again goes back to where it stood,
    as far as no votes say so: not retrieved, ongoing, awaiting classification. One that was there
    for the sake of a copy that was split off does not: the copy took its full text, or the
    attempts to get it, along.
    """
    stands = report.position if report.position in FROM_SOUGHT_ON else None
    at = stands or ground.stood
    if at in (Position.ONGOING, Position.AWAITING):
        return Position(at)
    if ground.held or (at not in (None, Position.SOUGHT) and _was_read(report)):
        judged = (Position.INCLUDED, Position.EXCLUDED_FULL_TEXT)
        return next((each for each in judged if each == stands), Position.ASSESSING)
    tried = at == Position.NOT_RETRIEVED and Retrieval.objects.of(report).exists()
    return Position.NOT_RETRIEVED if tried else Position.SOUGHT


def _was_read(report: Report) -> bool:
    """Whether anybody decided on the full text, in time to count."""
    stage = Stage.objects.get(review=report.review_id, name=StageName.FULL_TEXT)
    return Decision.objects.on(report, stage).exclude(kind=Kind.OPINION).exists()


def _reason(report: Report, key: int, ground: InForce) -> Reason:
    """A reason of the review; one that left the criteria since is looked up."""
    if key in ground.reasons:
        return Reason(pk=key, review_id=report.review_id, label=ground.reasons[key])
    return Reason.objects.get(pk=key)
