"""How long does a refresh take to compare its new records with a large review? By hand::

    python -m tests.bench.incremental [EXISTING] [NEW]

A database of its own with made-up records (100,000 unless said otherwise), their duplicates merged
already; then 500 more: their texts are stored, and ``match_records`` is timed, with the database.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass

from tests.bench.labelled import run

MATCH = """
import json, sys, time, django; django.setup()
from django.core.management import call_command
from django.db import transaction
from review.models import BlockKey, Pair, Record, Report, Revision
from review.services.block_keys import index, read
from review.services.duplicates import match_records
from review.services.protocol import create_review
from review.services.records import Text
from review.services.searches import save_search
from tests.bench.citations import made_up

old, new = int(sys.argv[1]), int(sys.argv[2])
call_command("migrate", verbosity=0)
review = create_review(slug="bench", title="A large review", actor=None)
search = save_search(review=review, actor=None, source="Library", kind="database")
found = list(made_up(old + new))

@transaction.atomic
def take_in(known, place, kept):
    "Store records, each with a report of its own, or in that of its document."
    own = [each for each in known if kept is None or each.document not in kept]
    reports = Report.objects.bulk_create(
        Report(review=review, place=place + n, arm="left", counted_by=search)
        for n, _ in enumerate(own)
    )
    report = {each.citation.identifier: made for each, made in zip(own, reports)}
    for each in own:
        kept is not None and kept.setdefault(each.document, report[each.citation.identifier])
    records = Record.objects.bulk_create(
        Record(
            review=review, search=search, identifier=each.citation.identifier,
            report=report.get(each.citation.identifier) or kept[each.document],
            pmid=each.citation.pmid, doi=each.citation.doi,
        )
        for each in known
    )
    texts = Revision.objects.bulk_create(
        Revision(
            record=record, number=1, data=each.citation.to_json(),
            sha256=Text(each.citation).sha256,
        )
        for record, each in zip(records, known)
    )
    for record, text in zip(records, texts):
        record.current = text
    Record.objects.bulk_update(records, ["current"], batch_size=200)
    return [record.pk for record in records]

kept = {}
for start in range(0, old, 500):
    records = take_in(found[start:min(start + 500, old)], start, kept)
    index(read(records).values())
records = take_in(found[old:], old, None)
began, used = time.monotonic(), time.process_time()
merged = match_records(records)
print(json.dumps({
    "records": Record.objects.count(),
    "keys": BlockKey.objects.count(),
    "merged": merged,
    "queued": Pair.objects.count(),
    "seconds": time.monotonic() - began,
    "processor": time.process_time() - used,
}))
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One refresh: rows in the index, what came of it, seconds by the clock and of a processor."""

    records: int
    keys: int
    merged: int
    queued: int
    seconds: float
    processor: float


def measure(old: int, new: int) -> Measured:
    """Match ``new`` records against ``old`` ones in a process and a database of their own."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as data:
        printed = run(sys.executable, MATCH, str(old), str(new), data=data)
        return Measured(**json.loads(printed.splitlines()[-1]))


def main() -> None:
    """Print one line."""
    old, new = [*map(int, sys.argv[1:]), 100_000, 500][:2]
    m = measure(old, new)
    print("records   keys       merged  queued  seconds  CPU s")  # noqa: T201
    print(  # noqa: T201
        f"{m.records:<9,} {m.keys:<10,} {m.merged:<7} {m.queued:<7} {m.seconds:<8.2f} "
        f"{m.processor:.2f}"
    )


if __name__ == "__main__":
    main()
