"""Why the counts of a run differ: what PRISMA-S wants said when hits and records are not equal."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from review.errors import Incomplete, Stale
from review.models import Job, SearchRun, User
from review.models.jobs import State
from review.services.log import log


@transaction.atomic
def explain_difference(*, run: SearchRun, words: str, actor: User) -> None:
    """Note why the counts of a run differ; from then on it counts as complete.

    Raises Incomplete without words, Stale when nothing is to be explained (any more).
    """
    if not words.strip():
        raise Incomplete("Say why the counts differ.")
    locked = SearchRun.objects.select_for_update(of=("self",)).select_related("job")
    run = locked.get(pk=run.pk)
    if not run.needs_explanation:
        raise Stale("The counts of this run are equal or explained already. Read them below.")
    now = timezone.now()
    run.explanation, run.explained_by, run.explained_at = words.strip(), actor, now
    run.finished_at = run.finished_at or now
    run.save(update_fields=["explanation", "explained_by", "explained_at", "finished_at"])
    Job.objects.filter(search_run=run, state=State.FAILED).update(state=State.DONE, error="")
    log(
        review=run.search.review,
        actor=actor,
        what="explained a difference",
        subject=str(run),
        old={
            "reported": run.reported if run.job else run.search.hits,
            "found": run.n_listed,
            "fetched": run.fetched,
            "stored": run.stored,
        },
        new=words.strip(),
    )
