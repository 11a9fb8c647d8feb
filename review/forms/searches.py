"""The form of a search (PRISMA 2020 items 6 and 7: sources and full strategies)."""

from __future__ import annotations

from typing import Any

from django import forms

from review.models import Review, Search, SourceKind
from review.models.searches import Chase

EXAMPLES = {
    SourceKind.DATABASE: "Database, such as PubMed, Embase or CENTRAL",
    SourceKind.REGISTER: "Register, such as ClinicalTrials.gov or ICTRP",
    SourceKind.WEBSITE: "Website",
    SourceKind.ORGANISATION: "Organisation",
    SourceKind.CITATION: "Citation searching: reference lists, or articles that cite a report",
    SourceKind.OTHER: "Other, such as experts who were contacted",
}

SOURCES = {Chase.CITED_BY: "cited-in links", Chase.REFERENCES: "reference links"}


class SearchForm(forms.Form):
    """One strategy in one source."""

    source = forms.CharField(
        label="Source",
        max_length=80,
        help_text="Its name as the review will print it, for example PubMed.",
    )
    kind = forms.ChoiceField(
        label="Kind of source",
        choices=list(EXAMPLES.items()),
        widget=forms.RadioSelect,
        help_text=(
            "Databases and registers fill the left column of the PRISMA diagram, every other "
            "kind the right one. It cannot be changed once there are records."
        ),
    )
    is_pubmed = forms.BooleanField(
        label="Fetch its records from PubMed",
        required=False,
        help_text="Winnow runs the strategy and fetches every record. The kind must be Database.",
    )
    platform = forms.CharField(
        label="Platform",
        required=False,
        max_length=120,
        help_text="Through which it is searched, for example Ovid, Embase.com, NLM.",
    )
    coverage = forms.CharField(
        label="Dates that it covers",
        required=False,
        max_length=200,
        help_text="For example: 1974 to 14 March 2026.",
    )
    strategy = forms.CharField(
        label="Search strategy",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "strategy", "rows": 12, "spellcheck": "false"}),
        help_text=(
            "Exactly as it was or will be run, line by line, with the hits of each line where the "
            "source gives them. PubMed needs one without hits."
        ),
    )
    limits = forms.CharField(
        label="Limits",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Of language, date or kind of publication, each with its reason; or: none.",
    )
    filters = forms.CharField(
        label="Search filters",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Published filters with their citation, and whether they were changed.",
    )
    run_by = forms.CharField(
        label="Who ran it",
        required=False,
        max_length=200,
        help_text="For a source that Winnow does not ask itself.",
    )
    run_on = forms.DateField(
        label="When it was run",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The day of the search, for a source that Winnow does not ask itself.",
    )
    hits = forms.IntegerField(
        label="Hits that the source reported",
        required=False,
        min_value=0,
        max_value=10_000_000,
        help_text="For such a source; it should be the number of records that come in.",
    )
    peer_review = forms.CharField(
        label="Peer review of the strategy",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="By whom and how, for example with the PRESS checklist; or: none.",
    )
    rerun_of = forms.ModelChoiceField(
        label="Repeats the search of",
        required=False,
        queryset=Search.objects.none(),
        empty_label="None",
        help_text="If it is an update of an earlier search that stands here on its own.",
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rerun_of"]
        field.queryset = others  # type: ignore[attr-defined]

    def clean_strategy(self) -> str:
        """The lines as typed, however the browser ended them."""
        strategy: str = self.cleaned_data["strategy"].replace("\r\n", "\n")
        return strategy.strip("\n")

    def values(self) -> dict[str, Any]:
        """The fields of the search, once the form is valid."""
        return self.cleaned_data

    def clean(self) -> dict[str, Any]:
        """PubMed is a database and needs a strategy."""
        values = super().clean() or {}
        if values.get("is_pubmed"):
            if values.get("kind") not in (None, SourceKind.DATABASE):
                self.add_error("kind", "PubMed is a database. Choose Database.")
            if not values.get("strategy", "").strip():
                self.add_error("strategy", "Paste the strategy as you would into PubMed.")
        return values


class ExplanationForm(forms.Form):
    """Why the counts of a run differ."""

    words = forms.CharField(
        label="Why the counts differ",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "For example: PubMed lists 2 records that it has withdrawn; they were looked for "
            "by title and not found. The review prints this with the search."
        ),
    )


class SentinelForm(forms.Form):
    """A report that every run must find, by its PMID."""

    pmid = forms.CharField(
        label="PMID of a report that every run must find",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class ChaseForm(forms.Form):
    """Citation searching from the included reports (PRISMA-S item 5)."""

    chase = forms.ChoiceField(
        label="Follow",
        choices=[
            (Chase.CITED_BY, "Articles that cite the included reports (forward)"),
            (Chase.REFERENCES, "References of the included reports (backward)"),
        ],
        widget=forms.RadioSelect,
        initial=Chase.CITED_BY,
    )
    kind = forms.ChoiceField(
        label="How its records count",
        choices=[
            (
                SourceKind.DATABASE,
                "With the databases: screened with the rest, left column of the diagram",
            ),
            (SourceKind.CITATION, "As citation searching: right column of the diagram"),
        ],
        widget=forms.RadioSelect,
        initial=SourceKind.DATABASE,
        help_text="The methods text says which. It cannot be changed once there are records.",
    )

    def values(self) -> dict[str, Any]:
        """The fields of the search, once the form is valid."""
        chosen = self.cleaned_data
        return {**chosen, "is_pubmed": True, "source": f"PubMed {SOURCES[chosen['chase']]}"}


AnyForm = SearchForm | ChaseForm


def edit_form(review: Review, search: Search | None, data: Any = None) -> AnyForm:
    """The form that fits: a search with a strategy, or one that follows citations."""
    if search is not None and search.chase:
        return ChaseForm(data, initial={"chase": search.chase, "kind": search.kind})
    return search_form(review, search, data)


def search_form(review: Review, search: Search | None, data: Any = None) -> SearchForm:
    """The form for a new search, or with the values of one that exists."""
    others = Search.objects.filter(review=review).order_by("pk")
    if search is None:
        return SearchForm(data, initial={"kind": SourceKind.DATABASE}, others=others)
    initial = {name: getattr(search, name) for name in SearchForm.base_fields}
    return SearchForm(data, initial=initial, others=others.exclude(pk=search.pk))
