"""What the votes at a stage amount to, of many reports at once: now, and under other rules.

A change of rules is shown before it is made (``effects``) by the same functions that judge the
reports again when it is made, so that both say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Q

from review.models import Position, Reason, Report, Stage, StageName
from review.models.flow import FROM_SOUGHT_ON
from screening.models import Decision, EffectKind, RuleChange, Standing, effect_kind
from screening.services.in_force import counting_rules
from screening.services.standing import judge
from screening.verdict import Rules, Verdict

CHUNK = 500  # reports that are judged from one reading of their decisions
SHOWN = 5  # titles that stand for a group

WORDS = {  # of one report, of several
    EffectKind.JUDGED: (
        "has enough votes and is judged: it is decided, or becomes a conflict",
        "have enough votes and are judged: each is decided, or becomes a conflict",
    ),
    EffectKind.WAITING: ("waits for votes again", "wait for votes again"),
    EffectKind.CONFLICT: ("becomes a conflict", "become conflicts"),
    EffectKind.AGREED: (
        "is no conflict any more: it is decided",
        "are no conflicts any more: they are decided",
    ),
    EffectKind.ALTERED: (
        "stays decided, otherwise or for another reason",
        "stay decided, otherwise or for another reason",
    ),
}


@dataclass(slots=True)
class Group:
    """Reports to which a change of rules does the same; ``further`` counts them by position.

    Only those are in ``further`` that had gone on past the stage.
    """

    kind: EffectKind
    n: int = 0
    reports: list[Report] = field(default_factory=list)
    further: Counter[str] = field(default_factory=Counter)

    @property
    def words(self) -> str:
        """What happens to them."""
        return WORDS[self.kind][self.n != 1]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.n - len(self.reports)

    @property
    def places(self) -> list[tuple[str, int]]:
        """The positions that they leave behind, in the order of the flow, with their numbers."""
        return [(at.label.lower(), self.further[at]) for at in Position if self.further[at]]


def kind_of(before: Standing, after: Verdict) -> EffectKind | None:
    """What a new verdict does to a standing; None when nothing."""
    if (before.status, before.choice, before.reason_id) == (
        after.status,
        after.choice or "",
        after.reason,
    ):
        return None
    return effect_kind(before.status, after.status)


def rules_with(stage: Stage, **values: object) -> Rules:
    """The rules by which votes at a stage are counted, with these instead of those in force."""
    named = ("votes_needed", "maybe_means", "reasons_differ")
    now = {name: values.get(name, getattr(stage, name)) for name in named}
    order = Reason.objects.in_order(stage.review).values_list("pk", flat=True)
    return counting_rules(Stage(name=stage.name, **now), order)


def heads_of(stage: Stage, reports: Collection[int]) -> dict[int, list[Decision]]:
    """The head decisions on these reports and their duplicates, by report, the oldest first."""
    family = Report.objects.filter(Q(pk__in=reports) | Q(survivor__in=reports)).order_by()
    rows = Decision.objects.filter(stage=stage, report__in=family.values("pk")).heads()
    found: dict[int, list[Decision]] = {key: [] for key in reports}
    for row in rows.order_by("pk").select_related("report").only(*_READ):
        found[row.report.survivor_id or row.report_id].append(row)
    return found


_READ = (
    *("actor_id", "kind", "choice", "reason_id", "criteria_id", "supersedes_id", "at", "stage_id"),
    *("report_id", "report__survivor_id", "after_move"),
)


def effects(stage: Stage, rules: Rules, *, waiting: bool = True) -> list[Group]:
    """What it would do to count the votes at a stage by these rules, by kind of effect.

    Without ``waiting`` reports that wait for votes now are left out: their number would tell
    somebody who votes at the stage what colleagues did. Of none the choices are told.
    """
    groups = {kind: Group(kind) for kind in EffectKind}
    standings = Standing.objects.filter(stage=stage, report__position__isnull=False)
    if not waiting:
        standings = standings.exclude(status="pending")
    for before, after in _judged_again(stage, standings, rules):
        if kind := kind_of(before, after):
            _count(groups[kind], before.report, stage)
    found = [group for group in groups.values() if group.n]
    _read_titles(found)
    return found


def _judged_again(
    stage: Stage, standings: Iterable[Standing], rules: Rules
) -> Iterator[tuple[Standing, Verdict]]:
    for chunk in _chunks(standings):
        heads = heads_of(stage, [standing.report_id for standing in chunk])
        for standing in chunk:
            yield standing, judge(standing.report, stage, heads[standing.report_id], rules)


def _chunks(standings: Iterable[Standing]) -> Iterator[list[Standing]]:
    rows = standings.select_related("report").order_by("report")  # type: ignore[attr-defined]
    chunk: list[Standing] = []
    for row in rows.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _count(group: Group, report: Report, stage: Stage) -> None:
    group.n += 1
    if len(group.reports) < SHOWN:
        group.reports.append(report)
    behind = FROM_SOUGHT_ON if stage.name == StageName.TITLE_ABSTRACT else (Position.INCLUDED,)
    if group.kind != EffectKind.JUDGED and report.position and report.position in behind:
        group.further[report.position] += 1


def _read_titles(groups: Iterable[Group]) -> None:
    keys = [report.pk for group in groups for report in group.reports]
    rows = Report.objects.filter(pk__in=keys).select_related("face").defer("face__raw").in_bulk()
    for group in groups:
        group.reports = [rows[report.pk] for report in group.reports]


def tally(change: RuleChange) -> list[Group]:
    """How many reports a change touched so far, by kind of effect."""
    groups = {kind: Group(kind) for kind in EffectKind}
    rows = change.effects.order_by().values_list("old_status", "new_status")
    for old, new, n in rows.annotate(n=Count("pk")):
        groups[effect_kind(old, new)].n += n
    return [group for group in groups.values() if group.n]
