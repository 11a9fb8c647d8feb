"""D3: a deadlock is repeated and not noticed; our own acts never make one.

The soak lasts a minute, or as many seconds as WINNOW_SOAK says.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections

from review.models import Report
from review.outage import Outage, outage
from screening.models import Decision, Seat
from screening.services.votes import Ballot, cast_vote
from tests import factories
from tests.faults.place import Place
from tests.faults.reviewers import assert_kept, screening
from tests.people import Team, team
from tests.running import until
from tests.worker import database_url

SOAK = float(os.environ.get("WINNOW_SOAK", "60"))
postgresql_only = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite has one lock; the suite runs it on PostgreSQL"
)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"


@pytest.fixture
def who(transactional_db: None) -> Team:
    return team()


class Rival:
    """Somebody who locks Ann's seat first and the report second: the wrong way round."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.connection = psycopg.connect(database_url())
        self.watch = psycopg.connect(database_url(), autocommit=True)

    def __enter__(self) -> Rival:
        self.lock("screening_seat", self.seat.pk)
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.watch.close()

    def lock(self, table: str, pk: int) -> None:
        self.connection.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [pk])  # type: ignore[call-overload] # noqa: S608

    def meet(self) -> None:
        """Wait until the vote waits for the seat, then want its report; the vote is given up."""
        until(lambda: (self.watch.execute(WAITING).fetchone() or [0])[0] == 1, 30)
        self.lock("review_report", self.seat.report_id)

    def again(self) -> None:
        """Let go, and lock the seat before the vote comes back to it."""
        self.connection.rollback()
        self.lock("screening_seat", self.seat.pk)


def voting(who: Team, report: Report) -> tuple[threading.Thread, list[Any]]:
    """Ann's vote, cast in a thread that has begun; what came of it."""
    ballot = Ballot(report.pk, "include", "one click", revision=report.face_id)
    stage, outcome = factories.stage(who.review), []

    def act() -> None:
        try:
            outcome.append(cast_vote(voter=who.ann, stage=stage, ballot=ballot))
        except OperationalError as error:
            outcome.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=act)
    thread.start()
    return thread, outcome


@pytest.mark.both
@postgresql_only
def test_a_vote_given_up_in_a_deadlock_is_cast_again(who: Team) -> None:
    factories.reports(factories.search(who.review), 1)
    report = factories.next_report(who.ann, who.review)
    assert report is not None
    with Rival(Seat.objects.get()) as rival:
        thread, outcome = voting(who, report)
        rival.meet()
        rival.connection.rollback()
        thread.join(60)
    assert outcome == [Decision.objects.get()]
    assert outcome[0].choice == "include"


@pytest.mark.both
@postgresql_only
@pytest.mark.long
def test_a_vote_that_always_meets_a_deadlock_is_refused_and_leaves_nothing(who: Team) -> None:
    factories.reports(factories.search(who.review), 1)
    report = factories.next_report(who.ann, who.review)
    assert report is not None
    with Rival(Seat.objects.get()) as rival:
        thread, outcome = voting(who, report)
        for _ in range(3):
            rival.meet()
            rival.again()
        rival.meet()
        thread.join(60)
    assert [outage(error) for error in outcome] == [Outage.CLASH]
    assert not Decision.objects.exists()
    assert Seat.objects.get().state == "open"


@pytest.mark.both
@pytest.mark.long
def test_a_soak_makes_no_deadlock_and_no_error(place: Place) -> None:
    """Eight reviewers screen while others settle, merge, split and refresh."""
    review = place.ask("populate", reports=int(500 + 10 * SOAK), reviewers=8)
    place.start_web()
    began = time.monotonic()
    with screening(place, review) as book:
        others = place.ask("quarrel", slug=review["slug"], seconds=SOAK)
    seconds = time.monotonic() - began
    assert others.pop("errors") == []
    assert book.statuses.keys() <= {200, 303, 409}
    assert_kept(place, review, book, alone=False)
    deadlocks = place.ask("deadlocks")
    print(  # noqa: T201
        f"\nD3: {seconds:.0f} s on {connection.vendor}: {len(book.acknowledged)} decisions, "
        f"{book.overtaken} overtaken, {others}, deadlocks {deadlocks}, "
        f"slowest answer {book.slowest:.1f} s"
    )
    assert deadlocks in (0, None)
