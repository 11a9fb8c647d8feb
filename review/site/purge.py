"""Deleting a whole review: the one way out of a history that is otherwise append-only.

Every row that leads to the review goes, of whatever app, with the files that such rows name. What
stays is a row that says who decided it, when and why; without that row the database refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, Model, Q, QuerySet
from django_celery_beat.models import PeriodicTask

from review.errors import Incomplete, NotAllowed, Stale
from review.models import FullText, Import, Job, Purge, Review, Search, User
from review.services.log import log

APPS = ("review", "screening", "extraction")
SITE_WIDE = frozenset(
    {
        "review.Heartbeat",
        "review.PubmedSlot",
        "review.Purge",
        "review.User",
        "review.User_groups",
        "review.User_user_permissions",
    }
)
FILES: dict[type[Model], str] = {
    FullText: "FULLTEXT_DIR",
    Import: "IMPORT_DIR",
    Job: "EXPORT_DIR",
}
"""Models whose ``file`` names a file, and the setting that names its folder."""


def purge_review(*, review: Review, actor: User, reason: str) -> Purge:
    """Delete a review with everything in it, for good; give the row that stays.

    Raises NotAllowed for anybody but a site admin, Incomplete without a reason, Stale when
    somebody wrote in it at the same moment: then nothing is deleted.
    """
    if not (actor.is_active and actor.is_superuser):
        raise NotAllowed("Only a site admin can delete a review.")
    if not reason.strip():
        raise Incomplete("Say why this review is deleted; the reason is all that stays of it.")
    try:
        with transaction.atomic():
            purge = _purge(review, actor, reason.strip())
    except IntegrityError as error:
        raise Stale(
            "Somebody worked in this review at the same moment, so nothing was deleted. Try again."
        ) from error
    remove_files(purge)
    return purge


def remove_files(purge: Purge) -> list[Path]:
    """Remove the files that a deleted review left; give those that could not be removed."""
    left = []
    for setting, name in purge.files:
        path = Path(getattr(settings, setting)) / Path(name).name
        try:
            path.unlink(missing_ok=True)
        except OSError:
            left.append(path)
    return left


def rows_of(review: Review) -> Iterator[QuerySet[Model]]:
    """All rows that lead to a review, one query per table.

    The longest ways come first: in this order each can be deleted while the rows are still there
    by which it is found.
    """
    ways = [(model, way) for model in models() if (way := way_to_review(model))]
    for model, way in sorted(ways, key=lambda each: -each[1].count("__")):
        yield model._base_manager.filter(**{way: review})


def models() -> list[type[Model]]:
    """Every table of our apps except that of the reviews themselves."""
    found = (m for name in APPS for m in apps.get_app_config(name).get_models(True))
    return [model for model in found if model is not Review]


def way_to_review(model: type[Model]) -> str | None:
    """The look-up from a model to its review, by its own key or through rows that it cannot lack.

    None for what belongs to the whole site.
    """
    todo: list[tuple[str, type[Model]]] = [("", model)]
    seen: set[type[Model]] = set()
    for way, each in todo:  # grows while it is walked: the shortest way is found first
        keys = [f for f in each._meta.concrete_fields if isinstance(f, ForeignKey)]
        for key in keys:
            if key.related_model is Review:
                return f"{way}{key.name}"
        for key in keys:
            if not key.null and key.related_model not in seen:
                seen.add(key.related_model)
                todo.append((f"{way}{key.name}__", key.related_model))
    return None


def _purge(review: Review, actor: User, reason: str) -> Purge:
    Review.objects.select_for_update().get(pk=review.pk)  # later writers wait, then find no review
    purge = Purge.objects.create(
        review_id=review.pk, slug=review.slug, actor=actor, reason=reason, files=_files(review)
    )
    searches = Search.objects.filter(review=review).values_list("pk", flat=True)
    scheduled = Q(refreshes__search__review=review)
    by_hand = Q(task="review.tasks.refresh_search", args__in=[f"[{pk}]" for pk in searches])
    PeriodicTask.objects.filter(scheduled | by_hand).delete()
    rows = list(rows_of(review))
    gone = {each.model._meta.label: each.count() for each in rows}
    # One statement per table; keys between them are checked at the end.
    for each in [*rows, Review.objects.filter(pk=review.pk)]:
        each._raw_delete(each.db)
    log(
        review=None,
        actor=actor,
        what="deleted a review",
        subject=f"{review.slug}: {review.title}",
        old=gone,
        reason=reason,
    )
    return purge


def _files(review: Review) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for model, setting in FILES.items():
        way = way_to_review(model)
        names = model._base_manager.filter(**{str(way): review}).exclude(file="")
        found += [(setting, name) for name in names.values_list("file", flat=True)]
    return found
