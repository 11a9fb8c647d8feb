"""Setting up a review and changing its protocol; every change is logged with old and new."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from review.errors import Incomplete, Stale
from review.models import (
    CriteriaVersion,
    Criterion,
    Membership,
    Reason,
    Review,
    Stage,
    StageName,
    User,
)
from review.services.log import log

QUESTION = ("title", "population", "intervention", "comparator", "outcomes", "designs")
LONGEST_REASON = 80


@transaction.atomic
def create_review(
    *, slug: str, title: str, actor: User | None, lead: User | None = None, is_demo: bool = False
) -> Review:
    """Create a review with the default rules for both stages and, if given, its first lead."""
    review = Review.objects.create(slug=slug, title=title, is_demo=is_demo)
    for name in StageName:
        Stage.objects.create(review=review, name=name)
    if lead is not None:
        Membership.objects.create(review=review, user=lead, is_lead=True)
    log(review=review, actor=actor, what="created the review", subject=title)
    return review


@transaction.atomic
def set_question(*, review: Review, actor: User | None, **values: str) -> None:
    """Set title and PICO fields (any of ``QUESTION``)."""
    unknown = set(values) - set(QUESTION)
    if unknown:
        raise TypeError(f"not part of the question: {', '.join(sorted(unknown))}")
    current = Review.objects.get(pk=review.pk)
    old = {name: getattr(current, name) for name in values}
    if old == values:
        return
    for name, value in values.items():
        setattr(review, name, value)
    review.save(update_fields=list(values))
    log(review=review, actor=actor, what="changed the question", old=old, new=dict(values))


@transaction.atomic
def set_criteria(
    *,
    review: Review,
    criteria: Sequence[tuple[str, str]],
    actor: User | None,
    seen: int | None = None,
) -> CriteriaVersion:
    """Make a new version of the ordered criteria, each a (text, exclusion reason) pair.

    ``seen`` is the number of the version that the form showed (0 for none), if there was a form.
    Raises Incomplete when there is none, one lacks its text or reason, or two give the same
    reason; Stale when somebody made another version since.
    """
    pairs = [(text.strip(), " ".join(label.split())) for text, label in criteria]
    _validate_criteria(pairs)
    review = Review.objects.select_for_update().get(pk=review.pk)
    latest = CriteriaVersion.objects.in_force(review)
    number = latest.number if latest else 0
    if latest and [(c.text, c.reason.label) for c in latest.in_order()] == pairs:
        return latest
    if seen is not None and seen != number:
        raise Stale(f"Somebody else saved version {number} of the criteria since you began.")
    version = CriteriaVersion.objects.create(review=review, number=number + 1, made_by=actor)
    for place, (text, label) in enumerate(pairs, start=1):
        reason = _reason(review, label)
        Criterion.objects.create(version=version, place=place, text=text, reason=reason)
    log(review=review, actor=actor, what="changed the criteria", subject=str(version), new=pairs)
    return version


def _reason(review: Review, label: str) -> Reason:
    """The review's reason of this wording; capital letters do not make another one."""
    known = Reason.objects.filter(review=review, label__iexact=label).first()
    if known is None:
        return Reason.objects.create(review=review, label=label)
    if known.label != label:
        known.label = label
        known.save(update_fields=["label"])
    return known


def _validate_criteria(pairs: Sequence[tuple[str, str]]) -> None:
    if not pairs:
        raise Incomplete("A review needs at least one criterion, or nothing could be excluded.")
    if any(not text or not label for text, label in pairs):
        raise Incomplete("Every criterion needs a text and the reason that it gives for exclusion.")
    if any(len(label) > LONGEST_REASON for _, label in pairs):
        raise Incomplete(f"Shorten the reasons to {LONGEST_REASON} letters each.")
    if len({label.lower() for _, label in pairs}) < len(pairs):
        raise Incomplete("Two criteria give the same exclusion reason; give each its own.")
