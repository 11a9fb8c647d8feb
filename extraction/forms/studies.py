"""Forms for studies and their results."""

from __future__ import annotations

from typing import Any

from django import forms

from extraction.models import Result
from review.models import Review, Study
from review.sent import key


class Keys(forms.TypedMultipleChoiceField):
    """Keys of rows that the page lists; the service answers for those that are gone since."""

    def valid_value(self, value: object) -> bool:
        return True


class LinkForm(forms.Form):
    """Reports to link, and the study that they belong to: one that exists, or a new one."""

    reports = Keys(
        coerce=key,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the reports that belong to one study."},
    )
    study = forms.ModelChoiceField(
        queryset=Study.objects.none(),
        required=False,
        empty_label="A new study",
        label="Link into",
    )
    label = forms.CharField(
        max_length=120,
        required=False,
        label="Name of the new study",
        help_text="For example “Younger 2013”. Left empty, it is named after its first report.",
    )

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["study"].queryset = Study.objects.of(review).past_abstracts()  # type: ignore[attr-defined]
        for name in ("study", "label"):  # they stand below the table, outside the form's element
            self.fields[name].widget.attrs["form"] = "link"

    def ticked(self) -> list[str]:
        """The keys that were ticked, to tick them again on a page with an error."""
        return [str(key) for key in self["reports"].value() or []]


class ResultForm(forms.ModelForm):  # type: ignore[type-arg]
    """A result: what was compared, on what outcome, how and when it was measured."""

    class Meta:
        model = Result
        fields = ["outcome", "instrument", "time_point", "comparison", "estimate"]
        help_texts = {
            "outcome": "For example “pain intensity”.",
            "instrument": "For example “NRS 0–10, mean of the last 7 days”.",
            "time_point": "For example “12 weeks after randomisation”.",
            "comparison": "For example “naltrexone 4.5 mg versus placebo”.",
            "estimate": "The number being judged, as printed: “MD −0.34 (95 % CI −0.95 to 0.27)”.",
        }

    def validate_unique(self) -> None:
        """Leave twins to the service, which says which result is meant."""
