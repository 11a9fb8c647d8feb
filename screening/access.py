"""Loaders of screening; who may do what is answered by ``review.access``."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.http import Http404

from review.access import (
    Access,
    enter,
    enter_stage,
    get_live_report,
    get_merge,
    get_pair,
    get_report,
)
from review.models import Pair, Removal, Report, Stage
from review.models.flow import FROM_SOUGHT_ON
from review.sent import number
from screening.models import Decision, RuleChange

MOST_AT_ONCE = 200  # pairs that are answered together

__all__ = [
    "Access",
    "enter",
    "enter_stage",
    "get_judged_report",
    "get_live_report",
    "get_merge",
    "get_own_vote",
    "get_pair",
    "get_pairs",
    "get_removal",
    "get_report",
    "get_rule_change",
    "get_sought_report",
]


def get_judged_report(access: Access, pk: int) -> Report:
    """A live report; for one that was merged away the report that absorbed it."""
    report = get_report(access, pk)
    return get_live_report(access, report.survivor_id or report.pk)


def get_removal(access: Access, pk: int) -> Removal:
    """A removal before screening; one that was not started is its maker's alone."""
    removals = Removal.objects.filter(review=access.review, pk=pk)
    mine = removals.filter(Q(job__isnull=False) | Q(made_by=access.user))
    removal = mine.select_related("review", "made_by", "job", "undo__made_by").first()
    if removal is None:
        raise Http404
    return removal


def get_pairs(access: Access, keys: Sequence[str]) -> list[int]:
    """The keys of these pairs, which all are of this review."""
    asked = {number(key) or 0 for key in keys}
    found = Pair.objects.filter(review=access.review, pk__in=asked)
    if not asked or len(asked) > MOST_AT_ONCE or found.count() != len(asked):
        raise Http404
    return sorted(asked)


def get_sought_report(access: Access, pk: int) -> Report:
    """A report that passed title and abstract; any other has no way to a full text."""
    report = get_live_report(access, pk)
    if report.position not in FROM_SOUGHT_ON:
        raise Http404
    return report


def get_own_vote(access: Access, stage: Stage, pk: int) -> Decision:
    """A vote of the person themselves; a colleague's is as absent as one that does not exist."""
    own = Decision.objects.filter(actor=access.user, stage=stage, kind="vote", pk=pk)
    vote = own.select_related("report", "stage").first()
    if vote is None:
        raise Http404
    return vote


def get_rule_change(access: Access, stage: Stage, pk: int) -> RuleChange:
    """A change of the rules of this stage."""
    changes = RuleChange.objects.filter(stage=stage, review=access.review, pk=pk)
    change = changes.select_related("event__actor", "job", "stage", "undoes").first()
    if change is None:
        raise Http404
    return change
