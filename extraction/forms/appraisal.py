"""Forms of an assessment: choosing the instrument, what is judged, a domain, overall."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from extraction.appraisal import (
    TOOL_IDS,
    Direction,
    Domain,
    Instrument,
    Judgement,
    Question,
    instrument,
)
from extraction.services.appraisal import Choice, Given
from extraction.sheet import OVERALL, Sheet

PARTS = ("answer", "support", "quote", "page")


def _tools() -> list[tuple[str, str]]:
    return [(key, f"{instrument(key).name} ({instrument(key).version})") for key in TOOL_IDS]


class InstrumentForm(forms.Form):
    """Which instrument fits the design of the trial."""

    tool = forms.ChoiceField(
        choices=_tools,
        widget=forms.RadioSelect,
        label="Instrument",
        help_text="Cluster trials and studies without randomisation need another instrument.",
        error_messages={"required": "Choose the instrument that fits the design of the trial."},
    )


class PreliminaryForm(forms.Form):
    """What is judged: the interventions, the number, and the sources that were read."""

    experimental = forms.CharField(max_length=200, label="Experimental intervention")
    comparator = forms.CharField(max_length=200, label="Comparator")
    estimate = forms.CharField(
        max_length=300,
        label="Numerical result being assessed",
        help_text="As printed, for example “MD −0.34 (95 % CI −0.95 to 0.27)”.",
        required=False,
    )
    sources = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label="Sources of information used",
        required=False,
    )

    def __init__(self, *args: Any, tool: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sources"].choices = [(name, name) for name in tool.sources]  # type: ignore[attr-defined]


def _text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class JudgementForm(forms.Form):
    """The final judgement: as the answers suggest, or another one with its reason."""

    final = forms.ChoiceField(
        required=False,
        label="Your judgement",
        choices=[("", "As suggested"), *((each.value, each.label) for each in Judgement)],
    )
    reason = forms.CharField(
        required=False,
        label="Reason",
        widget=_text_area(2),
        help_text="Needed when your judgement is not the suggested one.",
    )
    direction = forms.ChoiceField(
        required=False,
        label="Predicted direction of bias",
        choices=[
            ("", "Not stated"),
            *((each.value, each.value.capitalize()) for each in Direction),
        ],
    )

    def choice(self) -> Choice:
        """The judgement as the service takes it."""
        values = self.cleaned_data
        final = Judgement(values["final"]) if values["final"] else None
        return Choice(final, values["reason"].strip(), values["direction"])


def judgement_initial(sheet: Sheet, domain: str) -> dict[str, str]:
    """What the judgement form shows at first: a departure, or "as suggested"."""
    row = sheet.judgements.get(domain)
    if row is None:
        return {}
    final = row.final if row.final != row.algorithm else ""
    return {"final": final, "reason": row.reason, "direction": row.direction}


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question on the page; the fields are None while it is not asked."""

    question: Question
    is_asked: bool
    answer: BoundField
    support: BoundField
    quote: BoundField
    page: BoundField
    hints: tuple[str, ...] = ()


class DomainForm(JudgementForm):
    """The questions of one domain with support, quote and page, and its judgement."""

    def __init__(self, *args: Any, domain: Domain, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domain = domain
        self.questions = domain.asked_for(sheet.effect)
        self.intervention = sheet.assessment.experimental
        for question in self.questions:
            options = [(option.value, option.label) for option in question.options]
            fields = {
                # The engine names the question in what it refuses; Django would not.
                "answer": forms.CharField(
                    required=False, widget=forms.RadioSelect(choices=options), max_length=2
                ),
                "support": forms.CharField(required=False, label="Support", widget=_text_area(2)),
                "quote": forms.CharField(required=False, label="Quote", widget=_text_area(1)),
                "page": forms.CharField(
                    required=False,
                    label="Page",
                    max_length=40,
                ),
            }
            for part, field in fields.items():
                self.fields[_name(part, question)] = field

    def rows(self, asked: Collection[str]) -> Iterator[QuestionRow]:
        """The questions in order of asking."""
        for question in self.questions:
            parts = {part: self[_name(part, question)] for part in PARTS}
            hints = question.hints_for(self.intervention)
            yield QuestionRow(question, question.number in asked, **parts, hints=hints)

    def codes(self) -> dict[str, str]:
        """The answer codes that were sent, also by a form that is refused."""
        return {each.number: self.data.get(_name("answer", each), "") for each in self._sent()}

    def shown(self, data: Mapping[str, Any]) -> frozenset[str]:
        """The numbers of the questions that the page which sent ``data`` had shown."""
        return frozenset(each.number for each in self.questions if _name("support", each) in data)

    def _sent(self) -> list[Question]:
        shown = self.shown(self.data)
        return [each for each in self.questions if each.number in shown]

    def given(self) -> dict[str, Given]:
        """What was sent for the questions that the page showed; others keep their answers."""
        return {
            each.number: Given(*(self.cleaned_data[_name(part, each)].strip() for part in PARTS))
            for each in self._sent()
        }


def _name(part: str, question: Question) -> str:
    return f"{part}_{question.number.replace('.', '_')}"


def domain_initial(sheet: Sheet, domain: Domain) -> dict[str, str]:
    """What a domain's form shows at first: the latest answers, former hidden ones included."""
    initial = judgement_initial(sheet, domain.id)
    for question in domain.asked_for(sheet.effect):
        row = sheet.rows.get(question.number)
        if row is not None:
            for part in PARTS:
                initial[_name(part, question)] = getattr(row, part)
    return initial


def overall_initial(sheet: Sheet) -> dict[str, str]:
    """What the overall form shows at first."""
    return judgement_initial(sheet, OVERALL)
