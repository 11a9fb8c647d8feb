"""The places of an extraction form for one study: each field, and each field of each result.

A slot shows the latest value of its field. Two people may have the same page open: what was shown
comes back with the form, so that nobody overwrites a value that they have not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extraction.definition import Definition
from extraction.models import Result, Value, ValueState
from extraction.schema import Data, Field, Kind, Per
from review.models import Study

Place = tuple[str, int | None]  # key of the field, key of the result or None


@dataclass(frozen=True, slots=True)
class Typed:
    """A slot as a form shows it: text, or a list of texts for several choices."""

    raw: Data = ""
    state: str = ""
    report: int | None = None
    page: str = ""
    quote: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing entered; a report that was merely preselected says nothing."""
        return not (self.raw or self.state or self.page or self.quote)


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of one study, or of one of its results; ``row`` is its latest value."""

    field: Field
    result: Result | None
    row: Value | None

    @property
    def place(self) -> Place:
        """What tells this slot from the others of its study."""
        return self.field.key, self.result.pk if self.result else None

    @property
    def name(self) -> str:
        """The prefix of its inputs."""
        return f"r{self.result.pk}-{self.field.key}" if self.result else f"s-{self.field.key}"

    @property
    def is_filled(self) -> bool:
        """Whether somebody said what is known of it, "not reported" included."""
        return self.row is not None and self.row.state != ValueState.CLEARED

    @property
    def state(self) -> str:
        """Its state in the words of the schema; "empty" before and after a value."""
        return self.row.state if self.row and self.is_filled else "empty"


def slots_of(study: Study, definition: Definition) -> list[Slot]:
    """Every slot of a study: the fields per study, then those per result, in three queries."""
    rows = latest_values(study)
    per_study = definition.form.per(Per.STUDY)
    per_result = definition.form.per(Per.RESULT)
    slots = [Slot(field, None, rows.get((field.key, None))) for field in per_study]
    results = list(Result.objects.filter(study=study).order_by("pk")) if per_result else []
    return slots + [
        Slot(field, result, rows.get((field.key, result.pk)))
        for result in results
        for field in per_result
    ]


def latest_values(study: Study) -> Mapping[Place, Value]:
    """The latest value row of every field of a study."""
    rows = Value.objects.filter(study=study).latest_by("field", "result")
    rows = rows.select_related("actor", "version", "report", "result")
    return {(row.field, row.result_id): row for row in rows}


def as_typed(field: Field, row: Value | None) -> Typed:
    """A stored value as its form shows it."""
    if row is None or row.state == ValueState.CLEARED:
        return Typed(raw=[] if field.kind is Kind.MULTIPLE else "")
    state = "" if row.state == ValueState.REPORTED else row.state
    raw = row.data if row.data is not None else Typed().raw
    if field.kind is Kind.YES_NO_UNCLEAR and row.state == ValueState.UNCLEAR:
        raw, state = "unclear", ""
    if field.kind is Kind.MULTIPLE and not isinstance(raw, list):
        raw = [raw] if raw else []
    return Typed(raw, state, row.report_id, row.page, row.quote)
