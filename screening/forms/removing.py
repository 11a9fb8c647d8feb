"""Forms of removals before screening: which reports, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from review.models.removals import TARGETS

LARGEST_LIST = 2 * 1024 * 1024  # bytes
NO_FILE = "This is not a text file. Save the list as plain text or CSV and upload that."


class IdentifiersForm(forms.Form):
    """PMIDs and DOIs, pasted or uploaded."""

    pasted = forms.CharField(
        label="PMIDs or DOIs",
        required=False,
        max_length=LARGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="As many as you like, parted by blanks, commas or lines.",
    )
    upload = forms.FileField(
        label="Or a file with them",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,.tsv,text/plain,text/csv"}),
        help_text="Plain text or CSV, up to 2 MB.",
    )

    def clean_upload(self) -> str:
        """The text of the file."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        if upload is None:
            return ""
        if (upload.size or 0) > LARGEST_LIST:
            raise forms.ValidationError("This file is larger than 2 MB. Upload it in parts.")
        content = bytes(upload.read())
        if b"\0" in content:
            raise forms.ValidationError(NO_FILE)
        return content.decode("utf-8-sig", errors="replace")

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        values = super().clean() or self.cleaned_data
        if not self.errors and not self.text:
            raise forms.ValidationError("Paste identifiers or choose a file with them.")
        return values

    @property
    def text(self) -> str:
        """Everything that was given."""
        given = (self.cleaned_data.get("pasted", ""), self.cleaned_data.get("upload", ""))
        return "\n".join(given).strip()


class RemovalForm(forms.Form):
    """How the reports go, and why; what it must hold is checked by ``screening.services``."""

    target = forms.ChoiceField(
        label="They are counted as", choices=TARGETS, widget=forms.RadioSelect
    )
    tool = forms.CharField(
        label="Tool and version",
        required=False,
        max_length=100,
        help_text="Only if a tool marked them. The methods section has to name it.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        help_text="For example: published before 2000, the protocol's first year; test record.",
    )
