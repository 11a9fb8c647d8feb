"""The extraction form in force, and the fields of its earlier versions."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from extraction.models import FormVersion
from extraction.schema import Field, Form, Per, read_form
from review.models import Review

STARTING_FORM = Path(__file__).parent / "starting_form.toml"


@dataclass(frozen=True)
class Definition:
    """A review's form: the version in force (None before the lead defines one) and its fields."""

    version: FormVersion | None
    form: Form

    @cached_property
    def keys_per_study(self) -> frozenset[str]:
        """Fields filled in once for a study."""
        return frozenset(field.key for field in self.form.per(Per.STUDY))

    @cached_property
    def keys_per_result(self) -> frozenset[str]:
        """Fields filled in for each result of a study."""
        return frozenset(field.key for field in self.form.per(Per.RESULT))


def definition_of(review: Review) -> Definition:
    """The form in force; an empty one before the lead has defined it."""
    version = FormVersion.objects.filter(review=review).order_by("-number").first()
    return Definition(version, read_form(version.fields if version else []))


def forms_by_version(review: Review) -> dict[int, tuple[int, Form]]:
    """Number and form of every version, by its key: a value is read by the one it answers."""
    rows = FormVersion.objects.filter(review=review).order_by("number")
    return {row.pk: (row.number, read_form(row.fields)) for row in rows}


def known_fields(review: Review) -> dict[str, Field]:
    """Every field that any version has had, by key, as its latest version defines it."""
    forms = forms_by_version(review).values()
    return {field.key: field for _, form in forms for field in form}


@cache
def starting_form() -> list[dict[str, Any]]:
    """The fields that a lead can start from: a short list for a trial of a drug for pain."""
    data = tomllib.loads(STARTING_FORM.read_text(encoding="utf-8"))
    return read_form(data["field"]).to_json()
