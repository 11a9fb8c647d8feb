"""PRISMA counts against worlds of single records, counted the long way round."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.prisma import Counts, Group, Source, Studies, tally

LEFT = ("database", "register")
KINDS = (*LEFT, "website", "organisation", "citation", "other")
EARLY = ("screening", "removed_by_automation", "removed_other", "excluded")
LATE = ("sought", "not_retrieved", "assessing", "ongoing", "awaiting", "included")
SPLITTABLE = (*LATE, "excluded_full_text")
POSITIONS = (*EARLY, "excluded_by_automation", *SPLITTABLE)
REASONS = ("Wrong population", "No comparator", "Not a trial")


@dataclass
class OneReport:
    """A cluster of duplicate records: the searches that gave them, in order of arrival."""

    records: list[int]
    position: str
    reason: str
    conflict: bool
    study: int


@dataclass
class World:
    """Searches (key -> kind) and reports, as a database would hold them."""

    kinds: dict[int, str]
    reports: list[OneReport] = field(default_factory=list)

    def sources(self) -> list[Source]:
        found = Counter(key for report in self.reports for key in report.records)
        return [Source(key, kind, f"{kind} {key}", found[key]) for key, kind in self.kinds.items()]

    def is_left(self, report: OneReport) -> bool:
        return not report.records or any(self.kinds[key] in LEFT for key in report.records)

    def groups(self) -> list[Group]:
        shared: Counter[Group] = Counter()
        for report in self.reports:
            left = self.is_left(report)
            own = [key for key in report.records if not left or self.kinds[key] in LEFT]
            one = Group(
                arm="left" if left else "right",
                position=report.position,
                n=0,
                reason=report.reason if report.position == "excluded_full_text" else "",
                in_conflict=report.conflict,
                source=own[0] if own else None,
                added_by_split=not report.records,
            )
            shared[one] += 1
        return [
            Group(g.arm, g.position, n, g.reason, g.in_conflict, g.source, g.added_by_split)
            for g, n in shared.items()
        ]

    def studies(self) -> Studies:
        included = [report for report in self.reports if report.position == "included"]
        return Studies(len({report.study for report in included}), len(included))

    def counts(self) -> Counts:
        return tally(self.sources(), self.groups(), self.studies())


@st.composite
def worlds(draw: st.DrawFn) -> World:
    kinds = {key: draw(st.sampled_from(KINDS)) for key in range(draw(st.integers(0, 6)))}
    world = World(kinds)
    if not kinds:
        return world
    for _ in range(draw(st.integers(0, 25))):
        records = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=4))
        position = draw(st.sampled_from(POSITIONS if records else SPLITTABLE))
        reason, conflict = draw(st.sampled_from(REASONS)), draw(st.booleans())
        world.reports.append(
            OneReport(records, position, reason, conflict, draw(st.integers(0, 9)))
        )
    return world


@given(worlds())
def test_every_equation_holds_in_any_world_of_records(world: World) -> None:
    wrong = [equation.text for equation in world.counts().equations if not equation.holds]
    assert wrong == []


@given(worlds())
def test_duplicates_are_the_records_beyond_the_first_of_each_report(world: World) -> None:
    left = other = 0
    for report in world.reports:
        database = [key for key in report.records if world.kinds[key] in LEFT]
        elsewhere = len(report.records) - len(database)
        left += max(len(database) - 1, 0)
        other += elsewhere if database else max(elsewhere - 1, 0)
    counts = world.counts()
    assert (counts.duplicates, counts.other_duplicates) == (left, other)


@given(worlds())
def test_what_awaits_a_decision_is_every_undecided_report(world: World) -> None:
    undecided = [r for r in world.reports if r.position in ("screening", "sought", "assessing")]
    assert world.counts().awaiting == len(undecided)


@given(worlds())
def test_a_shown_source_number_counts_the_reports_that_it_gave_first(world: World) -> None:
    first = Counter(
        world.kinds[report.records[0]] for report in world.reports if not world.is_left(report)
    )
    counts = world.counts()
    assert {kind: n for kind, n in counts.other_net.items() if n} == dict(first)


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_searches_and_groups_changes_nothing(world: World, random: object) -> None:
    sources, groups = world.sources(), world.groups()
    before = tally(sources, groups, world.studies())
    random.shuffle(sources)  # type: ignore[attr-defined]
    random.shuffle(groups)  # type: ignore[attr-defined]
    after = tally(sources, groups, world.studies())
    assert list(after.as_json().items()) == list(before.as_json().items())


def worked_example() -> Counts:
    """Count 1,204 database and register records and 31 from citation searching and experts."""
    sources = [
        Source(1, "database", "PubMed", 702),
        Source(2, "database", "Embase", 480),
        Source(3, "register", "ClinicalTrials.gov", 22),
        Source(4, "citation", "Citation searching", 25),
        Source(5, "other", "Experts contacted", 6),
        Source(6, "database", "PubMed", 0),
    ]
    groups = [
        Group("left", "removed_by_automation", 10),
        Group("left", "removed_other", 2),
        Group("left", "screening", 40),
        Group("left", "screening", 3, in_conflict=True),
        Group("left", "excluded", 900),
        Group("left", "excluded_by_automation", 25),
        Group("left", "sought", 4),
        Group("left", "not_retrieved", 5),
        Group("left", "assessing", 6),
        Group("left", "assessing", 1, in_conflict=True),
        Group("left", "excluded_full_text", 50, "Wrong population"),
        Group("left", "excluded_full_text", 31, "Not a trial"),
        Group("left", "excluded_full_text", 19, "No comparator"),
        Group("left", "ongoing", 2),
        Group("left", "awaiting", 1),
        Group("left", "included", 10),
        Group("left", "included", 2, added_by_split=True),
        Group("right", "excluded", 7, source=4),
        Group("right", "included", 3, source=4),
        Group("right", "excluded_full_text", 2, "Not a trial", source=5),
        Group("right", "screening", 1, source=5),
    ]
    return tally(sources, groups, Studies(11, 15))


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("database_results", 1182),
        ("register_results", 22),
        ("database_specific_results", {"PubMed": 702, "Embase": 480}),
        ("register_specific_results", {"ClinicalTrials.gov": 22}),
        ("citations_results", 10),
        ("other_results", 3),
        ("other_specific_results", {"Experts contacted": 3}),
        ("website_results", 0),
        ("duplicates", 95),
        ("excluded_automatic", 10),
        ("excluded_other", 2),
        ("records_screened", 1054),
        ("records_excluded", 925),
        ("records_excluded_human", 900),
        ("records_excluded_automatic", 25),
        ("dbr_sought_reports", 131),
        ("dbr_notretrieved_reports", 5),
        ("dbr_assessed", 115),
        ("dbr_excluded", {"Wrong population": 50, "Not a trial": 31, "No comparator": 19}),
        ("dbr_ongoing", 2),
        ("dbr_awaiting", 1),
        ("dbr_added_by_splitting", 2),
        ("other_sought_reports", 5),
        ("other_assessed", 5),
        ("other_excluded", {"Not a trial": 2}),
        ("other_raw", {"citation": 25, "organisation": 0, "other": 6, "website": 0}),
        ("other_duplicates", 18),
        ("other_records_excluded", 7),
        ("new_studies", 11),
        ("new_reports", 15),
        ("awaiting_decision", 55),
        ("draft", True),
    ],
)
def test_a_worked_example_gives_the_numbers_computed_by_hand(name: str, n: object) -> None:
    assert worked_example().as_json()[name] == n


def test_the_worked_example_lists_what_is_pending_by_stage_and_column() -> None:
    assert worked_example().as_json()["pending"] == {
        "dbr": {
            "screening": 40,
            "screening_conflicts": 3,
            "retrieval": 4,
            "full_text": 6,
            "full_text_conflicts": 1,
        },
        "other": {
            "screening": 1,
            "screening_conflicts": 0,
            "retrieval": 0,
            "full_text": 0,
            "full_text_conflicts": 0,
        },
    }


def test_reasons_come_largest_first_and_by_name_when_equal() -> None:
    groups = [
        Group("left", "excluded_full_text", n, reason)
        for reason, n in [("No comparator", 3), ("Wrong design", 3), ("Abstract only", 9)]
    ]
    counts = tally([Source(1, "database", "PubMed", 15)], groups, Studies(0, 0))
    assert list(counts.left.excluded) == ["Abstract only", "No comparator", "Wrong design"]


def test_an_exclusion_without_a_reason_is_named_so() -> None:
    groups = [Group("left", "excluded_full_text", 1)]
    counts = tally([Source(1, "database", "PubMed", 1)], groups, Studies(0, 0))
    assert counts.left.excluded == {"Reason not given": 1}


def test_an_empty_review_counts_zero_everywhere_and_is_no_draft() -> None:
    counts = tally([], [], Studies(0, 0))
    assert not counts.draft
    assert not counts.other_methods
    assert all(equation.holds for equation in counts.equations)


def test_the_right_column_exists_when_other_methods_found_nothing() -> None:
    counts = tally([Source(1, "website", "NICE", 0)], [], Studies(0, 0))
    assert counts.other_methods
