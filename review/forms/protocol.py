"""Forms of the protocol: question, criteria with their reasons."""

from __future__ import annotations

from typing import Any

from django import forms

from review.models import Review
from review.services.protocol import LONGEST_REASON, QUESTION

HELP = {
    "population": "Who must have been studied: condition, age, setting.",
    "intervention": "What is tested, with dose and route where they matter.",
    "comparator": "What it is compared with.",
    "outcomes": "What is measured and when, the primary outcome first.",
    "designs": "Which kinds of study answer the question.",
}


class QuestionForm(forms.Form):
    """The review's title and its question by PICO."""

    title = forms.CharField(label="Title of the review", max_length=300)
    population = forms.CharField(label="Population")
    intervention = forms.CharField(label="Intervention")
    comparator = forms.CharField(label="Comparator")
    outcomes = forms.CharField(label="Outcomes")
    designs = forms.CharField(label="Study designs")

    def __init__(self, review: Review, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(review, name) for name in QUESTION})
        for name, text in HELP.items():
            field = self.fields[name]
            field.required, field.help_text = False, text
            field.widget = forms.Textarea(attrs={"rows": 3})


class CriterionForm(forms.Form):
    """One criterion; a report that fails it is excluded for its reason."""

    use_required_attribute = False  # or a blank row would keep every button from working

    text = forms.CharField(label="Criterion", widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(
        label="Excluded as", max_length=LONGEST_REASON, widget=forms.TextInput()
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed into this row."""
        return not any(str(self[name].value() or "").strip() for name in ("text", "reason"))
