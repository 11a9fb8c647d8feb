"""Extracting: values with their state, report, page and quote, one new row for each change.

Each field is saved or refused by itself: a number out of its range does not hold back the rest of
the page. Rows are append-only; saving what stands already adds none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as date_format

from extraction.definition import definition_of
from extraction.models import FormVersion, Value, ValueState
from extraction.schema import BadValue, Entry, Field, Form, State
from extraction.slots import Place, Slot, Typed, as_typed, slots_of
from review.errors import Stale
from review.models import Study, User


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot as it was sent; ``seen`` is the key of the row that the page had shown, or None."""

    place: Place
    typed: Typed
    seen: int | None = None


@dataclass(slots=True)
class Outcome:
    """How many values were saved, and for the others a sentence that says what to do."""

    saved: int = 0
    problems: dict[Place, str] = field(default_factory=dict)


@transaction.atomic
def save_values(
    *,
    study: Study,
    version: int,
    filled: Iterable[Filled],
    actor: User,
    is_demo: bool = False,
) -> Outcome:
    """Save the slots that changed since the page was shown.

    ``version`` is the number of the form that was filled in. Raises Stale, and saves nothing,
    when the lead has saved another one since.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    definition = definition_of(study.review)
    if definition.version is None or definition.version.number != version:
        raise Stale(
            "The extraction form has a newer version. Nothing was saved yet: look through your "
            "entries below and save again."
        )
    reports = set(study.reports.live().values_list("pk", flat=True))
    desk = _Desk(study, definition.version, definition.form, reports, actor, is_demo)
    slots = {slot.place: slot for slot in slots_of(study, definition)}
    outcome = Outcome()
    for each in filled:
        slot = slots.get(each.place)
        if slot is None and each.typed.is_blank:
            continue
        if slot is None:
            outcome.problems[each.place] = "This field or result is gone. Copy what you entered."
            continue
        try:
            outcome.saved += desk.take(slot, each)
        except (BadValue, Stale) as error:
            outcome.problems[each.place] = str(error)
    return outcome


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the values of one study are written."""

    study: Study
    version: FormVersion
    form: Form
    reports: set[int]
    actor: User
    is_demo: bool

    def take(self, slot: Slot, filled: Filled) -> bool:
        """Save one slot if it changed. Raises BadValue and Stale with a sentence."""
        shown = self.row_shown(slot, filled.seen)
        if _same(filled.typed, as_typed(slot.field, shown)):
            return False
        entry, typed = self.read(slot, filled.typed)
        if slot.row is not None and _holds(slot.row, entry, typed):
            return False
        if slot.row is not None and slot.row != shown:
            raise Stale(_overtaken(slot.field, slot.row))
        if entry.state is State.EMPTY and not slot.is_filled:
            return False
        self.write(slot, entry, typed)
        return True

    def row_shown(self, slot: Slot, seen: int | None) -> Value | None:
        """The row of this slot that the page had shown."""
        if seen is None:
            return None
        if slot.row is not None and slot.row.pk == seen:
            return slot.row
        rows = Value.objects.filter(study=self.study, field=slot.field.key, result=slot.result)
        return rows.filter(pk=seen).first()

    def read(self, slot: Slot, typed: Typed) -> tuple[Entry, Typed]:
        """What the slot says, and its source; the only report of a study is its source."""
        entry = self.form.entry(slot.field.key, typed.state, typed.raw)
        if entry.state is State.EMPTY:
            if typed.page or typed.quote:
                raise BadValue(
                    f"{slot.field.label} has a page or quote and no value. Enter the value that "
                    "it supports, or choose “unclear”."
                )
            return entry, Typed()
        allowed = self.reports | ({slot.row.report_id} if slot.row else set())
        if typed.report is not None and typed.report not in allowed:
            raise BadValue(f"{slot.field.label}: choose a report of this study as the source.")
        if typed.report is None and len(self.reports) == 1:
            typed = replace(typed, report=next(iter(self.reports)))
        return entry, typed

    def write(self, slot: Slot, entry: Entry, typed: Typed) -> None:
        empty = entry.state is State.EMPTY
        Value.objects.create(
            review_id=self.study.review_id,
            version=self.version,
            field=slot.field.key,
            study=self.study,
            result=slot.result,
            state=ValueState.CLEARED if empty else entry.state.value,
            data=entry.data,
            report_id=typed.report,
            page=typed.page,
            quote=typed.quote,
            actor=self.actor,
            is_demo=self.is_demo,
        )


def _same(typed: Typed, shown: Typed) -> bool:
    if typed.is_blank and shown.is_blank:
        return True
    return typed == shown


def _holds(row: Value, entry: Entry, typed: Typed) -> bool:
    """Whether the latest row says the same already."""
    if entry.state is State.EMPTY:
        return bool(row.state == ValueState.CLEARED)
    new = (entry.state.value, entry.data, typed.report, typed.page, typed.quote)
    return new == (row.state, row.data, row.report_id, row.page, row.quote)


def _overtaken(field: Field, row: Value) -> str:
    when = date_format(timezone.localtime(row.at), "H:i T")
    typed = as_typed(field, row)
    what = field.show(typed.raw) if typed.raw else State(row.state).label if typed.state else ""
    said = f"saved “{what}”" if what else "emptied this field"
    return (
        f"{field.label}: {row.actor} {said} at {when}, after you had opened this page. "
        "Save again to put yours in its place."
    )
