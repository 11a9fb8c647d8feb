"""Runs of a PubMed search, done here and now: as a worker would, but its pauses take no time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from review.access import Access, Role
from review.models import Record, SearchRun
from review.pubmed.transport import Transport
from review.pubmed.wire import Limits
from review.run_report import RunReport, report_of
from review.services import jobs
from review.services.fetch import run_search
from review.services.jobs import Claim
from review.services.pubmed import connect
from review.services.searches import start_run
from tests import factories
from tests.people import Team

HASTY = Limits(connect=1, read=0.2, total=0.4)
TRIES = 4  # of each request, so that a test ends sooner than with six


@dataclass
class Clock:
    """A clock that only sleeping moves; put it in the place of the limiter's ``time``."""

    now: float = 1_000.0
    slept: float = 0.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def begin(who: Team) -> SearchRun:
    """Click "Run search"."""
    found = who.review.searches.first() or factories.search(who.review)
    return start_run(search=found, actor=who.lead)


def work(run: SearchRun, connect: Callable[[Claim], Transport] = connect) -> SearchRun:
    """Do the run's job here and now, as a worker would."""
    assert run.job is not None
    jobs.perform(run.job.pk, partial(run_search, connect=connect))
    run.refresh_from_db()
    run.job.refresh_from_db()
    return run


def patiently(clock: Clock, limits: Limits = HASTY) -> Callable[[Claim], Transport]:
    """Ask as the site asks, with all its pauses, slept on this clock."""

    def connect_now(claim: Claim) -> Transport:
        real = connect(claim)
        retrying = replace(real.retrying, tries=TRIES, sleep=clock.sleep)
        return replace(real, limits=limits, retrying=retrying)

    return connect_now


def texts(run: SearchRun) -> int:
    """Records of the search that have a text."""
    return Record.objects.filter(search=run.search, current__isnull=False).count()


def read(run: SearchRun) -> RunReport:
    """The report of a run, as its lead reads it."""
    review = run.search.review
    return report_of(
        run, Access(review.memberships.get(is_lead=True).user, review, Role(lead=True))
    )
