"""How fast, how big and how right is matching at the size of a large review? By hand::

    python -m tests.bench.dedupe [RECORDS] [--peer PYTHON]

Made-up records of seven vendors (100,000 unless said otherwise), the whole of ``manage.py dedupe``
in a process of its own. ``--peer`` names an interpreter of an environment in which bib-dedupe is
installed, to run it beside ours on 20,000 of the same; it is no dependency of Winnow.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import tempfile
from pathlib import Path

from tests.bench.citations import Known, made_up
from tests.bench.labelled import HEAD, Measured, judged, measure, rows, run

COLUMNS = ("record_id", "title", "abstract", "authors", "year", "journal")
COLUMNS += ("volume", "issue", "pages", "doi", "pmid")
BESIDE = 20_000  # records on which the peer is run
PEER = """
import json, resource, sys
import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep
table = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
table = table.rename(columns={"record_id": "ID", "authors": "author", "issue": "number"})
table["author"] = table["author"].str.replace("; ", " and ")
table["ENTRYTYPE"] = "article"
sets = cluster(match(block(prep(table, cpu=1), cpu=1), cpu=1))
found = {name: name for name in table["ID"]}
found |= {name: min(names) for names in sets for name in names}
pd.DataFrame(found.items(), columns=["record_id", "cluster_id"]).to_csv(sys.argv[2], index=False)
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([sum(u.ru_utime + u.ru_stime for u in used), max(u.ru_maxrss for u in used)]))
"""


def ours(records: int) -> Measured:
    """Match made-up records by the command."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        table = Path(folder) / "records.csv"
        return measure(table, write(records, table))


def theirs(python: str, records: int) -> Measured:
    """Match the same by bib-dedupe; pairs that it calls "maybe" are not counted."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        table, out = Path(folder) / "records.csv", Path(folder) / "out.csv"
        truth = write(records, table)
        printed = run(python, PEER, str(table), str(out), data=folder)
        seconds, size = json.loads(printed.splitlines()[-1])
        found = {row["record_id"]: row["cluster_id"] for row in rows(out)}
        return judged(truth, found, (), seconds=seconds, megabytes=size / 1024)


def write(records: int, path: Path) -> dict[str, str]:
    """Write made-up records as a table; give the truth about them."""
    truth: dict[str, str] = {}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for known in made_up(records):
            truth[known.citation.identifier] = str(known.document)
            writer.writerow(_row(known))
    return truth


def _row(known: Known) -> tuple[str, ...]:
    one = known.citation
    names = (f"{author.last}, {author.fore or author.initials}" for author in one.authors)
    abstract = " ".join(part.text for part in one.abstract)
    place = (one.volume, one.issue, one.pages, one.doi, one.pmid)
    said = (one.identifier, one.title, abstract, "; ".join(names), str(one.year), one.journal)
    return (*said, *place)


def has_peer(python: str) -> bool:
    """Whether bib-dedupe can be imported there."""
    asked = [python, "-c", "import bib_dedupe.bib_dedupe"]
    return subprocess.run(asked, capture_output=True).returncode == 0


def main() -> None:
    """Print one line for each run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="?", type=int, default=100_000)
    parser.add_argument("--peer", default="")
    chosen = parser.parse_args()
    print(HEAD)  # noqa: T201
    print(ours(chosen.records).line("ours"), flush=True)  # noqa: T201
    if not chosen.peer:
        print("bib-dedupe: not run, as --peer names no interpreter that has it")  # noqa: T201
    elif not has_peer(chosen.peer):
        print(f"bib-dedupe: not run, as {chosen.peer} cannot import it")  # noqa: T201
    else:
        print(ours(BESIDE).line("ours"), flush=True)  # noqa: T201
        print(theirs(chosen.peer, BESIDE).line("bib-dedupe"), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
