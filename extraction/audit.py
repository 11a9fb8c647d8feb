"""Checks of extraction: stored judgements against the algorithms, values against their form."""

from __future__ import annotations

from collections.abc import Iterator

from extraction.definition import forms_by_version
from extraction.models import Assessment, FormVersion, Value, ValueState
from extraction.schema import BadValue, Form, State
from extraction.sheet import OVERALL, Sheet, read_sheets
from review.models import Review


def differences(review: Review) -> Iterator[str]:
    """Sentences, one per difference between what is stored and what follows from the answers."""
    for sheet in read_sheets(Assessment.objects.of(review)):
        yield from _judgements(sheet)
    yield from _versions(review)
    yield from _values(review)


def _judgements(sheet: Sheet) -> Iterator[str]:
    who = f"assessment {sheet.assessment.pk}"
    if sheet.state.kind == "inconsistent":
        yield f"{who}: {sheet.state.message}"
    proposed = dict(sheet.proposed) | {OVERALL: sheet.overall}
    for domain, judgement in proposed.items():
        row = sheet.judgements.get(domain)
        stored, final = (row.algorithm, row.final) if row else ("", "")
        expected = judgement.value if judgement else ""
        if stored != expected:
            yield f"{who}, {domain}: stored “{stored}”, the answers lead to “{expected}”"
        if bool(stored) != bool(final):
            yield f"{who}, {domain}: algorithm “{stored}” and final “{final}” do not go together"
        if row and final != stored and not row.reason:
            yield f"{who}, {domain}: “{final}” departs from “{stored}” without a reason"


def _versions(review: Review) -> Iterator[str]:
    numbers = FormVersion.objects.filter(review=review).order_by("number")
    found = list(numbers.values_list("number", flat=True))
    if found != list(range(1, len(found) + 1)):
        yield f"the versions of the extraction form are numbered {found}"


def _values(review: Review) -> Iterator[str]:
    """Every value fits its field as the version defines it, and belongs to one study."""
    forms = forms_by_version(review)
    rows = Value.objects.filter(review=review).select_related("study", "result")
    for row in rows.iterator(chunk_size=500):
        who = f"value {row.pk} ({row.field})"
        if row.study.review_id != review.pk or (row.result and row.result.study_id != row.study_id):
            yield f"{who} belongs to a result of another study"
        if row.version_id not in forms:
            yield f"{who} was entered in the form of another review"
            continue
        number, form = forms[row.version_id]
        if row.field not in (field.key for field in form):
            yield f"{who}: version {number} of the form has no such field"
        elif problem := _misfit(form, row):
            yield f"{who}: {problem}"


def _misfit(form: Form, row: Value) -> str:
    """What is wrong with a stored value, as a sentence, or nothing."""
    if row.state in (ValueState.CLEARED, *(set(State) - {State.REPORTED, State.EMPTY})):
        return "" if row.data is None else f"is {row.state} and has the value {row.data!r}"
    try:
        entry = form.entry(row.field, State.REPORTED, row.data)
    except BadValue as error:
        return str(error)
    return "" if entry.data == row.data else f"{row.data!r} is stored, {entry.data!r} is meant"
