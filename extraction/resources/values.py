"""The tables of extracted data: long (one row per value) and wide (one row per study)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone
from import_export.resources import Resource

from extraction.definition import forms_by_version, known_fields
from extraction.models import Result, Value, ValueState
from extraction.overview import studies_of
from extraction.resources.kind import DEMO, Table, column, computed, table
from extraction.schema import Field, Kind, Per, State, to_text
from review.models import Review, Study
from review.services.studies import label_of
from review.tables import Cell

LONGEST_EXACT = 15  # digits that a spreadsheet keeps of a number


def cell_of(definition: Field, row: Value) -> Cell:
    """A value as a cell: numbers as numbers, several choices joined by "; ".

    A number is text where a spreadsheet would round it.
    """
    text = to_text(row.data)
    if definition.kind is not Kind.NUMBER or not text:
        return text
    number = Decimal(text)
    if len(number.as_tuple().digits) > LONGEST_EXACT:
        return text
    return int(number) if number == number.to_integral_value() else float(number)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value with its field as the version defines it in which it was entered."""

    row: Value
    number: int
    definition: Field

    @property
    def value(self) -> Cell:
        """What was extracted; empty unless it was reported."""
        return cell_of(self.definition, self.row)

    @property
    def state(self) -> str:
        """Reported, not reported, not applicable or unclear."""
        return State(self.row.state).label.lower()

    @property
    def report(self) -> str:
        """The report that the value was read in."""
        return label_of(self.row.report) if self.row.report else ""

    @property
    def at(self) -> str:
        """When it was saved, UTC."""
        return self.row.at.astimezone(timezone.get_fixed_timezone(0)).strftime("%Y-%m-%d %H:%M:%S")

    @property
    def demo(self) -> str:
        """The label of demo values."""
        return DEMO if self.row.is_demo else ""


class ValueResource(Resource):  # type: ignore[misc]
    """One row per value that stands; emptied ones are left out."""

    study = column("study", "row__study__label")
    study_key = column("study number", "row__study_id")
    result_key = column("result number", "row__result_id")
    result = column("result", "row__result")
    key = column("field", "row__field")
    label = column("field name", "definition__label")
    value = column("value", "value")
    unit = column("unit", "definition__unit")
    state = column("state", "state")
    report_key = column("report number", "row__report_id")
    report = column("report", "report")
    page = column("page", "row__page")
    quote = column("quote", "row__quote")
    extractor = column("extractor", "row__actor__email")
    at = column("extracted at (UTC)", "at")
    version = column("version of the form", "number")
    demo = column("label", "demo")


def _entries(review: Review) -> Iterator[Entry]:
    forms = forms_by_version(review)
    rows = Value.objects.filter(review=review).latest_by("study", "field", "result")
    rows = rows.exclude(state=ValueState.CLEARED).select_related(
        "study", "result", "report__face", "actor"
    )
    for row in rows.order_by("study__label", "study", "result", "pk").iterator(chunk_size=500):
        number, form = forms[row.version_id]
        yield Entry(row, number, form.field(row.field))


def long_rows(review: Review) -> Table:
    """Headers and one row per value, by study and result."""
    return table(ValueResource(), _entries(review))


@dataclass(slots=True)
class StudyRow:
    """A study with its values by column: (field, description of the result or nothing)."""

    study: Study
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    @property
    def extractors(self) -> str:
        """Everybody who entered one of the values."""
        return "; ".join(sorted({entry.row.actor.email for entry in self.entries.values()}))

    @property
    def demo(self) -> str:
        """The label of a row with demo values in it."""
        return DEMO if any(entry.row.is_demo for entry in self.entries.values()) else ""


class StudyResource(Resource):  # type: ignore[misc]
    """One row per study; a field per result has a column for each description of a result."""

    study = column("study", "study__label")
    key = column("study number", "study__pk")
    extractors = column("extractors", "extractors")

    def __init__(self, columns: list[tuple[Field, str]]) -> None:
        super().__init__()
        for definition, result in columns:
            unit = f" ({definition.unit})" if definition.unit else ""
            name = f"{definition.label}{unit}{f' [{result}]' if result else ''}"
            place = (definition.key, result)
            self.fields[f"{place}"] = computed(name, _value_at(place))
        self.fields["demo"] = column("label", "demo")


def _value_at(place: tuple[str, str]) -> Callable[[StudyRow], Cell]:
    def cell(row: StudyRow) -> Cell:
        entry = row.entries.get(place)
        if entry is None:
            return ""
        return entry.value if entry.row.state == ValueState.REPORTED else entry.state

    return cell


def wide_rows(review: Review) -> Table:
    """Headers and one row per study. Fields that the form lost have columns while values stand."""
    rows = {study.pk: StudyRow(study) for study in studies_of(review)}
    used: set[tuple[str, str]] = set()
    for entry in _entries(review):
        place = (entry.row.field, str(entry.row.result) if entry.row.result else "")
        rows[entry.row.study_id].entries[place] = entry
        used.add(place)
    return table(StudyResource(_columns(review, used)), rows.values())


def _columns(review: Review, used: set[tuple[str, str]]) -> list[tuple[Field, str]]:
    """The columns: fields in the order of the form, those per result by result."""
    known = known_fields(review)
    current = _current(review)
    results = dict.fromkeys(str(result) for result in Result.objects.of(review))
    per_study = [(each, "") for each in known.values() if each.per is Per.STUDY]
    per_result = [
        (each, result) for result in results for each in known.values() if each.per is Per.RESULT
    ]
    return [
        (each, result)
        for each, result in per_study + per_result
        if each.key in current or (each.key, result) in used
    ]


def _current(review: Review) -> set[str]:
    forms = [form for _, form in forms_by_version(review).values()]
    return {each.key for each in forms[-1]} if forms else set()
