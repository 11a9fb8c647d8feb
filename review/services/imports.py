"""Files before their entries are taken in: kept, looked at, read in another way, confirmed."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from review.errors import AlreadyRunning, BadFile, Incomplete, NotAllowed
from review.imports import columns, formats, reading
from review.imports.entry import Problem, Refused
from review.imports.limits import LARGEST_FILE, megabytes
from review.imports.reading import Plan
from review.models import ColumnMapping, Import, Search, SearchRun, User
from review.services import jobs
from review.services.log import log
from review.services.pubmed import check_email

TASK = "review.tasks.import_file"
LOOKED_AT = 3_000  # entries that are read while somebody waits for the preview
MOST_PROBLEMS = 1_000  # that are kept with an import
PASTED = "Pasted list"
CHOSEN = "Somebody chose this encoding."


def receive(*, search: Search, name: str, chunks: Iterable[bytes], actor: User) -> Import:
    """Keep a file as it came and look at it; nothing of it is in the review yet.

    Raises BadFile, with the reason, for what is no list of references and for what is too large;
    NotAllowed for a search that is fetched from PubMed.
    """
    if search.is_pubmed:
        raise NotAllowed(
            "PubMed\u2019s records are fetched by the search itself. Set up another search for "
            "the records of a file."
        )
    path = folder() / secrets.token_hex(16)
    try:
        size, sha256 = _keep(path, chunks)
        with path.open("rb") as file:
            guess = reading.guess(file)
            found = Import(search=search, name=plain_name(name), file=path.name, made_by=actor)
            found.size, found.sha256 = size, sha256
            found.plan = _with_remembered(search, guess.plan)
            found.preview = {"why": guess.encoding.why, "sure": guess.encoding.sure}
            found.preview["sheets"] = list(guess.sheets)
            _look(found, file)
        found.save()
    except Refused as refused:
        path.unlink(missing_ok=True)
        raise BadFile(str(refused)) from refused
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return found


def read_again(*, imported: Import, plan: Plan) -> None:
    """Look at the file in another way; a table's columns are guessed anew when none are given.

    Raises BadFile when it cannot be read so; then it stays as it was.
    """
    was = imported.plan
    try:
        with path_of(imported).open("rb") as file:
            if not was.encoding and plan.encoding:
                guess = reading.guess(file, plan.encoding)
                plan = guess.plan if plan.format in (was.format, guess.plan.format) else plan
            if plan.format in (formats.TABLE, formats.SHEET) and not plan.columns:
                plan = _with_remembered(imported.search, reading.with_columns(file, plan))
            imported.plan = plan
            if plan.encoding != was.encoding:
                imported.preview |= {"why": CHOSEN, "sure": True}
            _look(imported, file)
    except Refused as refused:
        raise BadFile(str(refused)) from refused
    with transaction.atomic():
        _unconfirmed(imported)
        imported.save()


@transaction.atomic
def confirm(*, imported: Import, actor: User) -> SearchRun:
    """Queue the import and return at once; the worker takes the entries in.

    Raises AlreadyRunning the second time, Incomplete when nothing of it can be read.
    """
    search = Search.objects.select_for_update().get(pk=imported.search_id)
    imported = _unconfirmed(imported)
    if not imported.readable:
        raise Incomplete("Nothing in this file can be read so. Choose another format or encoding.")
    if imported.format == formats.PASTED:
        check_email()
    number = (search.runs.aggregate(last=Max("number"))["last"] or 0) + 1
    job = jobs.enqueue(
        task=TASK,
        subject=f"Import of {imported.name}",
        key=f"import {imported.pk}",
        review=search.review,
        actor=actor,
    )
    run = SearchRun.objects.create(search=search, number=number, job=job, strategy=search.strategy)
    imported.run = run
    imported.save(update_fields=["run"])
    _remember(imported)
    log(
        review=search.review,
        actor=actor,
        what="imported a file",
        subject=imported.name,
        new={"sha256": imported.sha256, "source": search.source, "format": imported.format},
    )
    return run


@transaction.atomic
def discard(*, imported: Import) -> None:
    """Forget a file of which nothing was taken in. Raises AlreadyRunning for any other."""
    imported = _unconfirmed(imported)
    path = path_of(imported)
    imported.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def folder() -> Path:
    """Where the files are kept as they came; nothing in it is ever served as it is."""
    path = Path(settings.IMPORT_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(imported: Import) -> Path:
    """The file of an import."""
    return folder() / Path(imported.file).name


def as_rows(problems: Iterable[Problem], decided: int) -> list[tuple[int | None, str, str]]:
    """Problems as they are stored with an import, the first thousand.

    ``decided`` entries carry decisions of another tool, which is one of the problems.
    """
    if decided:
        what = f"{decided:,} of the entries have decisions of another tool."
        problems = [*problems, Problem(what, "They are no votes here; the file keeps them.")]
    rows = [(problem.line, problem.what, problem.kept) for problem in problems]
    if len(rows) > MOST_PROBLEMS:
        more = f"{len(rows) - MOST_PROBLEMS:,} more problems are not listed."
        rows = [*rows[:MOST_PROBLEMS], (None, more, "Mend these and import the file again.")]
    return rows


def plain_name(name: str) -> str:
    """A file's name as it may be shown: no folders, no control characters, 200 letters at most."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return kept.strip()[:200] or "File without a name"


def _keep(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Write a file and give its size and digest. Raises BadFile when it is too large."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_FILE:
                raise BadFile(
                    f"This file is larger than {megabytes(LARGEST_FILE)}. "
                    "Export the search in parts."
                )
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def _look(imported: Import, file: BinaryIO) -> None:
    """Read the beginning of the file and note what that gives."""
    plan = imported.plan
    if not plan.encoding:
        imported.found = imported.readable = 0
        imported.problems, imported.preview["first"] = [], []
        return
    shown = reading.preview(file, plan, LOOKED_AT)
    imported.found, imported.readable = shown.found, shown.readable
    imported.problems = as_rows(shown.problems, shown.decided)
    imported.preview["complete"] = shown.complete
    imported.preview["first"] = [[e.line, e.citation.to_json()] for e in shown.first]


def _unconfirmed(imported: Import) -> Import:
    """Lock an import that nobody has confirmed. Raises AlreadyRunning for any other."""
    locked = Import.objects.select_for_update(of=("self",)).filter(pk=imported.pk, run=None).first()
    if locked is None:
        raise AlreadyRunning("This file was imported or discarded already. Reload the page.")
    return locked


def _with_remembered(search: Search, plan: Plan) -> Plan:
    """A plan with the columns as somebody mapped them the last time, if there were such headers."""
    mark = columns.signature([column.header for column in plan.columns])
    known = ColumnMapping.objects.filter(review=search.review_id, signature=mark).first()
    if not plan.columns or known is None or len(known.columns) != len(plan.columns):
        return plan
    return replace(plan, columns=tuple(columns.Column(**each) for each in known.columns))


def _remember(imported: Import) -> None:
    """Keep how the columns were mapped for the next file with the same headers."""
    if not imported.columns:
        return
    mark = columns.signature([column["header"] for column in imported.columns])
    ColumnMapping.objects.update_or_create(
        review=imported.search.review,
        signature=mark,
        defaults={"columns": imported.columns},
    )
