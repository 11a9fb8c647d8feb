"""A report typed by hand: what people write about one document becomes a citation.

Everything typed is plain text; it is stored as inline markup, so that "P < 0.05" reads the same.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone

from review.citation import Author, Citation, Section
from review.markup import from_plain, plain

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMID = re.compile(r"[1-9]\d{0,8}")
_RESOLVER = re.compile(r"^(https?://(dx\.)?doi\.org/|doi:?\s*)", re.IGNORECASE)
FIRST_YEAR = 1800


class CitationForm(forms.Form):
    """One report as a person reads it off the page."""

    title = forms.CharField(
        label="Title", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    authors = forms.CharField(
        label="Authors",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One on each line, family name first: Younger J. A group by its whole name.",
    )
    year = forms.IntegerField(
        label="Year", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    journal = forms.CharField(label="Journal or place of publication", required=False)
    doi = forms.CharField(label="DOI", required=False, help_text="For example 10.1002/art.37734.")
    pmid = forms.CharField(
        label="PMID", required=False, help_text="The number in PubMed, for example 23359310."
    )
    registration = forms.CharField(
        label="Registration numbers",
        required=False,
        help_text="Of the trial, parted by commas: NCT00568555.",
    )
    abstract = forms.CharField(
        label="Abstract",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="An empty line begins a new paragraph.",
    )
    url = forms.URLField(
        label="Address on the web", required=False, max_length=500, assume_scheme="https"
    )
    nonce = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def clean_year(self) -> int | None:
        """A year in which it can have been published."""
        year: int | None = self.cleaned_data["year"]
        last = timezone.localdate().year + 1
        if year is not None and not FIRST_YEAR <= year <= last:
            raise forms.ValidationError(f"Enter a year from {FIRST_YEAR} to {last}.")
        return year

    def clean_doi(self) -> str:
        """A bare DOI in lower case, whatever resolver it was copied with."""
        doi = _RESOLVER.sub("", self.cleaned_data["doi"].strip()).lower()
        if doi and not (_DOI.fullmatch(doi) and len(doi) <= 200):
            raise forms.ValidationError(
                "This is not a DOI. It begins with 10. and has a slash, like 10.1002/art.37734."
            )
        return doi

    def clean_pmid(self) -> str:
        """PubMed's number."""
        pmid: str = self.cleaned_data["pmid"].strip()
        if pmid and not _PMID.fullmatch(pmid):
            raise forms.ValidationError(
                "A PMID is a number of up to nine digits, like 23359310. "
                "Leave it empty if PubMed does not have the report."
            )
        return pmid

    def citation(self) -> Citation:
        """The citation that a valid form describes."""
        values = self.cleaned_data
        paragraphs = re.split(r"\n\s*\n", values["abstract"].replace("\r\n", "\n"))
        numbers = re.split(r"[,;\s]+", values["registration"])
        return Citation(
            identifier="",
            title=from_plain(" ".join(values["title"].split())),
            abstract=tuple(Section("", from_plain(p.strip())) for p in paragraphs if p.strip()),
            authors=tuple(author(line) for line in values["authors"].splitlines() if line.strip()),
            journal=values["journal"],
            year=values["year"],
            published=str(values["year"] or ""),
            doi=values["doi"],
            pmid=values["pmid"],
            url=values["url"],
            registrations=tuple(number for number in numbers if number),
        )


def author(line: str) -> Author:
    """Read one line: "Younger J", "Younger, Jarred", or a group's whole name."""
    name = " ".join(line.split())
    last, comma, fore = (part.strip() for part in name.partition(","))
    if comma and fore:
        initials = _initials(fore) or "".join(each[0] for each in fore.split())
        return Author(last, "" if _initials(fore) else fore, initials)
    family, _, tail = name.rstrip(",").rpartition(" ")
    if family and _initials(tail):
        return Author(family, "", _initials(tail))
    return Author(name.rstrip(","), group=bool(family))


def _initials(text: str) -> str:
    """The letters of "J", "J.-P." or "AB"; empty when this is a word."""
    letters = re.sub(r"[.\-\s]", "", text)
    return letters if letters.isalpha() and letters.isupper() and len(letters) <= 4 else ""


def initial(citation: Citation) -> dict[str, Any]:
    """What the form shows of a citation that is known already."""
    return {
        "title": plain(citation.title),
        "authors": "\n".join(each.short for each in citation.authors),
        "year": citation.year,
        "journal": citation.journal,
        "doi": citation.doi,
        "pmid": citation.pmid,
        "registration": ", ".join(citation.registrations),
        "abstract": "\n\n".join(plain(part.text) for part in citation.abstract),
        "url": citation.url,
    }
