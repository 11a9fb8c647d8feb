"""Opinions: what somebody decided when it was too late to count is kept, not thrown away.

An opinion is read by whoever may read complete decisions; no verdict rests on it, it takes no
seat, and it is no vote in any figure of agreement.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from review.models import Report, Stage, User
from review.services.flow import lock_reports
from screening.models import Decision, Kind
from screening.services.settle import Ruling
from screening.services.votes import Ballot


def keep_late_vote(*, voter: User, stage: Stage, ballot: Ballot) -> Decision | None:
    """Keep a vote that was refused because others were quicker; sent twice it is kept once.

    None when the report is not of this review, or the page was used for something else before.
    """
    values = {
        "choice": ballot.choice,
        "reason_id": ballot.reason_given,
        "note": ballot.note,
        "revision_id": ballot.revision,
        "criteria_id": ballot.criteria,
    }
    return _keep(voter, ballot.report, stage, ballot.nonce, values)


def keep_late_ruling(
    *, adjudicator: User, report: Report, stage: Stage, ruling: Ruling
) -> Decision | None:
    """Keep a settlement of a conflict that somebody else had ended; as for a vote."""
    values = {
        "choice": ruling.choice,
        "reason_id": ruling.reason_given,
        "note": ruling.rationale.strip(),
        "revision_id": report.face_id,
    }
    return _keep(adjudicator, report.pk, stage, ruling.nonce, values)


def _keep(
    actor: User, report: int, stage: Stage, nonce: str, values: Mapping[str, object]
) -> Decision | None:
    try:
        with transaction.atomic():
            rows = [row for row in lock_reports([report]) if row.review_id == stage.review_id]
            sent = Decision.objects.filter(actor=actor, nonce=nonce)
            if not rows or sent.exists():
                return sent.filter(kind=Kind.OPINION).first()
            former = Decision.objects.filter(report=report, stage=stage, actor=actor)
            return Decision.objects.create(
                review_id=stage.review_id,
                report_id=report,
                stage=stage,
                actor=actor,
                kind=Kind.OPINION,
                supersedes=former.filter(kind=Kind.OPINION).heads().first(),
                nonce=nonce,
                **values,
            )
    except IntegrityError:
        return Decision.objects.filter(actor=actor, nonce=nonce, kind=Kind.OPINION).first()
