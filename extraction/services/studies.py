"""Linking reports into studies, without taking a report out of the study that it is in."""

from __future__ import annotations

from django.db import transaction

from review.errors import Incomplete, Stale
from review.models import Report, Review, Study, User
from review.services.flow import lock_reports
from review.services.studies import label_of, link_reports, study_of, unlink_report


@transaction.atomic
def link(
    *,
    review: Review,
    reports: list[int],
    actor: User,
    study: Study | None = None,
    label: str = "",
) -> Study:
    """Link reports that no study has yet into a study, or into a new one named ``label``
    or, without a label, after its first report.

    Raises Stale when one was linked meanwhile (also by the first of two clicks) or is of another
    review, Incomplete without reports or for a label in use, WrongPosition before the full text
    is sought.
    """
    rows = [row for row in lock_reports(reports) if row.review_id == review.pk]
    if any(row.study_id is not None for row in rows):
        raise Stale("One of these reports is linked already. The list shows how it stands now.")
    label = label.strip()
    if study is None and label and Study.objects.filter(review=review, label=label).exists():
        raise Incomplete(f"There is a study called “{label}” already. Give this one another name.")
    if study is None and rows:
        label = label or label_of(rows[0])
    return link_reports(review=review, reports=reports, actor=actor, study=study, label=label)


@transaction.atomic
def start_study(*, report: Report, actor: User) -> Study:
    """The study of a report; an unlinked one becomes a study of its own."""
    return study_of(report=report, actor=actor)


@transaction.atomic
def unlink(*, report: Report, actor: User) -> None:
    """Take a report out of its study. Raises Stale when it is in none."""
    (row,) = lock_reports([report.pk])
    if row.study_id is None:
        raise Stale("This report is not linked to a study any more.")
    unlink_report(report=row, actor=actor)
