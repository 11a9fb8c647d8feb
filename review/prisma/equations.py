"""The identities of a PRISMA 2020 diagram, each a small check that can fail.

They read finished counts and nothing else, so they judge a tally, typed numbers and an imported
table alike. A check never mends a number; it writes out both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from review.prisma.counts import Arm, Counts


@dataclass(frozen=True, slots=True)
class Equation:
    """One identity: its name, both sides, the numbers written out and the rule in words."""

    name: str
    left: int
    right: int
    holds: bool
    text: str
    rule: str

    def as_json(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return {
            "name": self.name,
            "left": self.left,
            "right": self.right,
            "holds": self.holds,
            "text": self.text,
            "rule": self.rule,
        }


def check(counts: Counts) -> tuple[Equation, ...]:
    """Check E0 to E8 as far as they apply to a new review.

    Names: E3 and E4 exist per arm ("E3 databases", "E3 other methods"), E5 per kind of source,
    E6 for raw and for shown numbers, the rest once.
    """
    return (
        _whole_numbers(counts),
        _identified(counts),
        _screened(counts),
        *_arm("databases", counts.left),
        *_arm("other methods", counts.right),
        *_per_source(counts),
        *_other_methods(counts),
        _included(counts),
        _studies(counts),
    )


def _equal(
    name: str, rule: str, left: int, plus: tuple[int, ...], minus: tuple[int, ...] = ()
) -> Equation:
    right = sum(plus) - sum(minus)
    holds = left == right
    written = " + ".join(f"{n:,}" for n in plus) + "".join(f" − {n:,}" for n in minus)
    text = f"{left:,} = {written}" if holds else f"{left:,} ≠ {written} (which is {right:,})"
    return Equation(name, left, right, holds, text.replace("-", "−"), rule)


def _whole_numbers(counts: Counts) -> Equation:
    """E0."""
    wrong = [
        f"{name} is {n}"
        for name, n in _numbers(counts)
        if not isinstance(n, int) or isinstance(n, bool) or n < 0
    ]
    text = "; ".join(wrong).replace("-", "−") or "No number is negative"
    return Equation("E0", len(wrong), 0, not wrong, text, "Every number is a count of 0 or more.")


def _numbers(counts: Counts) -> Iterator[tuple[str, Any]]:
    for owner, prefix in ((counts, ""), (counts.left, "dbr "), (counts.right, "other ")):
        for name in owner.__slots__:
            value = getattr(owner, name)
            if hasattr(value, "items"):
                yield from ((f"{prefix}{name} {key}", n) for key, n in value.items())
            elif name not in ("left", "right", "searched"):
                yield f"{prefix}{name}", value


def _identified(counts: Counts) -> Equation:
    return _equal(
        "E1",
        "Records from databases and registers are duplicates, removed by a tool, removed for "
        "other reasons, screened, not yet screened or in conflict.",
        counts.database_results + counts.register_results,
        (
            counts.duplicates,
            counts.excluded_automatic,
            counts.excluded_other,
            counts.records_screened,
            counts.left.screening_pending,
            counts.left.screening_conflicts,
        ),
    )


def _screened(counts: Counts) -> Equation:
    return _equal(
        "E2",
        "Reports sought are the records screened and the reports added by splitting a record, "
        "less those excluded by people and by tools.",
        counts.left.sought,
        (counts.records_screened, counts.left.added_by_splitting),
        (counts.records_excluded_human, counts.records_excluded_automatic),
    )


def _arm(column: str, arm: Arm) -> Iterator[Equation]:
    yield _equal(
        f"E3 {column}",
        "Reports sought are not retrieved, awaited, read but undecided, in conflict or assessed.",
        arm.sought,
        (
            arm.not_retrieved,
            arm.retrieval_pending,
            arm.full_text_pending,
            arm.full_text_conflicts,
            arm.assessed,
        ),
    )
    yield _equal(
        f"E4 {column}",
        "Reports assessed are excluded with one reason each, ongoing, awaiting classification "
        "or included.",
        arm.assessed,
        (sum(arm.excluded.values()), arm.ongoing, arm.awaiting, arm.included),
    )


def _per_source(counts: Counts) -> Iterator[Equation]:
    for kind, total, parts in (
        ("databases", counts.database_results, counts.database_specific_results),
        ("registers", counts.register_results, counts.register_specific_results),
    ):
        rule = f"Records from {kind} are the sum over the {kind}."
        yield _equal(f"E5 {kind}", rule, total, tuple(parts.values()) or (0,))


def _other_methods(counts: Counts) -> Iterator[Equation]:
    right = counts.right
    after = (
        counts.other_records_excluded,
        right.sought,
        right.screening_pending,
        right.screening_conflicts,
    )
    yield _equal(
        "E6",
        "Records from other methods are duplicates, excluded, sought, not yet screened or in "
        "conflict, less reports added by splitting.",
        sum(counts.other_raw.values()),
        (counts.other_duplicates, *after),
        (right.added_by_splitting,),
    )
    yield _equal(
        "E6 shown",
        "The numbers shown for other methods are those records without the duplicates.",
        sum(counts.other_net.values()),
        after,
        (right.added_by_splitting,),
    )


def _included(counts: Counts) -> Equation:
    return _equal(
        "E7",
        "Reports of included studies are the included reports of both columns.",
        counts.new_reports,
        (counts.left.included, counts.right.included),
    )


def _studies(counts: Counts) -> Equation:
    left, right = counts.new_studies, counts.new_reports
    holds = left <= right
    text = f"{left:,} {'≤' if holds else '>'} {right:,}".replace("-", "−")
    return Equation("E8", left, right, holds, text, "Studies are no more than their reports.")
