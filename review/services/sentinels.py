"""Sentinels: reports that every run of a search must find (a relative recall of the strategy)."""

from __future__ import annotations

from django.db import transaction

from review.errors import Incomplete
from review.models import Record, Search, Sentinel, User
from review.services.log import log


@transaction.atomic
def mark_sentinel(*, search: Search, pmid: str, actor: User) -> Sentinel:
    """Let every run of a search look for the report with this PMID.

    Raises Incomplete when no report of the review has it.
    """
    known = Record.objects.of(search.review).filter(pmid=pmid.strip()).exclude(pmid="").first()
    if known is None:
        raise Incomplete(
            f"No report of this review has the PMID {pmid.strip()}. "
            "Add the report by hand first, then mark it."
        )
    sentinel, made = Sentinel.objects.get_or_create(
        search=search, report=known.report, defaults={"marked_by": actor}
    )
    if made:
        _log(search, actor, "marked a sentinel", known.pmid)
    return sentinel


@transaction.atomic
def unmark_sentinel(*, sentinel: Sentinel, actor: User) -> None:
    """Let the runs to come look for it no more; the reports of earlier runs stay."""
    _log(sentinel.search, actor, "unmarked a sentinel", str(sentinel.report))
    sentinel.delete()


def _log(search: Search, actor: User, what: str, subject: str) -> None:
    log(review=search.review, actor=actor, what=what, subject=f"{search}: {subject}")
