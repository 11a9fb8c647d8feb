"""Taking reports out before anybody has voted on them, and bringing them back.

PRISMA 2020 counts what a tool marked as ineligible and what was removed for other reasons apart
from what was screened. So the rule is: only a report that stands at "to screen", on which no vote
stands and that no reviewer is reading, can be removed; the others stay and are listed with the
reason. Every report that goes has a move with its cause and its actor, every one can come back.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Sequence

from django.db import connection, transaction
from django.db.models import OuterRef, Q, Subquery

from review.errors import AlreadyRunning, Incomplete, WrongPosition
from review.models import Job, Move, Position, Removal, Report, Review, User
from review.services import jobs
from review.services.flow import lock_reports, move_many
from review.services.jobs import Claim
from review.services.log import log
from review.services.records import PAUSE
from screening.models import Decision, Kind, Seat

REMOVE, RESTORE = "screening.tasks.remove_reports", "screening.tasks.restore_reports"
MOST = 20_000  # reports of one removal
AT_ONCE = 2_000  # reports whose seats and votes are looked up in one query
CHUNK = 250  # reports of one transaction: longer ones would hold up people who decide on SQLite

IN_HANDS = "a reviewer is reading it or has voted on it"
# Neither is a reason: the one is mended or judged by the full text, the other is judged as it is.
_NO_REASON = re.compile(
    r"\b(no|missing|without|lack\w*)\b.{0,20}\babstracts?\b|\babstract.{0,20}\bmissing\b|\bretract",
    re.IGNORECASE,
)


@transaction.atomic
def select_reports(
    *,
    review: Review,
    reports: Sequence[int],
    selection: str,
    actor: User,
    unmatched: Sequence[str] = (),
) -> Removal:
    """Keep which reports somebody chose, to be looked at; replaces what they chose before.

    Raises Incomplete for none and for more than ``MOST``.
    """
    if not reports and not unmatched:
        raise Incomplete("Nothing was chosen.")
    if len(reports) > MOST:
        raise Incomplete(f"These are {len(reports):,} reports; choose at most {MOST:,} at a time.")
    Removal.objects.filter(review=review, made_by=actor, job=None).delete()
    return Removal.objects.create(
        review=review,
        selection=selection[:200],
        chosen=list(reports),
        unmatched=list(unmatched),
        made_by=actor,
    )


def refused(reports: Collection[Report]) -> dict[int, str]:
    """Why some of these reports cannot be removed before screening, by key."""
    here = [report.pk for report in reports if report.position == Position.SCREENING]
    busy: set[int] = set()
    for start in range(0, len(here), AT_ONCE):
        busy |= _in_hands(here[start : start + AT_ONCE])
    return {
        report.pk: IN_HANDS if report.position == Position.SCREENING else _stands(report)
        for report in reports
        if report.position != Position.SCREENING or report.pk in busy
    }


def _stands(report: Report) -> str:
    if report.position is None:
        return "it was merged into another or withdrawn"
    return f"it stands at “{Position(report.position).label.lower()}”"


def _in_hands(keys: Collection[int]) -> set[int]:
    """Which of these somebody reads now or has voted on; not which of the two, nor who."""
    seats = Seat.objects.active().filter(report__in=keys).values_list("report", flat=True)
    votes = Decision.objects.heads().filter(kind=Kind.VOTE).order_by()
    votes = votes.filter(Q(report__in=keys) | Q(report__survivor__in=keys))
    cast = votes.values_list("report", "report__survivor")
    return set(seats) | {survivor or report for report, survivor in cast}


def start_removal(*, removal: Removal, target: str, reason: str, tool: str, actor: User) -> Job:
    """Queue the removal of the chosen reports.

    Raises Incomplete without a reason (a missing abstract and a retraction are none), without the
    tool's name where a tool decided, and where nothing was chosen; AlreadyRunning the second time.
    """
    reason, tool = " ".join(reason.split()), " ".join(tool.split())
    _validate(removal, target, reason, tool)
    if target != Position.REMOVED_BY_AUTOMATION:
        tool = ""
    with transaction.atomic():
        job = jobs.enqueue(
            task=REMOVE,
            subject=f"Removing {len(removal.chosen):,} reports before screening",
            key=f"removal {removal.pk}",
            review=removal.review,
            actor=actor,
        )
        values = {"target": target, "reason": reason, "tool": tool, "job": job}
        if not Removal.objects.filter(pk=removal.pk, job=None, made_by=actor).update(**values):
            raise AlreadyRunning("This was started already. Reload the page to see it.")
        log(
            review=removal.review,
            actor=actor,
            what="removed reports before screening",
            subject=str(removal),
            new={"chosen": len(removal.chosen), "position": target, "tool": tool},
            reason=reason,
        )
    return job


def _validate(removal: Removal, target: str, reason: str, tool: str) -> None:
    if not removal.chosen:
        raise Incomplete("No report was chosen.")
    if target not in dict(Removal.target.field.choices or ()):
        raise Incomplete("Say whether a tool or another reason removes them.")
    if not reason:
        raise Incomplete("Write the reason. It is kept with every report that is removed.")
    if _NO_REASON.search(reason):
        raise Incomplete(
            "A missing abstract or a retraction is no reason to remove a report before screening. "
            "Leave it to the reviewers, who see both."
        )
    if target == Position.REMOVED_BY_AUTOMATION and not tool:
        raise Incomplete("Name the tool and its version, as the methods section has to.")


def remove_reports(claim: Claim) -> None:
    """Do the job of a removal, chunk by chunk, on from its checkpoint."""
    removal = Removal.objects.get(job=claim.job)
    for start, keys in _chunks(removal, claim):
        with transaction.atomic():
            reports = lock_reports(keys)
            stay = refused(reports)
            going = [report for report in reports if report.pk not in stay]
            target, cause = removal.target, f"removal {removal.pk}"
            move_many(reports=going, target=target, cause=cause, actor=removal.made_by)
            removal.skipped += [[key, why] for key, why in stay.items()]
            removal.removed += len(going)
            removal.save(update_fields=["skipped", "removed"])
            _advance(claim, removal, start, keys)


def start_restore(*, removal: Removal, actor: User) -> Job:
    """Queue the return of all reports that a removal took out. AlreadyRunning the second time."""
    with transaction.atomic():
        if removal.job is None or removal.job.is_unfinished:
            raise AlreadyRunning("The removal is still running. Wait until it ends, or cancel it.")
        job = jobs.enqueue(
            task=RESTORE,
            subject=f"Restoring {removal.removed:,} reports",
            key=f"restore {removal.pk}",
            review=removal.review,
            actor=actor,
        )
        Removal.objects.filter(pk=removal.pk).update(undo=job)
        log(
            review=removal.review,
            actor=actor,
            what="restored reports removed before screening",
            subject=str(removal),
            old={"removed": removal.removed, "position": removal.target},
        )
    return job


def restore_reports(claim: Claim) -> None:
    """Undo a removal: every report that it took out stands where it stood before.

    Reports that were restored one by one stay; so do those that were merged away since, whose
    merge has to be split first: they are listed as problems.
    """
    removal = Removal.objects.get(undo=claim.job)
    for start, keys in _chunks(removal, claim):
        with transaction.atomic():
            reports = lock_reports(keys)
            moved = _moved_last_by(reports, f"removal {removal.pk}")
            back = [report for report in reports if report.pk in moved]
            target, cause = Position.SCREENING, f"restore {removal.pk}"
            move_many(reports=back, target=target, cause=cause, actor=claim.job.made_by)
            _advance(claim, removal, start, keys)
        gone = Move.objects.filter(report__in=keys, cause=f"removal {removal.pk}")
        merged = gone.filter(report__position=None).values_list("report", flat=True)
        claim.problem(*(f"Report {key} was merged away since; split the merge." for key in merged))


def restore_report(*, report: Report, actor: User) -> None:
    """Bring one removed report back to be screened. Raises WrongPosition for any other."""
    with transaction.atomic():
        (report,) = lock_reports([report.pk])
        if report.position not in dict(Removal.target.field.choices or ()):
            raise WrongPosition(f"This report was not removed: {_stands(report)}.")
        origin = report.position
        move_many(reports=[report], target=Position.SCREENING, cause="restored", actor=actor)
        log(
            review=report.review,
            actor=actor,
            what="restored a report removed before screening",
            subject=f"report {report.pk}",
            old=origin,
            new=Position.SCREENING,
        )


def _moved_last_by(reports: Collection[Report], cause: str) -> set[int]:
    """Which of these reports were moved last by this cause."""
    last = Move.objects.filter(report=OuterRef("pk")).order_by("-pk").values("cause")[:1]
    rows = Report.objects.filter(pk__in=[report.pk for report in reports])
    moved = rows.annotate(last=Subquery(last)).filter(last=cause, position__isnull=False)
    return set(moved.values_list("pk", flat=True))


def _chunks(removal: Removal, claim: Claim) -> Iterator[tuple[int, list[int]]]:
    """The chosen reports in chunks, on from the checkpoint, with a pause for SQLite's writers."""
    for start in range(claim.job.checkpoint.get("start", 0), len(removal.chosen), CHUNK):
        yield start, removal.chosen[start : start + CHUNK]
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)


def _advance(claim: Claim, removal: Removal, start: int, keys: Sequence[int]) -> None:
    done = start + len(keys)
    note = f"{removal.removed:,} removed" if claim.job.task == REMOVE else ""
    claim.advance(done=done, total=len(removal.chosen), note=note, start=done)
