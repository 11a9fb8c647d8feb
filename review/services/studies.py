"""Linking reports of one investigation into a study (PRISMA 2020: study, report, record)."""

from __future__ import annotations

from django.db import transaction

from review.errors import Incomplete, Stale, WrongPosition
from review.models import Report, Review, Study, User
from review.models.flow import FROM_SOUGHT_ON
from review.services.flow import lock_reports
from review.services.log import log

LONGEST_LABEL = 120


@transaction.atomic
def link_reports(
    *,
    review: Review,
    reports: list[int],
    actor: User | None,
    study: Study | None = None,
    label: str = "",
) -> Study:
    """Link reports into a study, a new one when none is given; from ``sought`` on.

    Raises Incomplete without reports or label, Stale when one is of another review or of none,
    WrongPosition for one that is not yet sought.
    """
    rows = [row for row in lock_reports(reports) if row.review_id == review.pk]
    if not rows:
        raise Incomplete("Choose at least one report to link.")
    if len(rows) < len(set(reports)):
        raise Stale("One of these reports is not in this review. Nothing was linked.")
    if any(row.position not in FROM_SOUGHT_ON for row in rows):
        raise WrongPosition("Only reports whose full text is sought or held can be linked.")
    if study is None:
        if not label.strip():
            raise Incomplete("Name the study, for example \u201cYounger 2013\u201d.")
        study = Study.objects.create(review=review, label=label.strip()[:LONGEST_LABEL])
    for row in rows:
        old = row.study_id
        row.study = study
        row.save(update_fields=["study"])
        log(
            review=review,
            actor=actor,
            what="linked a report",
            subject=f"report {row.pk}",
            old=old,
            new=study.pk,
        )
    return study


@transaction.atomic
def unlink_report(*, report: Report, actor: User | None) -> None:
    """Take a report out of its study; alone it is a study of its own again."""
    (row,) = lock_reports([report.pk])
    if row.study_id is None:
        return
    old, row.study = row.study_id, None
    row.save(update_fields=["study"])
    log(
        review=row.review,
        actor=actor,
        what="unlinked a report",
        subject=f"report {row.pk}",
        old=old,
    )


@transaction.atomic
def study_of(*, report: Report, actor: User | None) -> Study:
    """The study of a report; an unlinked one gets its own, named after author and year."""
    (row,) = lock_reports([report.pk])
    if row.study is not None:
        return row.study
    return link_reports(review=row.review, reports=[row.pk], actor=actor, label=label_of(row))


def label_of(report: Report) -> str:
    """Name a study after its report, as reviews do: "Younger 2013"."""
    citation = report.face.citation if report.face else None
    author = citation.authors[0].last if citation and citation.authors else "Report"
    year = citation.year if citation and citation.year else report.pk
    return f"{author[: LONGEST_LABEL - 12]} {year}"
