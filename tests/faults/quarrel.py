"""Everybody at once who may lock a report: adjudicators, leads who merge and split, refreshes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from django.db import connection, connections

from review.errors import ReviewError
from review.models import Merge, Report, Review, Stage, User
from review.services.block_keys import index, read
from review.services.records import Text, store_texts
from screening.models import Standing
from screening.services.merging import merge_reports, split_reports
from screening.services.settle import Ruling, settle
from tests import factories

Act = Callable[[Review, Random, int], None]


def settle_one(review: Review, dice: Random, n: int) -> None:
    """The adjudicator settles a conflict, if there is one."""
    stage = Stage.objects.get(review=review, name="title_abstract")
    conflicts = Standing.objects.filter(review=review, stage=stage, status="conflict")
    found = conflicts.select_related("report").order_by("?").first()
    if found is None:
        time.sleep(0.05)
        return
    ruling = Ruling(dice.choice(["include", "exclude"]), "Because", found.last_id or 0, f"rule-{n}")
    settle(adjudicator=person("adjudicator"), report=found.report, stage=stage, ruling=ruling)


def merge_two(review: Review, dice: Random, n: int) -> None:
    """The lead merges two reports, or splits some that were merged."""
    merges = Merge.objects.in_force().filter(review=review)
    if n % 2 and (merge := merges.order_by("?").first()):
        split_reports(merge=merge, actor=person("lead"))
        return
    one, other = Report.objects.live().filter(review=review).order_by("?")[:2]
    merge_reports(survivor=one, absorbed=other, why="Looks alike", actor=person("lead"))


def refresh_some(review: Review, dice: Random, n: int) -> None:
    """A refresh brings newer texts of fifty records."""
    search = review.searches.get()
    known = list(search.records.order_by("?").values_list("identifier", flat=True)[:50])
    texts = [Text(factories.citation(key, f"Trial {key}, version {n}")) for key in known]
    store_texts(search=search, texts=texts, run=None)
    keys = search.records.filter(identifier__in=known).values_list("pk", flat=True)
    index(read(keys).values())


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@example.org")


def quarrel(review: Review, seconds: float) -> dict[str, Any]:
    """Let each do its act again and again; how often each was done, refused, or failed."""
    done: Counter[str] = Counter()
    errors: list[str] = []
    end = time.monotonic() + seconds

    def loop(act: Act) -> None:
        dice, n = Random(act.__name__), 0
        while time.monotonic() < end:
            n += 1
            try:
                act(review, dice, n)
                done[act.__name__] += 1
            except ReviewError:
                done[f"{act.__name__} refused"] += 1
            except Exception as error:
                errors.append(f"{act.__name__}: {error!r}")
        connections.close_all()

    threads = [threading.Thread(target=loop, args=[a]) for a in (settle_one, merge_two)]
    threads.append(threading.Thread(target=loop, args=[refresh_some]))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {**done, "errors": errors}


def deadlocks() -> int | None:
    """How many deadlocks PostgreSQL counted in this database; SQLite can have none."""
    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
