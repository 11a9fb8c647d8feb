"""People act in any order, and after every step everything is true.

Votes, changes, undo, skips, settlements, full texts, studies, merges, splits, removals, returns,
rules, locks and members, also while clocks jump, through the services, as Hypothesis chooses. A
refusal by a typed error is an outcome; anything else is a defect. The parts are in ``any_order/``;
``book.py`` there is a model of its own that knows only what was acknowledged. With ``--long``
there are many more, new ones each time.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from screening.services import removing
from tests.site.any_order.ground import lay_ground
from tests.site.any_order.machine import AnyOrder
from tests.site.any_order.play import Clock, Play

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Play:
    monkeypatch.setattr(removing, "PAUSE", 0)
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return lay_ground(clock)


def play(ground: Play, profile: str, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: AnyOrder(ground),
        settings=settings(
            settings.get_profile(profile),
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.both
def test_whatever_people_do_in_whatever_order_everything_is_true(ground: Play) -> None:
    examples, steps = (7, 24) if connection.vendor == "sqlite" else (5, 15)
    play(ground, "same", examples, steps)


@pytest.mark.long
def test_many_more_orders(ground: Play) -> None:
    play(ground, "new", 40, 50)
