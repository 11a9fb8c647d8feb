"""The only place that answers "may X do Y?" and the only loaders of a review and what is in it.

A loader gives the object or raises: 404 to outsiders, the same as for an id that does not exist,
403 to a member without the role and to one who left. Whoever never was a member nor is a site
admin is an outsider.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from review.errors import FormerMember, NotAVoter
from review.models import (
    Alert,
    FullText,
    Import,
    Job,
    Membership,
    Merge,
    Pair,
    Record,
    Report,
    Review,
    Revision,
    Search,
    SearchRun,
    Sentinel,
    Stage,
    Study,
    User,
)
from review.models.flow import FROM_SOUGHT_ON
from review.roles import ROLES, Access, Role, role_in, role_of, with_roles

__all__ = ["ROLES", "Access", "Role", "role_of"]

Row = TypeVar("Row", bound=Model)


def enter(user: Any, slug: str, *, to: str = "see_counts") -> Access:
    """Load a review for a person who wants ``to`` do something: the name of a ``may_`` method.

    Raises Http404 for outsiders and PermissionDenied for a member without the role.
    """
    review = with_roles(Review.objects.filter(slug=slug), user, "memberships", "pk").first()
    if review is None:
        raise Http404
    return _admit(user, review, review, to)


def enter_stage(user: Any, slug: str, name: str, *, to: str) -> tuple[Access, Stage]:
    """Load a stage of a review by name, as :func:`enter` does the review, in one query."""
    stages = Stage.objects.filter(review__slug=slug, name=name).select_related("review")
    stage = with_roles(stages, user, "review__memberships", "review").first()
    if stage is None:
        raise Http404
    return _admit(user, stage.review, stage, to), stage


def _admit(user: User, review: Review, row: Review | Stage, to: str) -> Access:
    role = role_in(user, row)
    access = Access(user, review, role, row.as_highlights or {})  # type: ignore[union-attr]
    if not role.may_see_counts():
        if row.as_active is not None:  # type: ignore[union-attr]
            raise FormerMember
        raise Http404
    if to == "vote" and isinstance(row, Stage) and role.reviewer and not role.may_vote(row.name):
        raise NotAVoter(str(row))
    access.require(getattr(role, f"may_{to}")())
    return access


def _one(rows: QuerySet[Row], pk: int) -> Row:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _shown(access: Access, reports: QuerySet[Report], pk: int) -> Report:
    report = _one(reports, pk)
    access.cover(report)
    return report


def get_search(access: Access, pk: int) -> Search:
    """A search of this review."""
    return _one(Search.objects.of(access.review), pk)


def get_run(access: Access, pk: int) -> SearchRun:
    """A run of one of this review's searches, with its job and the figures of its lists."""
    runs = SearchRun.objects.filter(search__review=access.review)
    return _one(runs.summarised().select_related("search__review", "job__made_by"), pk)


def get_import(access: Access, pk: int) -> Import:
    """An import into one of this review's searches, confirmed or not."""
    return _one(Import.objects.of(access.review), pk)


def get_import_file(access: Access, pk: int) -> Import:
    """The same, to hand out its file: not to a blind voter, to whom it would name all authors."""
    access.require(not access.role.is_blind)
    return get_import(access, pk)


def get_sentinel(access: Access, pk: int) -> Sentinel:
    """A sentinel of one of this review's searches."""
    return _one(Sentinel.objects.filter(search__review=access.review), pk)


def get_alert(access: Access, pk: int) -> Alert:
    """An alert about a screened report of this review."""
    return _one(Alert.objects.of(access.review), pk)


def get_report(access: Access, pk: int) -> Report:
    """A report of this review, merged-away ones included (their page says where they went)."""
    reports = Report.objects.filter(review=access.review)
    return _shown(access, reports.select_related("face", "study", "survivor", "reason"), pk)


def get_live_report(access: Access, pk: int) -> Report:
    """A report that was neither merged away nor withdrawn."""
    return _shown(access, Report.objects.of(access.review), pk)


def get_record(access: Access, pk: int) -> Record:
    """A record of this review."""
    return _one(Record.objects.filter(review=access.review).select_related("search", "current"), pk)


def get_revision(access: Access, pk: int) -> Revision:
    """A text of one of this review's records."""
    revisions = Revision.objects.filter(record__review=access.review)
    found = _one(revisions.select_related("record__search", "record__report", "run"), pk)
    access.cover_record(found.record, found)
    return found


def get_full_text(access: Access, pk: int) -> FullText:
    """A full text of a report that passed title and abstract, or was merged into one that did.

    Of any other report it stays hidden: that somebody sought it tells of votes to be cast anew.
    """
    passed = Q(report__position__in=FROM_SOUGHT_ON)
    passed |= Q(report__survivor__position__in=FROM_SOUGHT_ON)
    return _one(FullText.objects.filter(passed, report__review=access.review), pk)


def get_merge(access: Access, pk: int) -> Merge:
    """A merge in this review."""
    return _one(Merge.objects.of(access.review), pk)


def get_pair(access: Access, pk: int) -> Pair:
    """A pair of reports of this review, answered or not."""
    return _one(Pair.objects.filter(review=access.review), pk)


def get_study(access: Access, pk: int) -> Study:
    """A study of this review."""
    found = _one(Study.objects.filter(review=access.review), pk)
    access.cover_study(found, found.reports.all())
    return found


def get_membership(access: Access, pk: int) -> Membership:
    """A membership of this review."""
    return _one(Membership.objects.of(access.review), pk)


def get_job(access: Access, pk: int) -> Job:
    """A job of this review."""
    return _one(Job.objects.filter(review=access.review), pk)


def get_stage(access: Access, name: str) -> Stage:
    """A stage of this review by name."""
    stage = Stage.objects.filter(review=access.review, name=name).first()
    if stage is None:
        raise Http404
    return stage
