"""Replay of screening: standings, positions and seats recomputed from the decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from review.models import Report, Review, Stage, StageName
from review.models.stages import MAX_VOTES
from screening.judging import CHUNK, heads_of, rules_with
from screening.models import Decision, Kind, Seat, SeatState, Standing
from screening.services.rules import not_judged_yet
from screening.services.standing import AFTER, WITHIN_REACH, judge
from screening.verdict import Choice, Verdict


def differences(review: Review) -> Iterator[str]:
    """Sentences, one per difference between the decisions and what is derived from them."""
    for stage in Stage.objects.filter(review=review):
        if job := not_judged_yet(stage):
            yield (
                f"a change of the rules on {stage} is being applied: {job.done} of {job.total} "
                "reports are judged by them"
            )
            continue
        yield from _standings(stage)
        yield from _seats(stage)


def _standings(stage: Stage) -> Iterator[str]:
    rules = rules_with(stage)
    reports = Report.objects.live().filter(review=stage.review_id).order_by("pk")
    for chunk in _chunks(reports.iterator(chunk_size=CHUNK)):
        keys = [report.pk for report in chunk]
        standings = {s.report_id: s for s in Standing.objects.filter(stage=stage, report__in=keys)}
        heads = heads_of(stage, keys)
        for report in chunk:
            acts = [head for head in heads[report.pk] if head.kind != Kind.OPINION]
            standing = standings.get(report.pk)
            if standing is not None:
                yield from _standing(report, stage, standing, judge(report, stage, acts, rules))
            elif acts:
                yield f"report {report.pk} has decisions at {stage} but no standing"


def _chunks(reports: Iterator[Report]) -> Iterator[list[Report]]:
    while chunk := list(islice(reports, CHUNK)):
        yield chunk


def _standing(report: Report, stage: Stage, standing: Standing, judged: Verdict) -> Iterator[str]:
    if (standing.status, standing.choice, standing.reason_id, standing.settled_by) != (
        judged.status,
        judged.choice or "",
        judged.reason,
        judged.settled_by or "",
    ):
        yield (
            f"report {report.pk} stands as {standing.status} {standing.choice} at {stage}, "
            f"its decisions say {judged.status} {judged.choice or ''}"
        )
    yield from _position(report, stage, judged.status, judged.choice)


def _position(report: Report, stage: Stage, status: str, choice: Choice | None) -> Iterator[str]:
    """A report that a stage has not decided must not stand behind it."""
    name = StageName(stage.name)
    behind = [AFTER[name, each] for each in (Choice.INCLUDE, Choice.EXCLUDE)]
    if status != "final" and report.position in behind:
        yield f"report {report.pk} stands at {report.position} without a decision at {stage}"
    if status == "final" and choice is not None and report.position in WITHIN_REACH[name]:
        other = Choice.EXCLUDE if choice == Choice.INCLUDE else Choice.INCLUDE
        if report.position == AFTER[name, other]:
            yield f"report {report.pk} stands at {report.position}, {stage} says {choice}"


def _seats(stage: Stage) -> Iterator[str]:
    """A voted seat has a standing vote, every standing vote a seat, never more than needed.

    Votes on duplicates count for the report that absorbed them; it may then have more voters
    than there are seats. More than are needed may have voted while more were needed, or on
    duplicates; then nobody else may hold the report.
    """
    live = set(Report.objects.live().filter(review=stage.review_id).values_list("pk", flat=True))
    cast = Decision.objects.counting().filter(stage=stage, kind=Kind.VOTE)
    rows = cast.values_list("report", "report__survivor", "actor")
    votes = {(survivor or report, actor) for report, survivor, actor in rows}
    voters = Counter(report for report, _ in votes)
    done = Seat.objects.filter(stage=stage, state=SeatState.DONE)
    seated = set(done.values_list("report", "reviewer"))
    for report, actor in sorted(votes ^ seated):
        if report in live and ((report, actor) in seated or voters[report] <= MAX_VOTES):
            yield f"report {report}: person {actor} has a vote without a seat, or the reverse"
    held = Counter(
        Seat.objects.filter(stage=stage)
        .exclude(state=SeatState.RELEASED)
        .values_list("report", flat=True)
    )
    voted = Counter(report for report, _ in seated)
    for report, n in held.items():
        if n > max(stage.votes_needed, voted[report]):
            yield f"report {report}: {n} people hold it at {stage}, {stage.votes_needed} are needed"
