"""Forms of an import: the file or a pasted list, how it is read, why it is undone."""

from __future__ import annotations

from typing import Any

from django import forms

from review.imports import formats
from review.imports.columns import FIELDS, Column
from review.imports.encodings import ENCODINGS
from review.imports.limits import LARGEST_FILE, LARGEST_UNPACKED, MOST_ENTRIES, megabytes
from review.imports.reading import Plan
from review.imports.table import DELIMITERS
from review.models import Import

LIMITS = (
    f"At most {megabytes(LARGEST_FILE)} and {MOST_ENTRIES:,} entries; an Excel file at most "
    f"{megabytes(LARGEST_UNPACKED)} when unpacked."
)
TABLES = (formats.TABLE, formats.SHEET)


class UploadForm(forms.Form):
    """A file, or a list that was pasted; one of the two."""

    file = forms.FileField(
        label="File",
        required=False,
        widget=forms.FileInput,  # nothing is stored that a name could clear
        help_text=(
            "RIS, PubMed (nbib or XML), BibTeX, EndNote XML, Web of Science (ciw), CSL-JSON, CSV, "
            f"TSV or Excel (xlsx), from any database or reference manager. {LIMITS}"
        ),
    )
    pasted = forms.CharField(
        label="Or paste a list of PMIDs or DOIs",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One on each line, or parted by commas. PubMed is asked for their records.",
    )

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two is needed."""
        values: dict[str, Any] = super().clean() or {}
        file, pasted = values.get("file"), values.get("pasted", "").strip()
        if not self.errors and not file and not pasted:
            raise forms.ValidationError("Choose a file, or paste a list.")
        if file and pasted:
            raise forms.ValidationError("Choose a file or paste a list, not both at once.")
        return values


class PlanForm(forms.Form):
    """How a file is read, and for a table what each column is."""

    format = forms.ChoiceField(label="Format", choices=list(formats.FORMATS.items()))
    encoding = forms.ChoiceField(label="Encoding")
    delimiter = forms.ChoiceField(
        label="Columns are parted by", choices=list(DELIMITERS.items()), required=False
    )
    sheet = forms.ChoiceField(label="Sheet", required=False)

    def __init__(self, imported: Import, data: Any = None) -> None:
        self.was = imported.plan
        initial = {name: getattr(self.was, name) for name in ("format", "encoding", "sheet")}
        super().__init__(data, initial=initial | {"delimiter": self.was.delimiter})
        choices = list(ENCODINGS.items())
        unknown = [] if self.was.encoding else [("", "Choose one")]
        self.fields["encoding"].choices = [*unknown, *choices]  # type: ignore[attr-defined]
        sheets = imported.preview.get("sheets", [])
        self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        if not sheets:
            del self.fields["sheet"]
        if not self.was.encoding:  # the rest is guessed once somebody has chosen it
            del self.fields["format"]
        if self.was.format != formats.TABLE or not self.was.encoding:
            del self.fields["delimiter"]
        self._add_columns()

    def _add_columns(self) -> None:
        """A choice for each column of a table, under its header."""
        if self.was.format not in TABLES:
            return
        choices = [("", "Keep as a note"), *FIELDS.items()]
        for place, column in enumerate(self.was.columns):
            self.fields[f"column{place}"] = forms.ChoiceField(
                label=column.header.strip() or f"Column {place + 1}",
                choices=choices,
                required=False,
                initial=column.field,
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        """The fields of the columns."""
        return [self[name] for name in self.fields if name.startswith("column")]

    @property
    def lacks_title(self) -> bool:
        """Whether no column of a table is the title yet."""
        fields = {column.field for column in self.was.columns}
        return self.was.format in TABLES and "title" not in fields

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields of the file as a whole."""
        return [self[name] for name in self.fields if not name.startswith("column")]

    def plan(self) -> Plan:
        """The plan that was chosen; without columns when they have to be guessed anew."""
        data = self.cleaned_data
        plan = Plan(
            data.get("format") or self.was.format,
            data["encoding"],
            data.get("delimiter") or self.was.delimiter,
            data.get("sheet") or self.was.sheet,
        )
        whole = (plan.format, plan.encoding, plan.delimiter, plan.sheet)
        if whole != (self.was.format, self.was.encoding, self.was.delimiter, self.was.sheet):
            return plan
        columns = tuple(
            _as(column, data.get(f"column{place}", ""))
            for place, column in enumerate(self.was.columns)
        )
        return Plan(plan.format, plan.encoding, plan.delimiter, plan.sheet, columns)


def _as(column: Column, field: str) -> Column:
    """A column as somebody chose it; whose votes it holds stays only with a column of votes."""
    reviewer = column.reviewer if field == "vote of" else ""
    return Column(column.header, field, reviewer, column.asreview)


class UndoForm(forms.Form):
    """Why the records of an import are withdrawn."""

    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="For example: the file of another search was chosen.",
    )
