"""Every route of review, who may get it, and the rows that some of them need."""

from __future__ import annotations

import io
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from pypdf import PdfWriter

from review.models import CriteriaVersion, Record
from review.services.flow import move
from review.services.imports import confirm, receive
from review.services.records import identify, mark_without_text
from review.services.retrieval import hold_full_text
from review.services.schedules import When, set_schedule
from review.services.searches import start_run
from review.services.sentinels import mark_sentinel
from tests import factories
from tests.routes import EVERYBODY, MEMBERS, WORKERS, Route

LEAD = frozenset({"lead"})
RIS = b"""TY  - JOUR
TI  - Naltrexone for tired legs
AU  - Okafor, Adaeze
PY  - 2021
ER  -
TY  - JOUR
ER  -
"""
MANAGERS = frozenset({"lead", "admin"})


def furnish(world: Any) -> None:
    """A run that waits, a record whose text could not be had, a report whose PDF is held."""
    world.run = start_run(search=world.search, actor=world.lead)
    identify(run=world.run, identifiers=["90000001"])
    mark_without_text(search=world.search, problems={"90000001": "PubMed sent no record for it."})
    world.record = Record.objects.get(search=world.search, identifier="90000001")
    when = When(time(2, 30), ZoneInfo("Europe/Berlin"))
    set_schedule(search=world.search, when=when, actor=world.lead)
    pmid = world.report.records.get().pmid
    world.sentinel = mark_sentinel(search=world.search, pmid=pmid, actor=world.lead)
    world.revision = Record.objects.filter(report=world.report).first().current
    report = world.record.report
    move(report=report, target="sought", cause="test", actor=None)
    upload = ("Younger 2013.pdf", one_page_pdf())
    embase = factories.search(world.review, source="Embase")
    world.embase = embase
    world.upload = receive(search=embase, name="a.ris", chunks=[RIS], actor=world.lead)
    world.imported = receive(search=embase, name="b.ris", chunks=[RIS], actor=world.lead)
    world.file_run = confirm(imported=world.imported, actor=world.lead)
    world.full_text = hold_full_text(report=report, form="pdf", actor=world.ann, upload=upload)


def one_page_pdf() -> bytes:
    """A PDF with one empty page."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _search(world: Any) -> dict[str, Any]:
    return {"pk": world.search.pk}


def _run(world: Any) -> dict[str, Any]:
    return {"pk": world.run.pk}


def _embase(world: Any) -> dict[str, Any]:
    return {"pk": world.embase.pk}


def _upload(world: Any) -> dict[str, Any]:
    return {"pk": world.upload.pk}


def _imported(world: Any) -> dict[str, Any]:
    return {"pk": world.imported.pk}


def _pasted(world: Any) -> dict[str, Any]:
    return {"pasted": "23359310, 17222320"}


def _plan(world: Any) -> dict[str, Any]:
    return {"format": "ris", "encoding": "cp1252"}


def _undo(world: Any) -> dict[str, Any]:
    return {"reason": "The file of another search was chosen."}


def _sentinel(world: Any) -> dict[str, Any]:
    return {"pk": world.sentinel.pk}


def _pmid(world: Any) -> dict[str, Any]:
    return {"pmid": world.report.records.get().pmid}


def _explanation(world: Any) -> dict[str, Any]:
    return {"words": "PubMed has withdrawn one record since."}


def _chase(world: Any) -> dict[str, Any]:
    return {"chase": "references", "kind": "citation"}


def _schedule(world: Any) -> dict[str, Any]:
    chosen = {"every": "week", "weekday": "1", "monthday": "1", "at": "06:00"}
    return chosen | {"zone": "Europe/Berlin"}


def _record(world: Any) -> dict[str, Any]:
    return {"pk": world.record.pk}


def _setup(world: Any) -> dict[str, Any]:
    return {"source": "Embase", "kind": "database", "strategy": "naltrexone:ti"}


def _edited(world: Any) -> dict[str, Any]:
    return {**_setup(world), "source": "PubMed", "is_pubmed": "on"}


def _typed(world: Any) -> dict[str, Any]:
    return {"title": "Naltrexone 3 mg for tired legs", "authors": "Walker R", "year": "2021"}


def _criteria(world: Any) -> dict[str, Any]:
    latest = CriteriaVersion.objects.in_force(world.review)
    seen = latest.number if latest else 0
    row = {"row0-text": "Adults", "row0-reason": "Wrong population"}
    return {"rows": "1", "seen": str(seen), "act": "save", **row}


ROUTES = [
    Route("review:searches", EVERYBODY),
    Route("review:methods", EVERYBODY),
    Route("review:methods_file", EVERYBODY, lambda world: {"ending": "csv"}),
    Route("review:search_new", LEAD),
    Route("review:search_new", LEAD, method="post", data=_setup),
    Route("review:search_chase", LEAD),
    Route("review:search_chase", LEAD, method="post", data=_chase),
    Route("review:search", EVERYBODY, _search),
    Route("review:schedule", MANAGERS, _search),
    Route("review:schedule", MANAGERS, _search, method="post", data=_schedule),
    Route("review:schedule_pause", MANAGERS, _search, method="post"),
    Route("review:schedule_resume", MANAGERS, _search, method="post"),
    Route("review:search_edit", LEAD, _search),
    Route("review:search_edit", LEAD, _search, method="post", data=_edited),
    Route("review:search_run", LEAD, _search, method="post"),
    Route("review:report_add", LEAD, _search),
    Route("review:report_add", LEAD, _search, method="post", data=_typed),
    Route("review:imports", EVERYBODY),
    Route("review:import_new", LEAD, _embase),
    Route("review:import_new", LEAD, _embase, method="post", data=_pasted),
    Route("review:import_preview", LEAD, _upload),
    Route("review:import_preview", LEAD, _upload, method="post", data=_plan),
    Route("review:import_confirm", LEAD, _upload, method="post"),
    Route("review:import_discard", LEAD, _upload, method="post"),
    Route("review:import_undo", LEAD, _imported, method="post", data=_undo),
    Route("review:import_file", LEAD, _imported),
    Route("review:run", EVERYBODY, _run),
    Route("review:run_cancel", LEAD, _run, method="post"),
    Route("review:run_resume", LEAD, _run, method="post"),
    Route("review:run_explain", LEAD, _run, method="post", data=_explanation),
    Route("review:sentinel_add", LEAD, _search, method="post", data=_pmid),
    Route("review:sentinel_remove", LEAD, _sentinel, method="post"),
    Route("review:protocol", EVERYBODY),
    Route("review:question", LEAD),
    Route("review:question", LEAD, method="post", data=lambda world: {"title": "LDN for pain"}),
    Route("review:criteria", LEAD),
    Route("review:criteria", LEAD, method="post", data=_criteria),
    Route("review:reports", EVERYBODY),
    Route("review:reports_file", EVERYBODY, lambda world: {"ending": "ris"}),
    Route("review:report", EVERYBODY, lambda world: {"pk": world.report.pk}),
    Route("review:values", EVERYBODY, lambda world: {"pk": world.kept.pk}),
    Route(
        "review:values",
        LEAD,
        lambda world: {"pk": world.kept.pk},
        method="post",
        data=lambda world: {"field": "title", "record": world.merge.records[0]},
    ),
    Route("review:revision", EVERYBODY, lambda world: {"pk": world.revision.pk}),
    Route("review:record_complete", WORKERS, _record),
    Route("review:record_complete", WORKERS, _record, method="post", data=_typed),
    Route("review:full_text_file", MEMBERS, lambda world: {"pk": world.full_text.pk}),
]
