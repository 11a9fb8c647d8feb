"""Which reports come to a person next, and in which order: the one place that deals them out.

Who could sit on what is ``querysets.awaiting``; rules that give reports to particular people
belong there, rules about their order here. Neither may look at anybody's votes.
"""

from __future__ import annotations

from django.db.models import Max, QuerySet

from review.models import Report, Stage, User
from review.models.stages import QueueOrder
from screening.models import Seat
from screening.querysets import awaiting
from screening.shuffle import rank, stretches

FEW = 400  # so many reports are put in order at once; of more only the next are looked for
SOME = 200  # places that are looked up in one query


def next_for(reviewer: User, stage: Stage, n: int) -> list[int]:
    """Keys of at most ``n`` reports that this person should be given next, the first one first.

    Reports on which they hold a seat already are left out.
    """
    held = Seat.objects.open_of(reviewer, stage).values_list("pk", flat=True)
    waiting = awaiting(reviewer, stage).exclude(seats__in=list(held))
    if stage.order == QueueOrder.ARRIVAL:
        return list(waiting.values_list("pk", flat=True)[:n])
    return _by_chance(waiting, reviewer, stage, n)


def queue_place(stage: Stage, reviewer: int, place: int) -> int:
    """Where a report that arrived as ``place`` stands in the queue of a person, by their key."""
    return place if stage.order == QueueOrder.ARRIVAL else rank(_seed(stage, reviewer), place)


def _seed(stage: Stage, reviewer: int) -> str:
    return f"{stage.order_seed} {reviewer}"


def _by_chance(waiting: QuerySet[Report], reviewer: User, stage: Stage, n: int) -> list[int]:
    """The next in the person's order of chance, on from the report that they took last."""
    seed = _seed(stage, reviewer.pk)
    last_taken = Seat.objects.filter(reviewer=reviewer, stage=stage).order_by("-pk").first()
    start = rank(seed, last_taken.report.place) if last_taken else 0
    few = dict(waiting.values_list("place", "pk")[:FEW])
    if len(few) < FEW:
        order = sorted(few, key=lambda place: _turn(rank(seed, place), start, place))
        return [few[place] for place in order[:n]]
    found: list[int] = []
    places: list[int] = []
    last = Report.objects.filter(review=stage.review_id).aggregate(last=Max("place"))["last"]
    for stretch in stretches(seed, last, start):
        places += stretch
        if len(places) >= SOME:
            found += _in_order(waiting, places)
            places = []
        if len(found) >= n:
            break
    return (found + _in_order(waiting, places))[:n]


def _turn(rank: int, start: int, place: int) -> tuple[bool, int, int]:
    """What arrived behind the point that a person has reached comes after everything ahead."""
    return rank < start, rank, place


def _in_order(waiting: QuerySet[Report], places: list[int]) -> list[int]:
    keys = dict(waiting.filter(place__in=places).values_list("place", "pk"))
    return [keys[place] for place in places if place in keys]
