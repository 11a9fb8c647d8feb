"""A study's extraction form as one page: its answer forms by result, and how full it is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import QueryDict

from extraction.definition import Definition, known_fields
from extraction.forms.values import AnswerForm
from extraction.models import Result, Value, ValueState
from extraction.schema import Field
from extraction.services.values import Outcome
from extraction.slots import Slot, latest_values, slots_of
from extraction.study_page import ReportLine
from review.models import Study


@dataclass(frozen=True, slots=True)
class Group:
    """The answer forms of one result, or of the study itself."""

    result: Result | None
    forms: list[AnswerForm]


@dataclass(frozen=True, slots=True)
class Filling:
    """A study being extracted; ``chosen`` is the report that is open beside the form."""

    study: Study
    definition: Definition
    lines: list[ReportLine]
    chosen: ReportLine | None

    def forms(self, data: QueryDict | None = None) -> list[AnswerForm]:
        """One form for each slot, bound to ``data`` if given."""
        slots = slots_of(self.study, self.definition)
        return [self._form(slot, data) for slot in slots]

    def after(self, data: QueryDict, sent: list[AnswerForm], outcome: Outcome) -> list[AnswerForm]:
        """The forms as they stand after saving: refused ones keep what was typed in them.

        A refused form has now seen the latest row, so that saving it again is a decision.
        """
        typed = data.copy()
        broken = {form.slot.place: form for form in sent if form.errors}
        forms: list[AnswerForm] = []
        for slot in slots_of(self.study, self.definition):
            problem = outcome.problems.get(slot.place)
            if slot.place in broken:
                forms.append(broken[slot.place])
            elif problem:
                typed[f"{slot.name}-seen"] = str(slot.row.pk) if slot.row else ""
                form = self._form(slot, typed)
                form.add_error("value", problem)
                forms.append(form)
            else:
                forms.append(self._form(slot, None))
        return forms

    def context(self, forms: list[AnswerForm]) -> dict[str, Any]:
        """What the page shows of the forms."""
        slots = [form.slot for form in forms]
        groups = [
            Group(rows[0].slot.result, rows)
            for _, found in groupby(forms, key=lambda form: form.slot.place[1])
            if (rows := list(found))
        ]
        return {
            "definition": self.definition,
            "groups": groups,
            "filled": sum(slot.is_filled for slot in slots),
            "total": len(slots),
            "missing": [s for s in slots if s.field.required and not s.is_filled],
            "former": self.former(slots),
        }

    def former(self, slots: list[Slot]) -> list[tuple[Field, Value]]:
        """Values of fields that the form has no more; they stay and are exported."""
        places = {slot.place for slot in slots}
        rows = latest_values(self.study).items()
        known = known_fields(self.study.review)
        return [
            (known[place[0]], row)
            for place, row in rows
            if place not in places and place[0] in known and row.state != ValueState.CLEARED
        ]

    def _form(self, slot: Slot, data: QueryDict | None) -> AnswerForm:
        reports = [(line.report.pk, line.label) for line in self.lines]
        cited = slot.row.report if slot.row else None
        if cited is not None and cited.pk not in dict(reports):
            reports.append((cited.pk, f"Report {cited.pk}, no longer linked"))
        default = self.chosen.report.pk if self.chosen and len(self.lines) > 1 else None
        return AnswerForm(data, slot=slot, reports=reports, default=default)
