"""The form that sends a decided report back to a stage."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms

from review.models import Report, StageName
from screening.services.returning import Return, stages_to_return_to


class ReturnForm(forms.Form):
    """Which stage, and why; ``stood`` is the position that the page showed."""

    stage = forms.ChoiceField(label="Back to", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "Every member reads it, also those who vote again: do not say how anybody voted. "
            "For example: the full text shows that it is another trial."
        ),
    )
    stood = forms.CharField(max_length=24, widget=forms.HiddenInput)
    nonce = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, report: Report, data: Any = None) -> None:
        stages = stages_to_return_to(report)
        initial = {
            "stage": stages[-1] if len(stages) == 1 else None,
            "stood": report.position,
            "nonce": secrets.token_hex(16),
        }
        super().__init__(data, initial=initial)
        labels = {name: StageName(name).label.capitalize() for name in StageName}
        self.fields["stage"].choices = [(name, labels[name]) for name in StageName]  # type: ignore[attr-defined]
        if data is None:
            self.fields["stage"].choices = [(name, labels[name]) for name in stages]  # type: ignore[attr-defined]

    def sent(self) -> Return:
        """What a valid form says."""
        values = self.cleaned_data
        return Return(reason=values["reason"], stood=values["stood"], nonce=values["nonce"])
