"""One slot of an extraction form: the value or what is known of it, and where it was read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from extraction.schema import Field, Kind
from extraction.services.values import Filled
from extraction.slots import Slot, Typed, as_typed
from review.sent import number

STATES = [
    ("", "—"),
    ("not_reported", "Not reported"),
    ("not_applicable", "Not applicable"),
    ("unclear", "Unclear"),
]


class AnswerForm(forms.Form):
    """A slot's inputs. What was typed is judged by extraction.schema, which knows the field."""

    state = forms.CharField(required=False, label="Or", widget=forms.Select(choices=STATES))
    report = forms.CharField(required=False, label="Report")
    page = forms.CharField(required=False, label="Page", max_length=40)
    quote = forms.CharField(required=False, label="Quote", widget=forms.Textarea(attrs={"rows": 1}))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        slot: Slot,
        reports: list[tuple[int, str]],
        default: int | None = None,
    ) -> None:
        super().__init__(data, prefix=slot.name, initial=_initial(slot, default))
        self.slot = slot
        shown = as_typed(slot.field, slot.row).raw
        self.fields["value"] = _input(slot.field, shown)
        choices = [("", "Not stated"), *reports]
        self.fields["report"].widget = forms.Select(choices=choices)
        if len(reports) < 2:
            self.fields["report"].widget = forms.HiddenInput()

    @property
    def problem(self) -> str:
        """What is wrong with it, as one sentence."""
        return " ".join(error for errors in self.errors.values() for error in map(str, errors))

    def filled(self) -> Filled:
        """The slot as it was sent."""
        values = self.cleaned_data
        typed = Typed(
            raw=_plain(values["value"]),
            state=values["state"],
            report=number(values["report"]),
            page=values["page"],
            quote=str(_plain(values["quote"])),
        )
        seen = number(values["seen"])
        return Filled(self.slot.place, typed, seen)


def _initial(slot: Slot, default: int | None) -> dict[str, Any]:
    typed = as_typed(slot.field, slot.row)
    return {
        "value": typed.raw,
        "state": typed.state,
        "report": typed.report if slot.is_filled else default,
        "page": typed.page,
        "quote": typed.quote,
        "seen": slot.row.pk if slot.row else "",
    }


def _input(field: Field, shown: Any) -> forms.Field:
    """The input of a kind of field. A stored option that the form lost is offered once more."""
    kept = shown if isinstance(shown, list) else [shown]
    options = [*field.options, *(each for each in kept if each and each not in field.options)]
    labelled = [(each, each) for each in options]
    common: dict[str, Any] = {"required": False, "label": field.label, "help_text": field.help}
    if field.kind is Kind.MULTIPLE:
        return _Several(choices=labelled, widget=forms.CheckboxSelectMultiple, **common)
    widget: forms.Widget = forms.TextInput()
    if field.kind is Kind.TEXT:
        widget = forms.Textarea(attrs={"rows": 1})
    elif field.kind is Kind.NUMBER:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "amount"})
    elif field.kind is Kind.DATE:
        widget = forms.TextInput(attrs={"placeholder": "2016-03-15", "class": "amount"})
    elif field.kind is Kind.CHOICE:
        widget = forms.Select(choices=[("", "—"), *labelled])
    elif field.kind is Kind.YES_NO_UNCLEAR:
        answers = [("", "—"), ("yes", "Yes"), ("no", "No"), ("unclear", "Unclear")]
        widget = forms.Select(choices=answers)
    return forms.CharField(widget=widget, **common)


class _Several(forms.MultipleChoiceField):
    """Several choices; which of them the field accepts is the schema's to say."""

    def valid_value(self, value: object) -> bool:
        return True


def _plain(raw: Any) -> Any:
    return raw if isinstance(raw, list) else str(raw).replace("\r\n", "\n").strip()
