"""Forms on the way to a full text; what is held is checked by ``review.services``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from review.models.retrieval import Holding
from review.services.retrieval import LARGEST_PDF


class AttemptForm(forms.Form):
    """One dated attempt to get a full text."""

    tried_on = forms.DateField(
        label="Date",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    how = forms.CharField(
        label="What was tried",
        max_length=300,
        help_text="For example: library subscription, asked the author by e-mail.",
    )


class PdfForm(forms.Form):
    """An uploaded PDF; whether it can be read is checked by ``review.services``."""

    prefix = "pdf"
    upload = forms.FileField(
        label="PDF", widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"})
    )

    def clean_upload(self) -> UploadedFile[bytes]:
        """Refuse a file that is too large before it is read into memory."""
        upload: UploadedFile[bytes] = self.cleaned_data["upload"]
        if (upload.size or 0) > LARGEST_PDF:
            raise forms.ValidationError(
                "This file is larger than 50 MB. Upload a smaller PDF or record a link."
            )
        return upload

    def holding(self) -> dict[str, Any]:
        """Arguments for ``hold_full_text``."""
        upload = self.cleaned_data["upload"]
        return {"form": Holding.PDF, "upload": (upload.name, upload.read())}


class LinkForm(forms.Form):
    """An address at which the full text can be read."""

    prefix = "link"
    url = forms.URLField(label="Address", max_length=500, assume_scheme="https")
    note = forms.CharField(label="Note", max_length=300, required=False)

    def holding(self) -> dict[str, Any]:
        """Arguments for ``hold_full_text``."""
        return {"form": Holding.LINK, **self.cleaned_data}


class PaperForm(forms.Form):
    """A copy on paper."""

    prefix = "paper"
    note = forms.CharField(
        label="Where it lies", max_length=300, required=False, help_text="For example: folder 3."
    )

    def holding(self) -> dict[str, Any]:
        """Arguments for ``hold_full_text``."""
        return {"form": Holding.PAPER, **self.cleaned_data}


HOLDING_FORMS: dict[str, type[PdfForm] | type[LinkForm] | type[PaperForm]] = {
    "pdf": PdfForm,
    "link": LinkForm,
    "paper": PaperForm,
}
