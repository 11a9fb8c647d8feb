"""Forms about duplicates."""

from __future__ import annotations

from typing import Any

from django import forms

from review.models.matching import Answer, Link


class FindForm(forms.Form):
    """Which report is meant, by a name that people know it by."""

    q = forms.CharField(
        label="PMID, DOI or report number",
        max_length=300,
        help_text="The report number stands on its page.",
    )


class AnswerForm(forms.Form):
    """What a person says of a pair; who says how two are linked has said that they are."""

    answer = forms.ChoiceField(choices=Answer.choices, required=False)
    link = forms.ChoiceField(choices=Link.choices, required=False)

    def clean(self) -> dict[str, Any]:
        """Fill in "linked"; refuse silence."""
        found = super().clean() or {}
        if found.get("link"):
            found["answer"] = Answer.LINKED
        if not found.get("answer"):
            raise forms.ValidationError("Choose an answer.")
        return found


class AcceptForm(forms.Form):
    """From which likelihood on pairs are accepted together."""

    score = forms.IntegerField(
        label="At least this likely, in percent",
        min_value=50,
        max_value=100,
        initial=95,
        help_text="Likelihood only ranks the pairs: 95 does not mean 95 right answers in 100.",
    )


class MergeForm(forms.Form):
    """The report to merge with, and why."""

    other = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label="Why they are the same report",
        max_length=400,
        help_text="For example: same trial, same journal, page numbers differ by a typing error.",
    )
