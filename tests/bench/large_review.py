"""A review of any size in the middle of its screening, made from a seed: nothing in it is real.

Of 100 reports: 5 have no vote, 5 one, 90 two; 6 of those are in conflict, 4 of them settled; the
rest agree, 3 of them to include. Rows are written in bulk but are those that the services write:
``audit`` finds nothing.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from review.citation import Author, Citation, Section
from review.models import Move, Position, Record, Report, Review, Revision, Stage, User
from review.models.flow import Arm
from review.services.block_keys import index, read
from review.services.searches import _hand_run
from screening.models import Decision, Seat, Standing
from tests.factories import search
from tests.people import member, person, team

BATCH = 2000
PAIR = (("include", "include"), ("exclude", "exclude"), ("include", "exclude"))
WORDS = "pain naltrexone dose low fibromyalgia trial crossover placebo adults opioid relief weeks"


@dataclass(frozen=True, slots=True)
class Large:
    """The review, and the people who screen it."""

    review: Review
    stage: Stage
    reviewers: Sequence[User]
    adjudicator: User


def large_review(reports: int, reviewers: int = 8, seed: int = 1) -> Large:
    """Write the review; 100,000 reports take about a minute and a half on two cores."""
    t = team()
    people = [t.ann, t.bo]
    for number in range(reviewers - 2):
        people.append(person(f"reviewer{number}@example.org"))
        member(t.review, people[-1], "reviewer")
    found = Large(t.review, t.review.stages.get(name="title_abstract"), people, t.adjudicator)
    _write_reports(found, reports, random.Random(seed))
    rows = Report.objects.filter(review=t.review).order_by("place")
    for part in batched(rows.iterator(BATCH), BATCH):
        _write_votes(found, part)
    return found


def batched(rows: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    """Parts of at most ``size`` rows."""
    rest = iter(rows)
    while part := tuple(islice(rest, size)):
        yield part


def _write_reports(large: Large, n: int, rng: random.Random) -> None:
    source = search(large.review)
    run = _hand_run(source)
    for numbers in batched(range(1, n + 1), BATCH):
        reports = Report.objects.bulk_create(
            Report(
                review=large.review,
                place=number,
                arm=Arm.LEFT,
                counted_by=source,
                handled_at=None if number % 100 < 5 else timezone.now(),
            )
            for number in numbers
        )
        Move.objects.bulk_create(
            Move(review=large.review, report=each, target=Position.SCREENING, cause="identified")
            for each in reports
        )
        records = Record.objects.bulk_create(
            Record(
                review=large.review,
                search=source,
                identifier=str(number),
                pmid=str(number),
                report=report,
                first_run=run,
            )
            for number, report in zip(numbers, reports, strict=True)
        )
        texts = Revision.objects.bulk_create(_revision(each, run, rng) for each in records)
        for record, text in zip(records, texts, strict=True):
            record.current = text
        Record.objects.bulk_update(records, ["current"], batch_size=500)
        index(read([record.pk for record in records]).values())
    shown = Record.objects.filter(report=OuterRef("pk")).values("current")[:1]
    Report.objects.filter(review=large.review).update(face=Subquery(shown))


def _revision(record: Record, run: Any, rng: random.Random) -> Revision:
    def text(words: int) -> str:
        return " ".join(rng.choices(WORDS.split(), k=words)).capitalize() + "."

    citation = Citation(
        identifier=record.identifier,
        title=text(14),
        abstract=tuple(Section(label, text(70)) for label in ("Background", "Methods", "Results")),
        authors=(Author("Writer", f"Ada {record.identifier}", "A"),),
        journal="Pain",
        year=2000 + int(record.identifier) % 25,
        pmid=record.identifier,
    )
    values = json.dumps(citation.to_json() | {"revised": None}, sort_keys=True)
    return Revision(
        record=record,
        number=1,
        data=citation.to_json(),
        sha256=hashlib.sha256(values.encode()).hexdigest(),
        run=run,
    )


def _ballots(place: int) -> tuple[tuple[str, ...], bool]:
    """The votes on the report at this place, and whether its conflict was settled."""
    number = place % 100
    if number < 5:
        return (), False
    if number < 10:
        return ("exclude",), False
    if number < 16:
        return PAIR[2], number < 14
    return PAIR[0 if number < 19 else 1], False


def _write_votes(large: Large, reports: Sequence[Report]) -> None:
    """Votes by rotating pairs of people, then settlements; then what follows from them."""
    votes = Decision.objects.bulk_create(_votes(large, reports))
    by_report: dict[int, list[Decision]] = {}
    for vote in votes:
        by_report.setdefault(vote.report_id, []).append(vote)
    settled = [report for report in reports if _ballots(report.place)[1]]
    last = {key: found[-1] for key, found in by_report.items()}
    for ruling in Decision.objects.bulk_create(_rulings(large, settled)):
        last[ruling.report_id] = ruling
    Seat.objects.bulk_create(_seats(large, reports, by_report))
    Standing.objects.bulk_create(_standings(large, reports, by_report, last))
    _move(large, reports, last)


def _votes(large: Large, reports: Sequence[Report]) -> Iterator[Decision]:
    people = large.reviewers
    for report in reports:
        for number, choice in enumerate(_ballots(report.place)[0]):
            who = people[(report.place // 7 + number * (1 + report.place % 3)) % len(people)]
            yield _decision(large, report, who, "vote", choice)


def _rulings(large: Large, reports: Sequence[Report]) -> Iterator[Decision]:
    for report in reports:
        yield _decision(large, report, large.adjudicator, "settle", "exclude", note="No pain")


def _decision(
    large: Large, report: Report, actor: User, kind: str, choice: str, **more: Any
) -> Decision:
    return Decision(
        review=large.review,
        report=report,
        stage=large.stage,
        actor=actor,
        kind=kind,
        choice=choice,
        revision_id=report.face_id,
        nonce=f"{kind}-{report.pk}",
        **more,
    )


def _seats(
    large: Large, reports: Sequence[Report], votes: dict[int, list[Decision]]
) -> Iterator[Seat]:
    for report in reports:
        for number, vote in enumerate(votes.get(report.pk, ()), start=1):
            yield Seat(
                review=large.review,
                report=report,
                stage=large.stage,
                reviewer_id=vote.actor_id,
                number=number,
                state="done",
                place=report.place,
                lease_until=timezone.now() + timedelta(minutes=30),
                head=vote,
            )


def _outcome(place: int) -> tuple[str, str, str]:
    """Status, choice and what settled it."""
    votes, settled = _ballots(place)
    if len(votes) < 2:
        return "pending", "", ""
    if votes[0] != votes[1]:
        return ("final", "exclude", "settlement") if settled else ("conflict", "", "")
    return "final", votes[0], "votes"


def _standings(
    large: Large,
    reports: Sequence[Report],
    votes: dict[int, list[Decision]],
    last: dict[int, Decision],
) -> Iterator[Standing]:
    for report in reports:
        if report.pk not in votes:
            continue
        status, choice, by = _outcome(report.place)
        yield Standing(
            review=large.review,
            report=report,
            stage=large.stage,
            place=report.place,
            status=status,
            choice=choice,
            settled_by=by,
            votes=len(votes[report.pk]),
            last=last[report.pk],
        )


def _move(large: Large, reports: Sequence[Report], last: dict[int, Decision]) -> None:
    targets = {"include": Position.SOUGHT, "exclude": Position.EXCLUDED}
    moves = []
    for report in reports:
        _, choice, _ = _outcome(report.place)
        if choice:
            moves.append(
                Move(
                    review=large.review,
                    report=report,
                    origin=Position.SCREENING,
                    target=targets[choice],
                    cause=f"vote {last[report.pk].pk}",
                    actor_id=last[report.pk].actor_id,
                )
            )
    Move.objects.bulk_create(moves)
    for target in targets.values():
        keys = [move.report_id for move in moves if move.target == target]
        Report.objects.filter(pk__in=keys).update(position=target, place=F("place"))
