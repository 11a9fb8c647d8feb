"""The numbers of a PRISMA 2020 diagram for a new review, under the names of the guideline.

Left is what came from databases and registers, right is what other methods found. A number of
the right column is net: a report that a database gave too is counted on the left only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from review.prisma.equations import Equation, check


@dataclass(frozen=True, slots=True)
class Arm:
    """Reports of one column from screening on; ``excluded`` maps each reason to its number."""

    screening_pending: int = 0
    screening_conflicts: int = 0
    sought: int = 0
    not_retrieved: int = 0
    retrieval_pending: int = 0
    full_text_pending: int = 0
    full_text_conflicts: int = 0
    assessed: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)
    ongoing: int = 0
    awaiting: int = 0
    included: int = 0
    added_by_splitting: int = 0

    @property
    def pending(self) -> dict[str, int]:
        """What is not decided yet, by stage."""
        return {
            "screening": self.screening_pending,
            "screening_conflicts": self.screening_conflicts,
            "retrieval": self.retrieval_pending,
            "full_text": self.full_text_pending,
            "full_text_conflicts": self.full_text_conflicts,
        }

    def as_json(self, prefix: str) -> dict[str, Any]:
        """Give the numbers under the guideline's names; ``prefix`` is "dbr" or "other"."""
        return {
            f"{prefix}_sought_reports": self.sought,
            f"{prefix}_notretrieved_reports": self.not_retrieved,
            f"{prefix}_assessed": self.assessed,
            f"{prefix}_excluded": dict(self.excluded),
            f"{prefix}_ongoing": self.ongoing,
            f"{prefix}_awaiting": self.awaiting,
            f"{prefix}_included": self.included,
            f"{prefix}_added_by_splitting": self.added_by_splitting,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """Every number of the diagram. ``other_raw`` and ``other_net`` are keyed by kind of source.

    ``searched`` has the kinds of source that the review has: a right column is drawn when one of
    the other methods was used, even if it found nothing. ``withdrawn`` records count nowhere.
    """

    database_results: int = 0
    database_specific_results: Mapping[str, int] = field(default_factory=dict)
    register_results: int = 0
    register_specific_results: Mapping[str, int] = field(default_factory=dict)
    other_raw: Mapping[str, int] = field(default_factory=dict)
    other_net: Mapping[str, int] = field(default_factory=dict)
    other_specific_results: Mapping[str, int] = field(default_factory=dict)
    searched: frozenset[str] = frozenset()
    withdrawn: int = 0
    duplicates: int = 0
    other_duplicates: int = 0
    excluded_automatic: int = 0
    excluded_other: int = 0
    records_screened: int = 0
    records_excluded_human: int = 0
    records_excluded_automatic: int = 0
    other_records_excluded: int = 0
    left: Arm = field(default_factory=Arm)
    right: Arm = field(default_factory=Arm)
    new_studies: int = 0
    new_reports: int = 0

    @property
    def records_excluded(self) -> int:
        """Excluded on title and abstract, by people and by tools."""
        return self.records_excluded_human + self.records_excluded_automatic

    @property
    def other_methods(self) -> bool:
        """Whether the diagram has the right column (template T2)."""
        return bool(self.searched - {"database", "register"})

    @property
    def awaiting(self) -> int:
        """Reports that await a decision: pending and in conflict, every stage, both arms."""
        return sum(self.left.pending.values()) + sum(self.right.pending.values())

    @property
    def draft(self) -> bool:
        """A diagram with something undecided is a draft."""
        return self.awaiting > 0

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The identities that these numbers must satisfy, each checked."""
        return check(self)

    def as_json(self) -> dict[str, Any]:
        """Give plain JSON values in a stable order; keys are the guideline's data names."""
        return {
            **self._identified(),
            "duplicates": self.duplicates,
            "excluded_automatic": self.excluded_automatic,
            "excluded_other": self.excluded_other,
            "records_screened": self.records_screened,
            "records_excluded": self.records_excluded,
            "records_excluded_human": self.records_excluded_human,
            "records_excluded_automatic": self.records_excluded_automatic,
            **self.left.as_json("dbr"),
            **self.right.as_json("other"),
            "other_raw": {kind: self.other_raw.get(kind, 0) for kind in sorted(self.other_raw)},
            "other_duplicates": self.other_duplicates,
            "other_records_excluded": self.other_records_excluded,
            "new_studies": self.new_studies,
            "new_reports": self.new_reports,
            "pending": {"dbr": self.left.pending, "other": self.right.pending},
            "withdrawn_records": self.withdrawn,
            "awaiting_decision": self.awaiting,
            "draft": self.draft,
            "equations": [equation.as_json() for equation in self.equations],
        }

    def _identified(self) -> dict[str, Any]:
        return {
            "database_results": self.database_results,
            "database_specific_results": dict(self.database_specific_results),
            "register_results": self.register_results,
            "register_specific_results": dict(self.register_specific_results),
            "website_results": self.other_net.get("website", 0),
            "organisation_results": self.other_net.get("organisation", 0),
            "citations_results": self.other_net.get("citation", 0),
            "other_results": self.other_net.get("other", 0),
            "other_specific_results": dict(self.other_specific_results),
        }
