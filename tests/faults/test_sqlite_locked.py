"""D4: another process keeps SQLite's lock; decisions wait, then are refused in words, none is lost.

Short: the patience of two seconds is an option of DATABASE_URL. Long: the twenty seconds that
everybody has, against a lock of thirty.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.faults.place import Place
from tests.faults.reviewers import Answer, Browser, kept_fields
from tests.screening.pages import ballot, hidden

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's one lock")

NOTE = "Not an oral dose, see table 2"
BUSY = "Winnow is busy: something else kept the database for too long."


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Keep the lock as another process would."""
    other = sqlite3.connect(place.data / "winnow.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def read_to_decide(
    browser: Browser, review: dict[str, Any], choice: str
) -> tuple[str, dict[str, object]]:
    """Read the next report; where the decision is sent, and what."""
    page = browser.get(f"/r/{review['slug']}/screen/title_abstract/").text
    where, sent = ballot(page, choice, note=NOTE)
    return where, sent | {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}


def assert_kept_for_later(answer: Answer, sent: dict[str, object]) -> None:
    assert answer.status == 503
    assert BUSY in answer.text
    assert "What you sent is not saved yet." in answer.text
    assert sent.items() <= kept_fields(answer.text).items()


def stored(place: Place, review: dict[str, Any]) -> list[Any]:
    return [vote[3:] for vote in place.ask("votes", slug=review["slug"])]


def test_a_decision_that_meets_a_lock_is_kept_on_the_page(place: Place) -> None:
    place.environ["DATABASE_URL"] = f"sqlite:///{place.data}/winnow.sqlite3?timeout=2"
    review = place.ask("populate", reports=12, reviewers=1)
    web = place.start_web()
    ann = Browser(place.address, review["sessions"]["reviewer0"])
    where, sent = read_to_decide(ann, review, "exclude")
    ann.get(f"/r/{review['slug']}/")  # an hour's visit begins

    with locked(place):
        answer = ann.post(where, sent)
        assert_kept_for_later(answer, sent)
        for path in pages(review, where):
            assert ann.get(path).status == 200, path
        said = ann.post(where, sent, HX_Request="true")
        assert said.status == 503
        assert said.text.startswith(f"{BUSY} What you sent is not saved yet.")

    action = re.search(r'method="post"\s+action="([^"]+)"', answer.text)
    assert action
    assert ann.post(action[1], dict(kept_fields(answer.text))).status == 303
    assert ann.post(where, sent).status == 303, "the click of before is the same decision"
    assert stored(place, review) == [["exclude", NOTE]]
    place.manage("audit", review["slug"])
    assert "Internal Server Error" not in web.text


def pages(review: dict[str, Any], where: str) -> list[str]:
    """What a reviewer may want to read meanwhile; the report to decide on among it."""
    base = f"/r/{review['slug']}"
    mine = f"{base}/screen/title_abstract/"
    return ["/healthz", f"{base}/", where, mine, f"{base}/reports/", f"{base}/searches/"]


@pytest.mark.long
def test_thirty_seconds_of_a_lock_are_survived_with_the_settings_of_everybody(
    place: Place,
) -> None:
    """Seven of the eight threads wait for the lock; the last one shows pages all the time."""
    review = place.ask("populate", reports=60, reviewers=7)
    place.start_web()
    people = [Browser(place.address, review["sessions"][f"reviewer{n}"]) for n in range(7)]
    forms = [read_to_decide(browser, review, "include") for browser in people]
    answers: list[Answer] = []

    def decide(browser: Browser, form: tuple[str, dict[str, object]]) -> None:
        for _ in range(5):
            answers.append(answer := browser.post(*form))
            if answer.status == 303:
                return

    threads = [
        threading.Thread(target=decide, args=pair, daemon=True)
        for pair in zip(people, forms, strict=True)
    ]
    slowest = 0.0
    with locked(place):
        for thread in threads:
            thread.start()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            began = time.monotonic()
            assert place.health()["database"] == "up"
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.5)
    for thread in threads:
        thread.join(90)

    statuses = [answer.status for answer in answers]
    print(f"\nD4: answers {sorted(statuses)}, a page meanwhile took {slowest:.1f} s")  # noqa: T201
    assert set(statuses) == {303, 503}
    assert stored(place, review) == [["include", NOTE]] * 7
    place.manage("audit", review["slug"])
