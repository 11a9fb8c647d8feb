"""Forms about duplicates."""

from __future__ import annotations

from django import forms

from review.models.matching import Answer


class FindForm(forms.Form):
    """Which report is meant, by a name that people know it by."""

    q = forms.CharField(
        label="PMID, DOI or report number",
        max_length=300,
        help_text="The report number stands on its page.",
    )


class AnswerForm(forms.Form):
    """What a person says of a pair."""

    answer = forms.ChoiceField(choices=Answer.choices)


class MergeForm(forms.Form):
    """The report to merge with, and why."""

    other = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label="Why they are the same report",
        max_length=400,
        help_text="For example: same trial, same journal, page numbers differ by a typing error.",
    )
