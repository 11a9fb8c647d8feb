"""Reports that wait for people who are not there.

A conflict that nobody may settle and a vote that nobody can give would wait for ever. Whoever
looks after the members is told before somebody leaves, and as long as it is so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from review.models import Membership, Report, Review, Stage, User
from review.models.stages import Voters
from screening.models import Decision, Kind, Seat, SeatState, Standing
from screening.querysets import POSITION_OF

NAMED = 5  # reports that are named one by one


@dataclass(frozen=True, slots=True)
class Stuck:
    """``n`` reports at a stage, the first few of them, and what nobody can do: settle or vote."""

    stage: Stage
    act: str
    n: int
    reports: list[Report]

    @property
    def position(self) -> str:
        """Where they stand."""
        return POSITION_OF[self.stage.name]

    @property
    def more(self) -> int:
        """How many are not among ``reports``."""
        return self.n - len(self.reports)


@dataclass(frozen=True, slots=True)
class Crew:
    """Keys of the people who may vote and who may settle."""

    reviewers: frozenset[int]
    adjudicators: frozenset[int]


def stuck(
    review: Review, *, person: User | None = None, roles: Collection[str] = ()
) -> list[Stuck]:
    """What nobody can settle or complete now, or if ``person`` had only these roles."""
    crew = _crew(review, person, roles)
    found = []
    for stage in Stage.objects.filter(review=review).order_by("-name"):
        disputed = _unsettled(stage, crew)
        reports = _here(stage).filter(pk__in=disputed[:NAMED]) if disputed else ()
        found.append(Stuck(stage, "settle", len(disputed), list(reports)))
        found.append(_uncompleted(stage, crew))
    return [each for each in found if each.n]


def _crew(review: Review, person: User | None, roles: Collection[str]) -> Crew:
    members = Membership.objects.active().filter(review=review)
    rows = members.values_list("user", "is_reviewer", "is_adjudicator")
    reviewers = {user for user, votes, _ in rows if votes}
    adjudicators = {user for user, _, settles in rows if settles}
    if person is not None:
        for group, role in ((reviewers, "reviewer"), (adjudicators, "adjudicator")):
            group.discard(person.pk)
            group.update({person.pk} if role in roles else ())
    return Crew(frozenset(reviewers), frozenset(adjudicators))


def _voters(stage: Stage, crew: Crew) -> frozenset[int]:
    if stage.voters == Voters.ALL:
        return crew.reviewers
    return crew.reviewers & set(stage.chosen.values_list("pk", flat=True))


def _unsettled(stage: Stage, crew: Crew) -> list[int]:
    """Keys of the reports in conflict that no adjudicator and no consensus can end."""
    conflicts = list(Standing.objects.in_conflict(stage).values_list("report", flat=True))
    if not conflicts or (stage.voter_may_settle and crew.adjudicators):
        return []
    cast = Decision.objects.filter(stage=stage, kind=Kind.VOTE)
    voted = set(cast.filter(actor__in=crew.adjudicators).values_list("actor", flat=True))
    if crew.adjudicators - voted:
        return []
    voters = _voters_of_conflicts(stage)
    present = _voters(stage, crew) if stage.consensus else frozenset()
    return [
        key
        for key in conflicts
        if crew.adjudicators <= voters[key]
        and not (len(voters[key]) > 1 and voters[key] <= present)
    ]


def _voters_of_conflicts(stage: Stage) -> dict[int, set[int]]:
    """Who voted on each report in conflict, or on a duplicate that it absorbed."""
    here = Standing.objects.in_conflict(stage).filter(report=OuterRef("judged_as")).order_by()
    cast = Decision.objects.filter(stage=stage, kind=Kind.VOTE).counting().order_by()
    votes = cast.annotate(judged_as=Coalesce(F("report__survivor"), F("report")))
    found: dict[int, set[int]] = defaultdict(set)
    for key, actor in votes.filter(Exists(here)).values_list("judged_as", "actor"):
        found[key].add(actor)
    return found


def _uncompleted(stage: Stage, crew: Crew) -> Stuck:
    """The reports that lack more votes than there are people left to give one.

    While as many people may vote as votes are needed there is none: the vote of somebody who
    left still counts.
    """
    voters = _voters(stage, crew)
    lacking = stage.votes_needed - len(voters)
    if lacking <= 0:
        return Stuck(stage, "vote", 0, [])
    done = Seat.objects.filter(stage=stage, state=SeatState.DONE).order_by()
    gone = Count("pk", filter=~Q(reviewer__in=voters))
    enough = done.values("report").annotate(gone=gone).filter(gone__gte=lacking)
    waiting = _here(stage).exclude(pk__in=enough.values("report"))
    return Stuck(stage, "vote", waiting.count(), list(waiting[:NAMED]))


def _here(stage: Stage) -> QuerySet[Report]:
    """The reports that stand at the stage, in order of arrival."""
    rows = Report.objects.filter(review=stage.review_id, position=POSITION_OF[stage.name])
    return rows.select_related("face").defer("face__raw").order_by("place")
