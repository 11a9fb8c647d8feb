"""D1: the web server is killed under load; what a reviewer was told is there, once.

Long: five kills. The load is six reviewers who send each decision twice.
"""

from __future__ import annotations

import pytest

from tests.faults.place import Place, kill
from tests.faults.reviewers import assert_kept, screening

pytestmark = pytest.mark.both


def killed_under_load(place: Place, kills: int, reports: int, decisions: int) -> None:
    """Kill the web server so many times, each time after so many decisions."""
    review = place.ask("populate", reports=reports, reviewers=6)
    web = place.start_web()
    with screening(place, review) as book:
        for _ in range(kills):
            book.await_more(decisions)
            kill(web)
            web = place.start_web()
        book.await_more(decisions)
    assert_kept(place, review, book)
    assert book.broken > 0, "nobody noticed"
    assert book.statuses.keys() <= {200, 303}
    print(  # noqa: T201
        f"\nD1: {kills} kills, {len(book.acknowledged)} decisions acknowledged, 0 missing, "
        f"0 double; {book.broken} requests broken off"
    )


def test_a_decision_outlives_the_web_server(place: Place) -> None:
    killed_under_load(place, kills=1, reports=100, decisions=20)


@pytest.mark.long
def test_decisions_outlive_five_kills(place: Place) -> None:
    killed_under_load(place, kills=5, reports=1500, decisions=120)
