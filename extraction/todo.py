"""What extraction holds for a member: reports to link, results to appraise, studies to extract."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.urls import reverse

from extraction.definition import Definition, definition_of
from extraction.models import Assessment, Judgement, Result, Value, ValueState
from extraction.schema import Per
from extraction.sheet import OVERALL
from review.access import Access
from review.models import Report, Review, Study, User
from review.querysets.counting import counts
from review.todo import Todo

WORDS = {
    "link": ("included report to link", "included reports to link"),
    "define": ("extraction form to define", "extraction forms to define"),
    "appraise": ("result to appraise", "results to appraise"),
    "extract": ("study to extract", "studies to extract"),
}


def for_member(access: Access) -> list[Todo]:
    """Lines with at least one thing to do, in the order of the work; two queries."""
    if not access.role.may_work():
        return []
    review, slug = access.review, access.review.slug
    definition = definition_of(review)
    lists: dict[str, QuerySet[Report] | QuerySet[Result] | QuerySet[Study]] = {
        "link": Report.objects.included().filter(review=review, study=None),
        "appraise": to_appraise(review, access.user),
        "extract": to_extract(review, definition),
    }
    n = counts(review, **lists)
    if definition.version is None:
        n["define"] = int(access.role.lead and n["extract"] > 0)
        n["extract"] = 0
    pages = {"define": reverse("extraction:form", args=[slug])}
    studies = reverse("extraction:studies", args=[slug])
    return [
        Todo(n[name], words[n[name] != 1], pages.get(name, studies))
        for name, words in WORDS.items()
        if n.get(name)
    ]


def to_appraise(review: Review, user: User) -> QuerySet[Result]:
    """Results of included studies that nobody assesses, or that this person has begun with."""
    latest = Judgement.objects.filter(assessment=OuterRef("pk"), domain=OVERALL).order_by("-pk")
    judged = Subquery(latest.values("final")[:1])
    mine = Assessment.objects.filter(assessor=user).annotate(judged=judged)
    unfinished = mine.filter(Q(judged=None) | Q(judged=""), result=OuterRef("pk"))
    started = Assessment.objects.filter(result=OuterRef("pk"))
    return Result.objects.filter(
        Exists(_included("study")), ~Exists(started) | Exists(unfinished), study__review=review
    )


def to_extract(review: Review, definition: Definition) -> QuerySet[Study]:
    """Included studies without values, or with a required field that is still empty."""
    required = [field for field in definition.form if field.required]
    empty = ~Exists(_standing().filter(study=OuterRef("pk")))
    gaps = [_gap(field.key, field.per) for field in required]
    studies = Study.objects.filter(Exists(_included("pk")), review=review)
    return studies.filter(reduce(or_, gaps, empty))


def _included(study: str) -> QuerySet[Report]:
    return Report.objects.included().filter(study=OuterRef(study))


def _gap(key: str, per: Per) -> Combinable:
    """That the field is empty for the study, or for one of its results."""
    if per is Per.STUDY:
        return ~Exists(_standing().filter(study=OuterRef("pk"), field=key, result=None))
    filled = _standing().filter(result=OuterRef("pk"), field=key)
    return Exists(Result.objects.filter(~Exists(filled), study=OuterRef("pk")))


def _standing() -> QuerySet[Value]:
    """Values that were not emptied again: the latest row of their field decides."""
    later = Value.objects.filter(
        Q(result=OuterRef("result")) | Q(result=None),
        study=OuterRef("study"),
        field=OuterRef("field"),
        pk__gt=OuterRef("pk"),
    )
    return Value.objects.exclude(state=ValueState.CLEARED).filter(~Exists(later))
