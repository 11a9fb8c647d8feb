"""The answer to an alert."""

from __future__ import annotations

from django import forms


class AnswerForm(forms.Form):
    """What was done about a retraction or an expression of concern."""

    done = forms.CharField(
        label="What was done",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=(
            "For example: left out of the analysis, results compared with and without it; "
            "or: excluded already, nothing had to change."
        ),
    )
