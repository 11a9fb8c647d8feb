"""How well are the duplicates of a labelled set found? By hand::

    python -m tests.bench.labelled stroke.csv.gz stroke.truth.csv.gz [SET TRUTH ...]

SET has the columns that ``manage.py dedupe`` reads, TRUTH record_id and cluster_id. *Lost* are
reports merged into another one; *recall* is the share of superfluous records that were merged, by
rule alone and once a person has answered every queued pair.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from review.dedupe.clusters import Clusters

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import json, resource, sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "dedupe", *sys.argv[1:]])
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
HEAD = f"{'set':<16}{'records':>9}{'lost':>6}{'recall':>9}{'after':>9}{'queue/100':>11}"
HEAD += f"{'records/s':>11}{'MiB':>6}"


@dataclass(frozen=True, slots=True)
class Measured:
    """One run on one set. ``seconds`` of one processor and ``megabytes`` are the whole program's,
    the start of Python and Django included.
    """

    records: int
    lost: int
    recall: float
    after: float
    queued: int
    seconds: float
    megabytes: float

    def line(self, name: str) -> str:
        """The run as a line of the table."""
        return (
            f"{name:<16}{self.records:>9,}{self.lost:>6}{self.recall:>9.4f}{self.after:>9.4f}"
            f"{100 * self.queued / self.records:>11.1f}{self.records / self.seconds:>11,.0f}"
            f"{self.megabytes:>6.0f}"
        )


def measure(table: Path, truth: Mapping[str, str]) -> Measured:
    """Run the command on a table in a process of its own and hold its files against the truth."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        out, queue = Path(folder) / "out.csv", Path(folder) / "queue.csv"
        arguments = [str(table), "--out", str(out), "--queue", str(queue)]
        printed = run(sys.executable, RUN, *arguments, data=folder)
        seconds, size = json.loads(printed.splitlines()[-1])
        found = {row["record_id"]: row["cluster_id"] for row in rows(out)}
        asked = [(row["id_a"], row["id_b"]) for row in rows(queue)]
    return judged(truth, found, asked, seconds=seconds, megabytes=size / 1024)


def judged(
    truth: Mapping[str, str],
    found: Mapping[str, str],
    asked: Iterable[tuple[str, str]],
    *,
    seconds: float,
    megabytes: float,
) -> Measured:
    """Compare clusters, and pairs to ask about, with the truth."""
    asked = list(asked)
    copies = len(truth) - len(set(truth.values()))
    merged = defaultdict(set)
    for record, cluster in found.items():
        merged[cluster].add(truth[record])
    true = [(found[a], found[b]) for a, b in asked if truth[a] == truth[b]]
    answered = _joined(found, true)
    return Measured(
        records=len(truth),
        lost=sum(len(reports) - 1 for reports in merged.values()),
        recall=_merged(truth, found) / copies,
        after=_merged(truth, answered) / copies,
        queued=len(asked),
        seconds=seconds,
        megabytes=megabytes,
    )


def rows(path: Path) -> list[dict[str, str]]:
    """Read a table, packed or not."""
    csv.field_size_limit(10_000_000)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:  # type: ignore[operator]
        return list(csv.DictReader(file))


def truth_of(path: Path) -> dict[str, str]:
    """Read which record belongs to which report."""
    return {row["record_id"]: row["cluster_id"] for row in rows(path)}


def run(python: str, program: str, *arguments: str, data: str) -> str:
    """What a program writes, on a data folder of its own."""
    settings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "review.site.settings",
        "WINNOW_DATA_DIR": data,
    }
    command = [python, "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("The program failed; see above.")
    return done.stdout


def _merged(truth: Mapping[str, str], found: Mapping[str, str]) -> int:
    """Count the records that stand with another record of their report."""
    parts = len({(truth[record], cluster) for record, cluster in found.items()})
    return len(truth) - parts


def _joined(found: Mapping[str, str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    names = sorted(set(found.values()))
    number = {name: place for place, name in enumerate(names)}
    clusters = Clusters(len(names))
    for one, other in pairs:
        clusters.join(number[one], number[other])
    return {record: names[clusters.of(number[name])] for record, name in found.items()}


def main() -> None:
    """Print a line for each set."""
    print(HEAD)  # noqa: T201
    for table, truth in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        name = Path(table).name.partition(".")[0]
        print(measure(Path(table), truth_of(Path(truth))).line(name), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
