"""Moving reports: the one lock, the one function that changes a position, the projections."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection, transaction
from django.utils import timezone

from review.models import Move, Reason, Record, Report, Review, User
from review.models.flow import Arm
from review.models.searches import LEFT_KINDS
from review.services.bulk import update_rows
from review.services.faces import faces, store_missing


def lock_reports(ids: Iterable[int]) -> list[Report]:
    """Lock these reports until the transaction ends and return them fresh, in key order.

    The one lock for votes, moves, merges and refreshes. On SQLite the transaction itself, begun
    IMMEDIATE, is the lock. Must be called inside ``atomic``; nothing that an outcome depends on
    may be read before it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_reports needs a transaction")
    reports = Report.objects.filter(pk__in=set(ids)).order_by("pk")
    if connection.features.has_select_for_no_key_update:
        reports = reports.select_for_update(no_key=True)
    return list(reports)


def lock_all_reports(review: Review) -> None:
    """Wait for every act under way on a report of this review, and hold up new ones.

    For an act on the review as a whole: what the others read after their lock, it may then change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_all_reports needs a transaction")
    if connection.features.has_select_for_no_key_update:
        rows = Report.objects.filter(review=review).order_by("pk").select_for_update(no_key=True)
        list(rows.values_list("pk", flat=True))


@transaction.atomic
def move(
    *,
    report: Report,
    target: str | None,
    cause: str,
    actor: User | None,
    reason: Reason | None = None,
) -> bool:
    """Put a report at a position and write the ledger; False if it stands there already.

    ``target`` None takes it out of the flow (merged away or withdrawn; the caller sets why
    before). ``reason`` is the primary reason of an exclusion.
    """
    if report.position == target and report.reason_id == (reason.pk if reason else None):
        return False
    Move.objects.create(
        review_id=report.review_id,
        report=report,
        origin=report.position,
        target=target,
        reason=reason,
        cause=cause,
        actor=actor,
    )
    report.position = target
    report.reason = reason
    report.save(update_fields=["position", "reason", "survivor", "withdrawn_at"])
    return True


def move_many(*, reports: Collection[Report], target: str, cause: str, actor: User | None) -> None:
    """Put locked reports at a position and write the ledger, as ``move`` does with one.

    None of them stands there yet.
    """
    Move.objects.bulk_create(
        Move(
            review_id=report.review_id,
            report=report,
            origin=report.position,
            target=target,
            cause=cause,
            actor=actor,
        )
        for report in reports
    )
    keys = [report.pk for report in reports]
    Report.objects.filter(pk__in=keys).update(position=target, reason=None)


def mark_handled(report: Report) -> None:
    """Note that a person was shown this report: from now on it survives any automatic merge."""
    if report.handled_at is None:
        report.handled_at = timezone.now()
        report.save(update_fields=["handled_at"])


def project(report: Report) -> None:
    """Recompute what follows from a report's records: its column, its source, its face.

    Column (prisma.md section 3): left if any record came from a database or register. It is
    counted by the earliest such record, else by the earliest record. The face is the text that
    people read, see ``review.services.faces``.
    """
    project_all([report])


def project_all(reports: Iterable[Report]) -> None:
    """The same for many locked reports, in a few statements."""
    known = {report.pk: report for report in reports}
    records = _records(known)
    found = store_missing(faces(records))
    changed = []
    for key, report in known.items():
        derived = (*_counted(records[key]), found[key].revision)
        if derived != (report.arm, report.counted_by_id, report.face_id):
            report.arm, report.counted_by_id, report.face_id = derived
            changed.append(report)
    update_rows(changed, ["arm", "counted_by", "face"])


def derive(report: Report) -> tuple[str, int | None, int | None]:
    """Give (arm, key of the search counted by, key of the face) from the live records."""
    return derive_all([report.pk])[report.pk]


def derive_all(reports: Collection[int]) -> dict[int, tuple[str, int | None, int | None]]:
    """The same of many reports by key, from one reading of their records."""
    records = _records(reports)
    found = faces(records)
    return {key: (*_counted(rows), found[key].revision) for key, rows in records.items()}


def _records(reports: Iterable[int]) -> dict[int, list[Record]]:
    """The live records of these reports by report, the earliest first."""
    records: dict[int, list[Record]] = {key: [] for key in reports}
    for record in Record.objects.of_reports(records).select_related("search"):
        records[record.report_id].append(record)
    return records


def _counted(records: list[Record]) -> tuple[str, int | None]:
    left = [record for record in records if record.search.kind in LEFT_KINDS]
    counted = (left or records)[:1]
    return Arm.LEFT if left else Arm.RIGHT, counted[0].search_id if counted else None
