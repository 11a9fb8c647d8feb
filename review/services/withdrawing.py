"""Undoing an import: its records are withdrawn with a reason, and count nowhere from then on.

Nothing is deleted. A report that has no other record leaves the flow; its votes, texts and moves
stay in the history. A report that another search found too stays where it is.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.utils import timezone

from review.errors import AlreadyRunning, Incomplete
from review.models import Import, Job, Move, Record, Report, User
from review.services import jobs
from review.services.flow import lock_reports, project_all
from review.services.jobs import Claim
from review.services.log import log
from review.services.records import PAUSE

TASK = "review.tasks.withdraw_import"
CHUNK = 250  # records of one transaction: longer ones would hold up people who decide on SQLite


@transaction.atomic
def start_undo(*, imported: Import, reason: str, actor: User) -> Job:
    """Queue the withdrawal of all records of an import; one that failed goes on.

    Raises Incomplete without a reason, AlreadyRunning while it is being imported or undone.
    """
    locked = Import.objects.select_for_update(of=("self",)).select_related("run__job", "undo")
    imported = locked.get(pk=imported.pk)
    if imported.undo is not None and jobs.resume(job=imported.undo):
        return imported.undo
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise Incomplete("Say why. The reason is kept with the import and its records.")
    if not imported.may_be_undone:
        raise AlreadyRunning("It is being imported or undone, or was undone. Reload the page.")
    review = imported.search.review
    job = jobs.enqueue(
        task=TASK,
        subject=f"Undoing the import of {imported.name}",
        key=f"withdraw import {imported.pk}",
        review=review,
        actor=actor,
    )
    imported.undo, imported.undo_reason = job, reason
    imported.save(update_fields=["undo", "undo_reason"])
    log(review=review, actor=actor, what="undid an import", subject=imported.name, reason=reason)
    return job


def withdraw_import(claim: Claim) -> None:
    """Do, or go on with, the undoing that a job stands for."""
    imported = Import.objects.select_related("run").get(undo=claim.job)
    records = Record.objects.filter(first_run=imported.run)
    total = records.count()
    while keys := list(records.filter(withdrawn_at=None).order_by("pk").values("pk")[:CHUNK]):
        with transaction.atomic():
            _withdraw([row["pk"] for row in keys], f"import {imported.pk} undone", claim)
            done = records.exclude(withdrawn_at=None).count()
            Import.objects.filter(pk=imported.pk).update(withdrawn=done)
            claim.advance(done=done, total=total, note="Withdrawing", withdrawn=done)
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)


def _withdraw(keys: Sequence[int], cause: str, claim: Claim) -> None:
    """Mark records as withdrawn; their reports follow from what is left of each."""
    records = Record.objects.filter(pk__in=keys)
    reports = lock_reports(records.values_list("report", flat=True))
    records.update(withdrawn_at=timezone.now())
    leave_without_records(reports, cause=cause, actor=claim.job.made_by)


def leave_without_records(
    reports: Collection[Report], *, cause: str, actor: User | None
) -> list[Report]:
    """Take locked live reports without a live record out of the flow; give these.

    What follows from the records of the others is worked out anew.
    """
    held = Record.objects.of_reports([report.pk for report in reports])
    left = set(held.order_by().values_list("report", flat=True))
    empty = [report for report in reports if report.pk not in left and report.position]
    Move.objects.bulk_create(
        Move(
            review_id=report.review_id,
            report=report,
            origin=report.position,
            cause=cause,
            actor=actor,
        )
        for report in empty
    )
    for report in empty:
        report.position, report.reason, report.withdrawn_at = None, None, timezone.now()
    Report.objects.bulk_update(empty, ["position", "reason", "withdrawn_at"])
    project_all([report for report in reports if report.pk in left])
    return empty
