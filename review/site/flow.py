"""The review's flow: positions from review, conflicts from screening, boxes from prisma."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.urls import reverse

from review.models import Alert, Pair, Report, Review, Search, Study
from review.prisma import Counts, Group, Source, Studies, table, tally
from review.prisma.boxes import Key
from review.querysets.counting import counts
from screening.models import Standing
from screening.querysets import POSITION_OF


@dataclass(frozen=True, slots=True)
class Flow:
    """The numbers of the diagram; possible duplicates and alerts that nobody answered yet."""

    counts: Counts
    pairs: int
    alerts: int

    def as_json(self) -> dict[str, Any]:
        """The numbers as the page, the command and the file give them."""
        values = self.counts.as_json()
        values["pending"]["duplicate_pairs"] = self.pairs
        values["draft"] = self.counts.draft or self.pairs > 0
        return values


def counts_of(review: Review) -> Counts:
    """Every number of the diagram now."""
    return flow_of(review).counts


def flow_of(review: Review) -> Flow:
    """The flow now, in four queries."""
    sources = [
        Source(s.pk, s.kind, s.source, s.n_records, s.n_withdrawn)  # type: ignore[attr-defined]
        for s in Search.objects.of(review)
    ]
    groups = _groups(review)
    reports = Report.objects.included().filter(review=review)
    n = counts(
        review,
        linked=Study.objects.filter(Exists(reports.filter(study=OuterRef("pk")))),
        alone=reports.filter(study=None),  # each a study of its own
        pairs=Pair.objects.unanswered(review),
        alerts=Alert.objects.of(review).open(),
    )
    included = sum(group.n for group in groups if group.position == "included")
    studies = Studies(n["linked"] + n["alone"], included)
    return Flow(tally(sources, groups, studies), n["pairs"], n["alerts"])


def _groups(review: Review) -> list[Group]:
    conflicts: Counter[tuple[str, str, int | None]] = Counter()
    for stage, arm, source, n in Standing.objects.conflict_counts(review):
        conflicts[arm, POSITION_OF[stage], source] += n
    groups = []
    for arm, position, reason, source, n in Report.objects.filter(review=review).tallied():
        disputed = min(n, conflicts.get((arm, position, source), 0))
        groups.append(Group(arm, position, n - disputed, reason, False, source))
        if disputed:
            groups.append(Group(arm, position, disputed, reason, True, source))
    return [group for group in groups if group.n]


@dataclass(frozen=True, slots=True)
class Pending:
    """``n`` reports that wait at one position, ``conflicts`` of them for a settlement."""

    n: int
    what: str
    conflicts: int
    href: str


def pending(review: Review, found: Counts) -> list[Pending]:
    """What keeps the diagram a draft, both columns together, with the lists of the reports."""
    base, arms = reverse("review:reports", args=[review.slug]), (found.left, found.right)
    stages = (
        ("screening", "screening_pending", "screening_conflicts", "on title and abstract"),
        ("sought", "retrieval_pending", "", "full text{s} to get"),
        ("assessing", "full_text_pending", "full_text_conflicts", "full text{s} to judge"),
    )
    lines = []
    for position, waiting, disputed, what in stages:
        conflicts = sum(getattr(arm, disputed) for arm in arms) if disputed else 0
        n = conflicts + sum(getattr(arm, waiting) for arm in arms)
        words = what.format(s="" if n == 1 else "s")
        lines.append(Pending(n, words, conflicts, f"{base}?position={position}"))
    return [each for each in lines if each.n]


def links(review: Review, found: Counts) -> dict[Key, str]:
    """The address of the list behind each number of the diagram."""
    base = reverse("review:reports", args=[review.slug])
    return {row.key: f"{base}?{_query(row.key)}" for row in table(found)}


def _query(key: Key) -> str:
    box, label = key if isinstance(key, tuple) else (key, "")
    return urlencode({"box": box, "label": label} if label else {"box": box})
