"""The rows of the criteria form, edited without a script: each button sends the whole form.

``act`` is what the pressed button says: "save", "add", or "up 2", "down 2", "remove 2" with the
number of a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.forms.protocol import CriterionForm
from review.models import Criterion
from review.sent import number

MOST_ROWS = 60
EMPTY = {"text": "", "reason": ""}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows, one form each, and the row to which the eye should go back, if any."""

    forms: list[CriterionForm]
    focus: int | None = None

    def is_valid(self) -> bool:
        """Whether each row that is not blank has both its parts."""
        judged = [form.is_valid() for form in self.forms if not form.is_blank]
        return all(judged)

    def pairs(self) -> list[tuple[str, str]]:
        """The (text, reason) pairs of a valid sheet, blank rows left out."""
        return [
            (form.cleaned_data["text"], form.cleaned_data["reason"])
            for form in self.forms
            if not form.is_blank
        ]


def of_version(criteria: list[Criterion]) -> Sheet:
    """The rows of a version, or one empty row when there is none yet."""
    rows = [{"text": each.text, "reason": each.reason.label} for each in criteria]
    return _unbound(rows or [EMPTY])


def as_sent(data: Mapping[str, str]) -> Sheet:
    """The rows of a form that is to be saved; blank ones carry no complaint."""
    count = range(len(_rows(data)))
    return Sheet([CriterionForm(data, prefix=f"row{i}") for i in count])


def after(data: Mapping[str, str], act: str) -> Sheet:
    """The rows of a form after the act of its pressed button; nothing is judged yet."""
    rows = _rows(data)
    verb, _, where = act.partition(" ")
    place = number(where)
    at = len(rows) if place is None else place
    if verb == "add" and len(rows) < MOST_ROWS:
        return _unbound([*rows, EMPTY], len(rows))
    if at >= len(rows):
        return _unbound(rows)
    if verb == "remove":
        return _unbound([*rows[:at], *rows[at + 1 :]] or [EMPTY], max(at - 1, 0))
    to = max(0, min(len(rows) - 1, at + {"up": -1, "down": 1}.get(verb, 0)))
    rows.insert(to, rows.pop(at))
    return _unbound(rows, to)


def _rows(data: Mapping[str, str]) -> list[Row]:
    count = min(number(data.get("rows")) or 0, MOST_ROWS)
    return [{name: data.get(f"row{i}-{name}", "") for name in EMPTY} for i in range(count)]


def _unbound(rows: list[Row], focus: int | None = None) -> Sheet:
    forms = [CriterionForm(initial=row, prefix=f"row{i}") for i, row in enumerate(rows)]
    if focus is not None:
        forms[focus].fields["text"].widget.attrs["autofocus"] = True
    return Sheet(forms, focus)
