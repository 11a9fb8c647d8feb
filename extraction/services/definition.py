"""Defining the extraction form: each change is a new version, values keep the one they answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from extraction.definition import known_fields, starting_form
from extraction.models import FormVersion
from extraction.schema import Form, check_follows, make_key, read_form
from review.errors import Incomplete, Stale
from review.models import Review, User
from review.services.log import log


def set_form(
    *, review: Review, fields: Sequence[dict[str, Any]], based_on: int, actor: User | None
) -> FormVersion:
    """Save the fields as a new version; a form that is the same stays the version it is.

    ``based_on`` is the number of the version that was changed, 0 for none. New fields get a key
    that no field of this review ever had. Raises extraction.schema.FormError for a field that
    cannot be used, Incomplete for a form without fields, Stale when another version was saved.
    """
    if not fields:
        raise Incomplete("A form needs at least one field.")
    known = known_fields(review)
    form = read_form(_with_keys(fields, set(known)))
    check_follows(Form(tuple(known.values())), form)
    try:
        with transaction.atomic():
            return _store(review, form, based_on, actor)
    except IntegrityError as error:
        raise Stale(_OVERTAKEN) from error


_OVERTAKEN = (
    "Somebody saved another version of the form after you had opened it. Open the form in another "
    "tab, compare, and make your changes there."
)


def start_from_template(*, review: Review, actor: User | None) -> FormVersion:
    """Copy the starting fields in as version 1. Raises Stale when the review has a form."""
    return set_form(review=review, fields=starting_form(), based_on=0, actor=actor)


def _store(review: Review, form: Form, based_on: int, actor: User | None) -> FormVersion:
    latest = FormVersion.objects.filter(review=review).order_by("-number").first()
    if latest and read_form(latest.fields) == form:
        return latest
    if (latest.number if latest else 0) != based_on:
        raise Stale(_OVERTAKEN)
    version = FormVersion.objects.create(
        review=review, number=based_on + 1, fields=form.to_json(), made_by=actor
    )
    log(
        review=review,
        actor=actor,
        what="changed the extraction form",
        subject=str(version),
        new=[field.label for field in form],
    )
    return version


def _with_keys(fields: Sequence[dict[str, Any]], known: set[str]) -> list[dict[str, Any]]:
    taken = known | {field["key"] for field in fields if field.get("key")}
    named: list[dict[str, Any]] = []
    for field in fields:
        if not field.get("key"):
            field = field | {"key": make_key(str(field.get("label", "")), taken)}
            taken.add(field["key"])
        named.append(field)
    return named
