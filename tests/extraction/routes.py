"""The routes of extraction, and the rows that they are asked about."""

from __future__ import annotations

from typing import Any

from extraction.appraisal import ROB2, ROB2_CROSSOVER
from extraction.services.appraisal import start_assessment
from review.models import Report
from tests.extraction import world as rows
from tests.routes import EVERYBODY, MEMBERS, WORKERS, Route


def furnish(world: Any) -> None:
    """Give the world a form, a study with a result and Ann's assessment, and reports to link."""
    rows.form(world.review)
    first, second, third = rows.sought(world, 3, first=910_001)
    world.linked, world.unlinked, world.alone = first, second, third
    world.study = rows.study(world.review, first)
    world.result = rows.result(world.study, actor=world.ann)
    world.assessment = start_assessment(result=world.result, tool=ROB2, actor=world.ann)


def of_study(world: Any) -> dict[str, Any]:
    return {"pk": world.study.pk}


def of_result(world: Any) -> dict[str, Any]:
    return {"pk": world.result.pk}


def of_assessment(world: Any) -> dict[str, Any]:
    return {"pk": world.assessment.pk}


def of_domain(world: Any) -> dict[str, Any]:
    return {"pk": world.assessment.pk, "key": "D1"}


def report(name: str) -> Any:
    """The key of one of the world's reports."""

    def kwargs(world: Any) -> dict[str, Any]:
        row: Report = getattr(world, name)
        return {"pk": row.pk}

    return kwargs


ASSESSOR = frozenset({"ann"})

RESULT = {"outcome": "Sleep", "comparison": "naltrexone versus placebo"}
LEAD = frozenset({"lead"})

ROUTES = [
    Route("extraction:studies", EVERYBODY),
    Route("extraction:study", EVERYBODY, of_study),
    Route(
        "extraction:study_link",
        WORKERS,
        method="post",
        data=lambda world: {"reports": [world.unlinked.pk]},
    ),
    Route("extraction:study_start", WORKERS, report("alone"), method="post"),
    Route("extraction:study_unlink", WORKERS, report("linked"), method="post"),
    Route("extraction:result_new", WORKERS, of_study),
    Route("extraction:result", WORKERS, of_result),
    Route("extraction:assess", WORKERS, of_result),
    Route("extraction:assessment", MEMBERS, of_assessment),
    Route("extraction:preliminary", ASSESSOR, of_assessment),
    Route("extraction:overall", ASSESSOR, of_assessment),
    Route("extraction:domain", ASSESSOR, of_domain),
    Route("extraction:form", EVERYBODY),
    Route("extraction:form_start", LEAD, method="post"),
    Route("extraction:extract", WORKERS, of_study),
    Route("extraction:result_new", WORKERS, of_study, "post", lambda world: RESULT),
    Route("extraction:result", WORKERS, of_result, "post", lambda world: RESULT),
    Route("extraction:assess", WORKERS, of_result, "post", lambda world: {"tool": ROB2_CROSSOVER}),
    Route("extraction:preliminary", ASSESSOR, of_assessment, "post"),
    Route("extraction:overall", ASSESSOR, of_assessment, "post"),
    Route("extraction:domain", ASSESSOR, of_domain, "post"),
    Route("extraction:form", LEAD, method="post", data=lambda world: {"act": "add"}),
    Route("extraction:extract", WORKERS, of_study, "post", lambda world: {"version": "1"}),
]
