"""Counts from aggregated positions: how many records and reports stand at each box.

The caller aggregates in the database, so that a review of 100,000 reports is a few dozen
groups here. The order of sources and groups never matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from review.prisma.counts import Arm, Counts

LEFT_KINDS = ("database", "register")
OTHER_KINDS = ("website", "organisation", "citation", "other")

REMOVED = ("removed_by_automation", "removed_other")
EXCLUDED = ("excluded", "excluded_by_automation")
ASSESSED = ("excluded_full_text", "ongoing", "awaiting", "included")
SOUGHT = ("sought", "not_retrieved", "assessing", *ASSESSED)

NO_REASON = "Reason not given"


@dataclass(frozen=True, slots=True)
class Source:
    """One search and its live records: one per identifier, before any duplicate is found.

    ``withdrawn`` records, of imports that were undone, count nowhere.
    """

    key: int
    kind: str  # database, register, website, organisation, citation or other
    name: str
    records: int
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """``n`` live reports that share every value below.

    ``arm`` is "left" when a report has any database or register record, else "right".
    ``in_conflict`` counts at the two positions that wait for votes, screening and assessing.
    ``source`` is the key of the search whose record the report is counted by: the earliest
    database or register record in the left arm, else the earliest record. ``added_by_split``
    marks reports that a split of one record added; they start at "sought".
    """

    arm: str
    position: str
    n: int
    reason: str = ""
    in_conflict: bool = False
    source: int | None = None
    added_by_split: bool = False


@dataclass(frozen=True, slots=True)
class Studies:
    """Distinct studies with an included report, and those reports.

    An included report that nobody linked is a study of its own.
    """

    new_studies: int
    new_reports: int


def tally(sources: Iterable[Source], groups: Iterable[Group], studies: Studies) -> Counts:
    """Count every box of a new review's diagram.

    Duplicates are what remains of the records when every report has kept one, so records that
    lost their report would show here as negative or too many: ``equations.check`` and the audit
    look for both. Unknown positions are counted nowhere and break E1 or E6.
    """
    sources = sorted(sources, key=lambda source: source.key)
    groups = list(groups)
    left = [group for group in groups if group.arm == "left"]
    right = [group for group in groups if group.arm != "left"]
    net = Counter[int | None]()
    for group in _with_record(right):
        net[group.source] += group.n
    excluded, automatic = (_at(left, position) for position in EXCLUDED)
    return Counts(
        database_specific_results=_named(sources, "database"),
        register_specific_results=_named(sources, "register"),
        database_results=_records(sources, "database"),
        register_results=_records(sources, "register"),
        other_raw={kind: _records(sources, kind) for kind in OTHER_KINDS},
        other_net={
            kind: sum(net[source.key] for source in sources if source.kind == kind)
            for kind in OTHER_KINDS
        },
        other_specific_results=_named(sources, "other", net),
        withdrawn=sum(source.withdrawn for source in sources),
        searched=frozenset(source.kind for source in sources),
        duplicates=_records(sources, *LEFT_KINDS) - _total(_with_record(left)),
        other_duplicates=_records(sources, *OTHER_KINDS) - _total(_with_record(right)),
        excluded_automatic=_at(left, "removed_by_automation"),
        excluded_other=_at(left, "removed_other"),
        records_screened=_at(_with_record(left), *EXCLUDED, *SOUGHT),
        records_excluded_human=excluded,
        records_excluded_automatic=automatic,
        other_records_excluded=_at(right, *REMOVED, *EXCLUDED),
        left=_arm(left),
        right=_arm(right),
        new_studies=studies.new_studies,
        new_reports=studies.new_reports,
    )


def _arm(groups: list[Group]) -> Arm:
    at = Counter[str]()
    reasons = Counter[str]()
    for group in groups:
        waits = group.position in ("screening", "assessing")
        at[f"{group.position} conflict" if waits and group.in_conflict else group.position] += (
            group.n
        )
        if group.position == "excluded_full_text":
            reasons[group.reason or NO_REASON] += group.n
    return Arm(
        screening_pending=at["screening"],
        screening_conflicts=at["screening conflict"],
        sought=_at(groups, *SOUGHT),
        not_retrieved=at["not_retrieved"],
        retrieval_pending=at["sought"],
        full_text_pending=at["assessing"],
        full_text_conflicts=at["assessing conflict"],
        assessed=_at(groups, *ASSESSED),
        excluded=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        ongoing=at["ongoing"],
        awaiting=at["awaiting"],
        included=at["included"],
        added_by_splitting=sum(group.n for group in groups if group.added_by_split),
    )


def _with_record(groups: list[Group]) -> list[Group]:
    return [group for group in groups if not group.added_by_split]


def _at(groups: list[Group], *positions: str) -> int:
    return sum(group.n for group in groups if group.position in positions)


def _total(groups: list[Group]) -> int:
    return sum(group.n for group in groups)


def _records(sources: list[Source], *kinds: str) -> int:
    return sum(source.records for source in sources if source.kind in kinds)


def _named(
    sources: list[Source], kind: str, net: Mapping[int | None, int] | None = None
) -> dict[str, int]:
    """Numbers by name, in order of the searches; two searches of one database are one line."""
    named: dict[str, int] = {}
    for source in sources:
        if source.kind == kind:
            n = source.records if net is None else net.get(source.key, 0)
            named[source.name] = named.get(source.name, 0) + n
    return named
