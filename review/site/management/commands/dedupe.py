"""``manage.py dedupe IN.csv --out OUT.csv --queue QUEUE.csv``: match a table, without a review."""

from __future__ import annotations

import csv
import gc
import gzip
import os
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from review.citation import Citation
from review.dedupe import Groups, Matcher
from review.dedupe.table import CLUSTERS, QUEUE, NotATable, Unread, clusters, queue, read


class Command(BaseCommand):
    """Runs the matcher of the product on a table, so that anyone can measure it."""

    help = (
        "Find the duplicates in a CSV table with the columns record_id, title, abstract, authors, "
        "year, journal, volume, issue, pages, doi, pmid. Writes no database rows."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """IN may be packed with gzip."""
        parser.add_argument("table", metavar="IN.csv", type=Path)
        parser.add_argument("--out", metavar="OUT.csv", type=Path, required=True)
        parser.add_argument("--queue", metavar="QUEUE.csv", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Match, then write both files, or neither."""
        if options["queue"] and options["queue"].resolve() == options["out"].resolve():
            raise CommandError("OUT and QUEUE must be two files. Nothing was written.")
        gc.disable()  # nothing here makes cycles, and looking for them costs a quarter of the time
        unread: list[Unread] = []
        try:
            matcher = Matcher()
            matcher.add(_records(options["table"], unread))
            groups = matcher.groups()
            _write(groups, options["out"], options["queue"])
        except (OSError, UnicodeError, NotATable) as error:
            raise CommandError(f"{options['table']}: {error} Nothing was written.") from error
        finally:
            gc.enable()
        for row in unread:
            self.stderr.write(f"line {row.line}: {row.why}; this row was left out.")
        self.stdout.write(_summary(groups, len(unread)))


def _records(path: Path, unread: list[Unread]) -> Iterator[Citation]:
    with _opened(path) as lines:
        for each in read(lines):
            if isinstance(each, Unread):
                unread.append(each)
            else:
                yield each


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as opened:
        data = cast(BinaryIO, opened)
        yield TextIOWrapper(data, encoding=_encoding(data), newline="")


def _encoding(data: BinaryIO) -> str:
    """UTF-16 by its mark, else UTF-8 if all of it is, else Windows Western; goes to the start."""
    name = "utf-16" if data.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE) else "utf-8-sig"
    data.seek(0)
    decoder = getincrementaldecoder(name)()
    try:
        while chunk := data.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        name = "cp1252"
    data.seek(0)
    return name


def _write(groups: Groups, out: Path, asked: Path | None) -> None:
    """Write beside the files and rename, so that none is ever half-written."""
    with ExitStack() as stack:
        aside = [(stack.enter_context(_aside(out)), out)]
        _fill(aside[0][0], CLUSTERS, clusters(groups))
        if asked:
            aside.append((stack.enter_context(_aside(asked)), asked))
            _fill(aside[1][0], QUEUE, queue(groups))
        for file, path in aside:
            os.replace(file.name, path)


@contextmanager
def _aside(path: Path) -> Iterator[IO[str]]:
    beside = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            yield file
    finally:
        beside.unlink(missing_ok=True)


def _fill(file: IO[str], columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(rows)
    file.flush()
    os.fsync(file.fileno())


def _summary(groups: Groups, unread: int) -> str:
    records = _count(sum(map(len, groups.clusters)), "record")
    reports = _count(len(groups.clusters), "report")
    words = f"{records}, {reports}; left to a person: {_count(len(groups.queue), 'pair')}."
    return f"{words} {_count(unread, 'row')} could not be read." if unread else words


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
