"""A hostile text in every stored field: which fields, found from the models, and what it is.

Only what the program itself reads is left alone: choices, keys, names of files, and words of the
program (a single lower-case word in JSON). A new field is marked without being listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db import models

from review import triggers
from review.models import Alert, SearchRun
from review.services.alerts import acknowledge_alert
from review.services.retrieval import hold_full_text
from tests.extraction.world import extract, typed
from tests.people import Team
from tests.site.rows import Kind, kinds
from tests.site.world import World, two_worlds

APPS = ("review", "screening", "extraction")
ROOM = 36  # characters: in less no marker fits
CODES = {
    "review.Job.task",  # the name of a function
    "review.Job.arguments",
    "review.Job.checkpoint",
    "review.Job.file",  # files in the data folder
    "review.Import.file",
    "review.FullText.file",
    "review.FullText.sha256",  # by which a damaged file is known
    "review.Record.identifier",  # numbers of PubMed, by which records are found
    "review.User.password",
    "extraction.Assessment.tool",  # names in the instrument and in the form
    "extraction.Value.field",
    "screening.Decision.nonce",
}
PLAIN = {"extraction.FormVersion.fields"}  # read with neither invisible characters nor ";"
INVISIBLE = "\u202e\x01\x0b"
CODE = re.compile(r"[a-z][a-z0-9_]*|[0-9.]*|[A-Z][0-9]")
RAW = re.compile(
    r"<img src=[xy]|<svg[ /]onload|</textarea><svg|42055007"
    r"|(?:href|src|action)=.javascript:",
    re.IGNORECASE,
)
SEEN = re.compile(r"marked\(\d+\)")


def marker(number: int) -> str:
    """A text that would call ``marked(number)`` wherever a page let it."""
    call = f"marked({number})"
    return (
        f'=1+1"><img src=x onerror={call}>&lt;img src=y onerror={call}&gt;{{{{6007*7001}}}}'
        f"</script></textarea><svg/onload={call}>{INVISIBLE}"
    )


def texts(model: Kind) -> list[Any]:
    """The fields of a table that hold free text."""
    return [field for field in model._meta.concrete_fields if _is_free(model, field)]


def _is_free(model: Kind, field: Any) -> bool:
    if field.choices or field.unique or f"{model._meta.label}.{field.name}" in CODES:
        return False
    if isinstance(field, models.JSONField | models.TextField):
        return True
    return isinstance(field, models.CharField) and (field.max_length or ROOM) >= ROOM


def hostile_world() -> World:
    """A review whose every text is hostile; ``more["fields"]`` says which number is which field."""
    here, _ = two_worlds()
    _fill(here)
    here.more["fields"] = mark_everything()
    for name in Team.__slots__:
        getattr(here, name).refresh_from_db()
    return here


def _fill(here: World) -> None:
    """Rows that the routes need nowhere: a link, values, warnings, an answered alert."""
    hold_full_text(report=here.sought, form="link", actor=here.ann, url="https://example.org/1",
                   note="Open access")  # fmt: skip
    source = {"page": "3", "quote": "Eight patients"}
    extract(here.study, here.ann, typed("country", "Norway", **source))
    extract(here.study, here.ann, typed("analysed", "8", result=here.result, **source))
    found = ["Some terms were ignored: and"]
    SearchRun.objects.filter(pk=here.run.pk).update(warnings=found, translation="naltrexone")
    record = here.alert.record
    other = Alert.objects.create(review=here.review, record=record, pmid=record.pmid,
                                 kind="concern", notice="77778", words="Concern")  # fmt: skip
    acknowledge_alert(alert=other, done="Left out", actor=here.lead)


def mark_everything() -> dict[int, str]:
    """Put a marker of its own into every text of every row; which number stands for which field.

    The history refuses to be rewritten, so its triggers go first; undo the transaction afterwards.
    """
    triggers.drop()
    return dict(_marks())


def _marks() -> Iterator[tuple[int, str]]:
    number = 0
    for model in kinds():
        if model._meta.app_label in APPS and (fields := texts(model)):
            for row in model._base_manager.order_by("pk"):
                values = {}
                for field in fields:
                    number += 1
                    name = f"{model._meta.label}.{field.name}"
                    hostile = marker(number)
                    if name in PLAIN:
                        hostile = hostile.removesuffix(INVISIBLE).replace(";", "")
                    values[field.name] = _marked(field, getattr(row, field.name), hostile)
                    yield number, name
                model._base_manager.filter(pk=row.pk).update(**values)


def _marked(field: Any, value: Any, hostile: str) -> Any:
    if isinstance(field, models.JSONField):
        return within(value, hostile)
    if isinstance(field, models.URLField):
        return f"javascript:{SEEN.findall(hostile)[0]}//{hostile}"[: field.max_length]
    return hostile[: field.max_length]


def within(value: Any, hostile: str) -> Any:
    """A JSON value with every text in it marked, except words of the program."""
    if isinstance(value, dict):
        return {
            key: f"javascript:{hostile}" if key == "url" and each else within(each, hostile)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [within(each, hostile) for each in value]
    if isinstance(value, str) and not CODE.fullmatch(value):
        return f"{hostile} {value}"
    return value
