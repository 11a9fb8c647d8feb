"""The rules and reasons that an outcome follows, read in one statement after the report's lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from review.models import (
    CriteriaVersion,
    FullText,
    Membership,
    Move,
    Position,
    Report,
    Stage,
    StageName,
    User,
)
from review.models.flow import FROM_SOUGHT_ON
from screening.verdict import Rules

BEFORE_SOUGHT = (Position.SCREENING, Position.EXCLUDED)


@dataclass(frozen=True, slots=True)
class InForce:
    """What an outcome depends on besides the decisions, as it is once the report is locked.

    ``stage`` was read anew. ``left`` says that the person who acts is not a member any more,
    ``named`` that the stage's list of voters has them. ``stood`` is the position from which the
    report last went back behind "sought", if it ever did.
    """

    stage: Stage
    rules: Rules
    reasons: dict[int, str]
    held: bool
    criteria: int | None  # key of the version
    left: bool = False
    named: bool = False
    stood: str | None = None


def held_of(report: Report) -> QuerySet[FullText]:
    """The full texts held of a report, also those that came with a duplicate."""
    family = Report.objects.filter(Q(pk=report.pk) | Q(survivor=report)).order_by()
    return FullText.objects.filter(report__in=family.values("pk"))


def in_force(report: Report, stage: Stage, actor: User | None = None) -> InForce:
    """Read the stage's rules, the reasons in order and whether the full text is held: one query.

    A page's stage may be older than the lock, and somebody may have removed the actor since the
    request came in, so rules and membership are read here.
    """
    newest = CriteriaVersion.objects.filter(review=OuterRef("review")).order_by("-number")
    former = Membership.objects.filter(review=OuterRef("review"), user=actor, is_active=False)
    named = Stage.chosen.through.objects.filter(stage=OuterRef("pk"), user=actor)
    back = Move.objects.filter(report=report, origin__in=FROM_SOUGHT_ON, target__in=BEFORE_SOUGHT)
    version = "review__criteria_versions"
    rows = (
        Stage.objects.filter(pk=stage.pk)
        .filter(Q(**{version: Subquery(newest.values("pk")[:1])}) | Q(**{version: None}))
        .annotate(
            held=Exists(held_of(report)),
            left=Exists(former),
            named=Exists(named),
            stood=Subquery(back.order_by("-pk").values("origin")[:1]),
            criteria=F(f"{version}__pk"),
            reason=F(f"{version}__criteria__reason"),
            reason_label=F(f"{version}__criteria__reason__label"),
        )
        .order_by(f"{version}__criteria__place")
    )
    found = list(rows)  # one per reason, each with the stage
    first = found[0]
    reasons = {row.reason: row.reason_label for row in found if row.reason is not None}
    rules = counting_rules(first, reasons)
    return InForce(
        first,
        rules,
        reasons,
        first.held,
        first.criteria,
        left=first.left,
        named=first.named,
        stood=first.stood,
    )


def in_force_on(reports: Sequence[Report], stage: Stage) -> dict[int, InForce]:
    """The same for many locked reports, by key: three queries, whatever their number."""
    if not reports:
        return {}
    keys = [report.pk for report in reports]
    ground = in_force(reports[0], stage)
    family = FullText.objects.filter(Q(report__in=keys) | Q(report__survivor__in=keys))
    held = {survivor or own for own, survivor in family.values_list("report", "report__survivor")}
    back = Move.objects.filter(report__in=keys, origin__in=FROM_SOUGHT_ON, target__in=BEFORE_SOUGHT)
    stood = dict(back.order_by("pk").values_list("report", "origin"))  # the last one stays
    return {key: replace(ground, held=key in held, stood=stood.get(key)) for key in keys}


def counting_rules(stage: Stage, reason_order: Iterable[int]) -> Rules:
    """The rules by which votes at a stage are counted, as the verdict takes them."""
    return Rules(
        votes_needed=stage.votes_needed,
        maybe_means=stage.maybe_means,  # type: ignore[arg-type]
        reasons_differ=stage.reasons_differ,  # type: ignore[arg-type]
        reason_order=tuple(reason_order),
        maybe_allowed=stage.name == StageName.TITLE_ABSTRACT,
    )
