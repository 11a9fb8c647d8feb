"""Reads of screening. Blinding is decided here: who may see which decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from review.querysets.counting import count_of
from review.sent import number

if TYPE_CHECKING:
    from review.models import Criterion, Report, Review, Stage, User
    from screening.models import Decision, Seat, Standing  # noqa: F401

COMPLETE = ("conflict", "final")
# Where a vote may still be changed with no word but its own; later people have acted on it.
OPEN_TO_CHANGE = {
    "title_abstract": ("screening", "excluded"),
    "full_text": ("assessing", "excluded_full_text", "included"),
}
POSITION_OF = {"title_abstract": "screening", "full_text": "assessing"}


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions."""

    def heads(self) -> DecisionQuerySet:
        """The latest row of each line: what was not superseded.

        As a subquery: for the same as a join SQLite may index the whole history on the fly.
        """
        later = self.model._default_manager.filter(supersedes=OuterRef("pk"))
        return self.filter(~Exists(later))

    def counting(self) -> DecisionQuerySet:
        """Heads that a verdict may rest on: no opinions, nothing from before the last return.

        The same rule as ``services.standing.counted`` has for rows that were read already.
        """
        returns = self.model._default_manager.filter(
            report=OuterRef("report"), stage=OuterRef("stage"), kind="return"
        )
        return (
            self.heads()
            .exclude(kind__in=("return", "opinion"))
            .filter(~Exists(returns.filter(pk__gt=OuterRef("pk"))))
        )

    def on(self, report: Report | int, stage: Stage) -> DecisionQuerySet:
        """Decisions at a stage on a report and on the duplicates that it absorbed."""
        from review.models import Report

        key = report if isinstance(report, int) else report.pk
        # A join with OR would read every decision of the stage; the subquery uses the indexes.
        family = Report.objects.filter(Q(pk=key) | Q(survivor=key)).order_by()
        return self.filter(report__in=family.values("pk"), stage=stage).order_by("pk")

    def about(self, report: Report) -> DecisionQuerySet:
        """The decisions that stand on a report at any stage, its duplicates' included."""
        from review.models import Report

        family = Report.objects.filter(Q(pk=report.pk) | Q(survivor=report.pk)).order_by()
        acts = self.filter(report__in=family.values("pk"), kind__in=("vote", "settle"))
        return acts.counting().select_related("stage", "actor", "reason").order_by("pk")

    def complete(self) -> DecisionQuerySet:
        """Decisions on reports that have all votes needed at that stage: nobody is blinded.

        While title and abstract are open again, what was decided on the full text is left out: it
        would tell those who vote now how the former voters did.
        """
        from review.models.flow import FROM_SOUGHT_ON
        from screening.models import Standing

        standing = Standing.objects.filter(
            Q(stage__name="title_abstract") | Q(report__position__in=FROM_SOUGHT_ON),
            stage=OuterRef("stage"),
            report=OuterRef("judged_as"),
            status__in=COMPLETE,
        )
        survivor = Coalesce(F("report__survivor"), F("report"))
        return self.annotate(judged_as=survivor).filter(Exists(standing))

    def visible_to(self, user: User) -> DecisionQuerySet:
        """Complete decisions, returns and the person's own; never a colleague's vote before."""
        complete = type(self)(self.model).filter(pk=OuterRef("pk")).complete()
        return self.filter(Q(actor=user) | Q(kind="return") | Exists(complete))

    def votes_on(self, reports: Iterable[int], stage: Stage) -> dict[int, list[Decision]]:
        """The votes that count on these reports and their duplicates, by report, oldest first.

        For reports whose votes are complete only: the caller has made sure of that.
        """
        from review.models import Report

        keys = list(reports)
        family = Report.objects.filter(Q(pk__in=keys) | Q(survivor__in=keys)).order_by()
        cast = self.filter(report__in=family.values("pk"), stage=stage, kind="vote")
        votes = cast.counting().order_by("pk")
        found: dict[int, list[Decision]] = {key: [] for key in keys}
        for vote in votes.select_related("actor", "reason", "report"):
            found[vote.report.survivor_id or vote.report_id].append(vote)
        return found

    def with_returned(self) -> DecisionQuerySet:
        """Add ``returned``: whether the report went back to the stage since; it counts no more."""
        later = self.model._default_manager.filter(
            report=OuterRef("report"), stage=OuterRef("stage"), kind="return"
        )
        return self.annotate(returned=Exists(later.filter(pk__gt=OuterRef("pk"))))

    def latest_of(self, user: User, stage: Stage) -> DecisionQuerySet:
        """A person's own votes at a stage that stand, the newest first."""
        return (
            self.filter(actor=user, review=stage.review_id, stage=stage)
            .filter(kind="vote")
            .heads()
            .select_related("report__face", "reason")
            .defer("report__face__raw")
            .order_by("-pk")
        )

    def with_changes(self) -> DecisionQuerySet:
        """Add ``text_changed``: the report now reads differently from what was decided on.

        Title, abstract, retractions and corrections count; index terms do not.
        """
        return self.annotate(
            text_changed=Case(
                When(_reads_the_same(), False), default=True, output_field=models.BooleanField()
            )
        )

    def to_read_again(self, user: User, stage: Stage) -> DecisionQuerySet:
        """A person's votes whose text changed since, as long as such a vote may be changed."""
        from screening.models import Standing

        position = Coalesce(F("report__survivor__position"), F("report__position"))
        settled = Standing.objects.filter(
            report=Coalesce(OuterRef("report__survivor"), OuterRef("report")), stage=stage
        ).filter(settled_by__in=("settlement", "consensus"))
        return (
            self.latest_of(user, stage)
            .with_changes()
            .exclude(_reads_the_same())
            .annotate(now_at=position)
            .filter(~Exists(settled), now_at__in=OPEN_TO_CHANGE[stage.name])
        )


def _reads_the_same() -> Q:
    now = Coalesce("report__survivor__face__reading", "report__face__reading")
    return Q(revision__reading=now) | Q(report__face=None, report__survivor__face=None)


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats."""

    def active(self) -> SeatQuerySet:
        """Seats that keep others out: voted, or open with a lease that still runs."""
        return self.filter(Q(state="done") | Q(state="open", lease_until__gt=timezone.now()))

    def open_of(self, user: User, stage: Stage) -> SeatQuerySet:
        """What a person holds and has not voted on: first unskipped, by order of arrival.

        ``returned`` says that the report was decided before and a lead sent it back.
        """
        from screening.models import Decision

        back = Decision.objects.filter(report=OuterRef("report"), stage=stage, kind="return")
        return (
            self.filter(reviewer=user, stage=stage, state="open")
            .filter(report__position=POSITION_OF[stage.name])
            .annotate(returned=Exists(back))
            .select_related("report__face", "stage")
            .defer("report__face__raw")
            .order_by(F("skipped_at").asc(nulls_first=True), "place")
        )

    def with_progress(self, user: User, stage: Stage) -> SeatQuerySet:
        """Add ``n_done``, reports on which the person voted, and ``n_left``, those that wait.

        Neither depends on what a colleague voted on a report that still awaits this person.
        """
        from screening.models import Seat

        done = Seat.objects.done_by(user, stage)
        return self.annotate(
            n_done=count_of(done),
            n_left=count_of(awaiting(user, stage)),
        )

    def done_by(self, user: User, stage: Stage) -> SeatQuerySet:
        """Seats on which a person voted."""
        return self.filter(reviewer=user, stage=stage, state="done")


class StandingQuerySet(models.QuerySet["Standing"]):
    """Standings."""

    def of(self, review: Review) -> StandingQuerySet:
        """Standings of live reports."""
        return self.filter(review=review, report__position__isnull=False)

    def in_conflict(self, stage: Stage) -> StandingQuerySet:
        """Reports in conflict that stand at the stage, in order of arrival, with their text.

        A conflict on a full text waits while title and abstract are open again.
        """
        return (
            self.filter(stage=stage, status="conflict", report__position=POSITION_OF[stage.name])
            .select_related("report__face", "stage")
            .defer("report__face__raw")
            .order_by("place")
        )

    def conflict_counts(self, review: Review) -> list[tuple[str, str, int | None, int]]:
        """Count reports in conflict by (stage, arm, search counted by)."""
        here = [Q(stage__name=name, report__position=at) for name, at in POSITION_OF.items()]
        rows = (
            self.of(review)
            .filter(here[0] | here[1], status="conflict")
            .order_by()
            .values_list("stage__name", "report__arm", "report__counted_by")
            .annotate(n=Count("pk"))
        )
        return list(rows)


def criteria_in_force(review_id: int) -> list[Criterion]:
    """The criteria of the newest version in order, each with its reason; one query."""
    from review.models import CriteriaVersion, Criterion

    newest = CriteriaVersion.objects.filter(review=review_id).order_by("-number").values("pk")[:1]
    return list(Criterion.objects.filter(version=Subquery(newest)).select_related("reason"))


def reports_named(review: Review, name: str) -> models.QuerySet[Report]:
    """Live reports that people may mean by a PMID, a DOI or a report number; at most ten."""
    from review.models import Record, Report

    doi = name.lower().removeprefix("https://doi.org/").removeprefix("doi:").strip()
    keys = Q(pmid=name) | Q(doi=doi)
    records = Record.objects.filter(keys, review=review, withdrawn_at=None).values("report")
    named = Q(pk__in=records)
    if (key := number(name)) is not None:
        named |= Q(pk=key)
    return Report.objects.of(review).filter(named).defer("face__raw")[:10]


def awaiting(reviewer: User, stage: Stage) -> models.QuerySet[Report]:
    """Reports at a stage that still need a vote, on which this person has none and could sit.

    The order, arrival, never depends on anybody's vote.
    """
    from review.models import Report
    from screening.models import Seat

    seats = Seat.objects.filter(report=OuterRef("pk"), stage=stage)
    mine = seats.filter(reviewer=reviewer, state="done")
    others = seats.active().exclude(reviewer=reviewer).order_by().values("report")
    taken = Coalesce(Subquery(others.annotate(n=Count("pk")).values("n"), models.IntegerField()), 0)
    return (
        Report.objects.filter(review=stage.review_id, position=POSITION_OF[stage.name])
        .filter(~Exists(mine))
        .annotate(taken=taken)
        .filter(taken__lt=stage.votes_needed)
        .order_by("place")
    )
