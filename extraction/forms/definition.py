"""The form in which a lead defines the extraction form: one row of inputs for each field.

Adding, moving and removing rows are submits of their own, so that all of it works without
JavaScript; they change the page, and nothing is stored before "Save the form".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from extraction.schema import Kind, Per
from review.sent import number

COUNT = "rows"
MOST_ROWS = 400
PARTS = (
    "key",
    "label",
    "kind",
    "per",
    "help",
    "unit",
    "minimum",
    "maximum",
    "options",
    "required",
)


class FieldForm(forms.Form):
    """One field of the extraction form."""

    # Browsers would refuse to remove or move a row that has no name yet.
    use_required_attribute = False

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(label="Name", error_messages={"required": "Name this field."})
    kind = forms.ChoiceField(choices=[(each.value, each.label) for each in Kind], label="Kind")
    per = forms.ChoiceField(
        choices=[(Per.STUDY.value, "Once per study"), (Per.RESULT.value, "For each result")],
        label="Filled in",
    )
    help = forms.CharField(required=False, label="Help under the name")
    unit = forms.CharField(required=False, label="Unit")
    minimum = forms.CharField(required=False, label="Smallest")
    maximum = forms.CharField(required=False, label="Largest")
    options = forms.CharField(
        required=False,
        label="Options",
        help_text="One on each line.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    required = forms.BooleanField(required=False, label="Required")

    @property
    def kind_label(self) -> str:
        """What its kind is called, for the line that stands for the row."""
        names = dict(self.fields["kind"].choices)  # type: ignore[attr-defined]
        return str(names.get(self["kind"].value(), names[Kind.TEXT.value])).lower()

    @property
    def per_label(self) -> str:
        """How often it is filled in, for the line that stands for the row."""
        names = dict(self.fields["per"].choices)  # type: ignore[attr-defined]
        return str(names.get(self["per"].value(), names[Per.STUDY.value])).lower()

    def definition(self) -> dict[str, Any]:
        """The field as extraction.schema reads it; parts that its kind does not have are left out.

        Whoever switches a field from number to text leaves a unit behind in a hidden corner.
        """
        values = {name: self.cleaned_data[name] for name in PARTS}
        lines = [line.strip() for line in values.pop("options").splitlines()]
        if values["kind"] in (Kind.CHOICE, Kind.MULTIPLE):
            values["options"] = [line for line in lines if line]
        if values["kind"] != Kind.NUMBER:
            for name in ("unit", "minimum", "maximum"):
                values.pop(name)
        return values


def field_forms(data: QueryDict) -> list[FieldForm]:
    """The rows as they were sent, bound."""
    return [FieldForm(data, prefix=prefix) for prefix in _prefixes(data)]


def unbound(rows: list[dict[str, Any]]) -> list[FieldForm]:
    """Rows to show, numbered anew."""
    return [FieldForm(initial=row, prefix=f"f{place}") for place, row in enumerate(rows)]


def rows_of(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored fields as rows of inputs."""
    return [field | {"options": "\n".join(field.get("options") or [])} for field in fields]


def arranged(data: QueryDict, act: str) -> list[dict[str, Any]]:
    """The rows as sent after one act: "add", or "up", "down" or "remove" of a row ("up:3")."""
    rows = [
        {name: data.get(f"{prefix}-{name}", "") for name in PARTS} for prefix in _prefixes(data)
    ]
    what, _, where = act.partition(":")
    if what == "add":
        return [*rows, {}]
    place = number(where)
    if place is None or place >= len(rows):
        return rows
    row = rows.pop(place)
    if what != "remove":
        rows.insert(max(place - 1, 0) if what == "up" else place + 1, row)
    return rows


def _prefixes(data: Mapping[str, Any]) -> list[str]:
    return [f"f{place}" for place in range(min(number(data.get(COUNT)) or 0, MOST_ROWS))]
