"""Choosing which record's value of a field a report keeps, and leaving it to the rules again."""

from __future__ import annotations

from django.db import transaction

from review.dedupe.kept import FIELDS
from review.differences import FIELDS as NAMES
from review.errors import Incomplete
from review.models import KeptValue, Record, Report, User
from review.services.faces import chosen
from review.services.flow import lock_reports, project
from review.services.log import log


@transaction.atomic
def keep_value(*, report: Report, field: str, record: int | None, actor: User) -> None:
    """Let a report keep this record's value of a field, through every later refresh and merge.

    ``record`` None leaves the field to the rules. Who decided on another title or abstract is told
    that the text has changed. Raises Incomplete for a field or a record that has nothing to keep.
    """
    (row,) = lock_reports([report.pk])
    records = list(Record.objects.of_reports([row.pk]).select_related("current"))
    if field not in FIELDS:
        raise Incomplete("There is no such field to keep.")
    kept = next((each for each in records if each.pk == record), None)
    if record is not None and not (kept and kept.current and _has(kept, field)):
        raise Incomplete("That record has nothing in this field. Reload the page.")
    before = chosen(records).get(field)
    KeptValue.objects.filter(record__in=records, field=field).delete()
    if kept is not None:
        KeptValue.objects.create(record=kept, field=field, chosen_by=actor)
    project(row)
    log(
        review=row.review,
        actor=actor,
        what="chose whose value a report keeps",
        subject=f"report {row.pk}: {NAMES[field]}",
        old=f"record {before.record_id}" if before else "by rule",
        new=f"record {record}" if record else "by rule",
    )


def _has(record: Record, field: str) -> bool:
    return bool(record.current and getattr(record.current.citation, field))
