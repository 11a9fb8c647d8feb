"""The votes from which agreement is counted, kept at the instant they are complete.

What people change, discuss or settle later never alters how far they agreed while they were
blinded. A vote that completes a report carries the keys of the votes that then stood; where votes
become complete without one, because copies were merged or a rule changed, a Completion does.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from review.models import Report, Stage
from screening.models import Completion, Decision, Kind


def completed_by(
    *, before: Sequence[Decision], after: Sequence[Decision], voter: int, needed: int
) -> list[int] | None:
    """The keys of the votes that ``voter`` completes by voting now; None when they do not.

    ``before`` are the votes that counted until now, ``after`` those of them that still will. One
    voter alone agrees with nobody, so two are needed at least.
    """
    needed = max(2, needed)
    others = {vote.actor_id: vote.pk for vote in after if vote.kind == Kind.VOTE}
    others.pop(voter, None)
    had = {vote.actor_id for vote in before if vote.kind == Kind.VOTE}
    return sorted(others.values()) if len(others) + 1 >= needed > len(had) else None


def keep_completion(*, report: Report, stage: Stage, counting: Sequence[Decision]) -> None:
    """Keep the votes of a locked report that are complete though nobody voted, once and for all."""
    votes = {vote.actor_id: vote for vote in counting if vote.kind == Kind.VOTE}
    family = Report.objects.filter(Q(pk=report.pk) | Q(survivor=report)).order_by().values("pk")
    if len(votes) < 2 or _is_kept(family, stage):
        return
    keys = sorted(vote.pk for vote in votes.values())
    Completion.objects.create(
        review_id=report.review_id, report=report, stage=stage, completed=keys
    )


def _is_kept(family: object, stage: Stage) -> bool:
    at_stage = {"report__in": family, "stage": stage}
    cast = Decision.objects.filter(**at_stage, completed__isnull=False)
    return cast.exists() or Completion.objects.filter(**at_stage).exists()
