"""Who agreed with whom: the frozen votes of each pair of reviewers at a stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from review.models import Stage, StageName, User
from review.tables import Cell
from screening.agreement import Agreement, Estimate, Table, agreement, crosstab, pooled
from screening.models import Choice, Completion, Decision, Kind

# How maybe is counted: with include, as in the flow, or with exclude (Cochrane Handbook, 4.6.4,
# leaves it to the protocol; the page says which was used).
MAYBE_AS = {"include": Choice.INCLUDE, "exclude": Choice.EXCLUDE}
CATEGORIES = (Choice.INCLUDE, Choice.EXCLUDE)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reviewers, the first by name, with their table of votes and what it says."""

    first: User
    second: User
    table: Table
    found: Agreement


def first_votes(stage: Stage) -> dict[int, list[tuple[int, str]]]:
    """Voter and choice of each vote on a report when its votes were first complete, by report."""
    without_vote = Completion.objects.filter(stage=stage).values_list("report", "completed")
    kept: dict[int, list[int]] = dict(without_vote)
    at_stage = Decision.objects.filter(stage=stage, kind=Kind.VOTE).order_by("pk")
    completing = at_stage.filter(completed__isnull=False)
    for last, report, others in completing.values_list("pk", "report", "completed"):
        kept.setdefault(report, [*(others or ()), last])
    rows = at_stage.values_list("pk", "actor", "choice").iterator(5000)
    votes = {key: (actor, choice) for key, actor, choice in rows}
    return {report: [votes[key] for key in keys] for report, keys in kept.items()}


def paired_votes(stage: Stage, maybe_as: str = "include") -> list[Pair]:
    """Every pair of people who both voted on at least one complete report, by name.

    ``maybe_as``: "include" or "exclude"; KeyError for anything else.
    """
    pairs: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for votes in first_votes(stage).values():
        for (one, left), (other, right) in combinations(sorted(votes), 2):
            seen = (_counted(left, maybe_as), _counted(right, maybe_as))
            pairs.setdefault((one, other), []).append(seen)
    people = User.objects.in_bulk({key for pair in pairs for key in pair})
    found = [_pair(people[one], people[other], rows) for (one, other), rows in pairs.items()]
    return sorted(found, key=lambda pair: (str(pair.first), str(pair.second)))


def together(pairs: list[Pair]) -> tuple[int, float | None, float | None]:
    """Over all pairs: the number of pairs of votes, the share alike, AC1."""
    return pooled(pair.table for pair in pairs)


def _counted(choice: str, maybe_as: str) -> str:
    return MAYBE_AS[maybe_as] if choice == Choice.MAYBE else choice


def _pair(one: User, other: User, rows: list[tuple[str, str]]) -> Pair:
    table = crosstab(rows, CATEGORIES)
    if str(one) > str(other):
        one, other, table = other, one, tuple(zip(*table, strict=True))
    return Pair(one, other, table, agreement(table))


HEADERS = [
    *("stage", "maybe counted as", "first reviewer", "second reviewer", "reports"),
    *("both include", "first includes alone", "second includes alone", "both exclude"),
    *("share alike", "kappa", "kappa from", "kappa to", "PABAK", "PABAK from", "PABAK to"),
    *("AC1", "AC1 from", "AC1 to", "prevalence index", "bias index"),
]


def agreement_rows(stage: Stage, maybe_as: str) -> Iterator[list[Cell]]:
    """One row per pair, then one for all pairs; empty cells are not estimable."""
    pairs = paired_votes(stage, maybe_as)
    for pair in pairs:
        (a, b), (c, d) = pair.table
        found = pair.found
        yield [
            *(stage.name, maybe_as, pair.first.email, pair.second.email, found.n, a, b, c, d),
            *(found.observed, *_cells(found.kappa), *_cells(found.pabak), *_cells(found.ac1)),
            *(found.prevalence_index, found.bias_index),
        ]
    n, observed, value = together(pairs)
    if len(pairs) > 1:
        row: list[Cell] = [stage.name, maybe_as, "all pairs", "", n, *[None] * 4, observed]
        yield [*row, *[None] * 6, value, *[None] * 4]


def _cells(estimate: Estimate | None) -> tuple[Cell, Cell, Cell]:
    if estimate is None:
        return None, None, None
    return estimate.value, estimate.low, estimate.high


def has_maybe(stage: Stage) -> bool:
    """Whether voters at this stage may say maybe."""
    return stage.name == StageName.TITLE_ABSTRACT
