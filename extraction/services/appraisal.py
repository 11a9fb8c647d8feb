"""Appraising a result: who starts an assessment answers its questions and judges its domains.

Answers and judgements are append-only, and saving what stands already adds no row. The judgement
that the algorithm proposes is stored beside the final one, in the transaction of the answers that
it follows from; the overall judgement follows the domains in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from extraction.appraisal import (
    Effect,
    Judgement,
    change_problem,
    instrument,
    may_escalate,
    parted,
    state,
)
from extraction.errors import AlreadyThere, Inconsistent
from extraction.models import Answer, Assessment, Result
from extraction.models import Judgement as JudgementRow
from extraction.services.results import change_result
from extraction.sheet import OVERALL, Sheet, read_sheet
from review.errors import Incomplete, NotAllowed
from review.models import User
from review.services.log import log


@dataclass(frozen=True, slots=True)
class Given:
    """One question as it was filled in; ``answer`` is a code ("PY") or nothing."""

    answer: str = ""
    support: str = ""
    quote: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The reviewer's judgement: ``final`` None follows the algorithm."""

    final: Judgement | None = None
    reason: str = ""
    direction: str = ""


FOLLOW = Choice()


def start_assessment(
    *, result: Result, tool: str, actor: User, is_demo: bool = False
) -> Assessment:
    """Start an assessment of a result; its assessor is whoever starts it.

    Raises AlreadyThere when the result has one with this tool, InstrumentError for a tool that
    is not shipped.
    """
    instrument(tool)
    try:
        with transaction.atomic():
            row = Assessment.objects.create(
                result=result,
                tool=tool,
                effect=Effect.ASSIGNMENT,
                assessor=actor,
                is_demo=is_demo,
            )
            log(
                review=result.study.review,
                actor=actor,
                what="started an assessment",
                subject=f"assessment {row.pk}: {row}",
            )
            return row
    except IntegrityError as error:
        raise AlreadyThere(
            "Somebody has started an assessment of this result with this instrument. Open that one."
        ) from error


@transaction.atomic
def set_preliminaries(
    *,
    assessment: Assessment,
    actor: User,
    experimental: str,
    comparator: str,
    estimate: str,
    sources: list[str],
) -> None:
    """Set what is judged and on what sources; the numerical result is kept with the result."""
    row = _lock(assessment, actor)
    new = {"experimental": experimental, "comparator": comparator, "sources": sources}
    old = {name: getattr(row, name) for name in new}
    if old != new:
        for name, value in new.items():
            setattr(row, name, value)
        row.save(update_fields=list(new))
        log(
            review=row.result.study.review,
            actor=actor,
            what="described an assessment",
            subject=f"assessment {row.pk}",
            old=old,
            new=new,
        )
    change_result(result=row.result, actor=actor, estimate=estimate)


@transaction.atomic
def save_domain(
    *,
    assessment: Assessment,
    domain: str,
    given: Mapping[str, Given],
    actor: User,
    choice: Choice = FOLLOW,
    is_demo: bool = False,
) -> str:
    """Save the answers of one domain and its judgement; give what is wrong with the judgement.

    Questions that ``given`` leaves out keep their answers. The answers are saved even when the
    judgement cannot be (a departure from the algorithm without a reason): then the algorithm's
    stands and the sentence returned says what to do. Raises Inconsistent, and saves nothing,
    when answers contradict the form; NotAllowed for anybody but the assessor.
    """
    row = _lock(assessment, actor)
    sheet = read_sheet(row)
    _refuse_inconsistent(sheet, domain, given)
    writer = _Writer(row, actor, is_demo)
    for number, each in given.items():
        writer.answer(sheet.rows.get(number), number, each)
    sheet = read_sheet(row)
    proposed = sheet.proposed[domain]
    problem = change_problem(proposed, choice.final, choice.reason) if proposed else ""
    writer.judge(sheet, domain, proposed, FOLLOW if problem else choice)
    _settle_overall(writer, read_sheet(row))
    return problem


@transaction.atomic
def judge_overall(
    *, assessment: Assessment, choice: Choice, actor: User, is_demo: bool = False
) -> None:
    """Set the overall judgement. Raises Incomplete when it may not differ, or lacks its reason.

    Appraisal rule: several domains with some concerns may be called high for a typed reason,
    never by themselves; a better judgement than the worst domain's needs a reason too.
    """
    row = _lock(assessment, actor)
    sheet = read_sheet(row)
    proposed = sheet.overall
    if problem := overall_problem(sheet, choice):
        raise Incomplete(problem)
    _Writer(row, actor, is_demo).judge(sheet, OVERALL, proposed, choice)


def overall_problem(sheet: Sheet, choice: Choice) -> str:
    """Why this overall judgement cannot be stored; empty if it can."""
    proposed, final = sheet.overall, choice.final
    allowed = final is Judgement.HIGH and may_escalate(sheet.finals)
    if proposed and final and final.rank > proposed.rank and not allowed:
        return (
            f"The domains add up to “{proposed.label}”. It can be called “High” only with some "
            "concerns in two or more domains; otherwise change the judgement of the domain that "
            "worries you."
        )
    return change_problem(proposed, final, choice.reason)


def _lock(assessment: Assessment, actor: User) -> Assessment:
    """The row, locked until the transaction ends: two tabs of one assessor wait for each other."""
    rows = Assessment.objects.select_for_update(of=("self",)).select_related(
        "result__study__review"
    )
    row = rows.get(pk=assessment.pk)
    if row.assessor_id != actor.pk:
        raise NotAllowed(f"Only {row.assessor}, who started this assessment, can change it.")
    return row


def _refuse_inconsistent(sheet: Sheet, domain: str, given: Mapping[str, Given]) -> None:
    """Refuse a new answer to a question that is not asked, or one that it does not offer."""
    former = sheet.former
    answers = former | {number: each.answer for number, each in given.items()}
    live, hidden = parted(sheet.tool, answers, sheet.effect)
    new = {number: code for number, code in hidden.items() if former.get(number) != code}
    found = state(sheet.tool, live | new, sheet.effect)
    if found.kind == "inconsistent":
        raise Inconsistent(found.message)


def _settle_overall(writer: _Writer, sheet: Sheet) -> None:
    """Let the overall judgement follow the domains; a departure stays while they add up alike."""
    proposed = sheet.overall
    choice = FOLLOW
    before = _last_complete(sheet)
    if before and proposed and before.algorithm == proposed and before.final != proposed:
        choice = Choice(Judgement(before.final), before.reason, before.direction)
        if overall_problem(sheet, choice):
            choice = FOLLOW
    if choice is FOLLOW and (standing := sheet.judgements.get(OVERALL)):
        choice = Choice(direction=standing.direction)
    writer.judge(sheet, OVERALL, proposed, choice)


def _last_complete(sheet: Sheet) -> JudgementRow | None:
    rows = JudgementRow.objects.filter(assessment=sheet.assessment, domain=OVERALL)
    return rows.exclude(algorithm="").order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class _Writer:
    """Appends rows of one assessment, only where something differs from the latest."""

    assessment: Assessment
    actor: User
    is_demo: bool

    def answer(self, latest: Answer | None, number: str, given: Given) -> None:
        new = (given.answer, given.support, given.quote, given.page)
        old = (latest.answer, latest.support, latest.quote, latest.page) if latest else ("",) * 4
        if new == old:
            return
        Answer.objects.create(
            review=self.assessment.result.study.review,
            assessment=self.assessment,
            question=number,
            answer=given.answer,
            support=given.support,
            quote=given.quote,
            page=given.page,
            actor=self.actor,
            is_demo=self.is_demo,
        )

    def judge(self, sheet: Sheet, domain: str, proposed: Judgement | None, choice: Choice) -> None:
        final = (choice.final or proposed) if proposed else None
        departs = final is not proposed
        new = {
            "algorithm": proposed.value if proposed else "",
            "final": final.value if final else "",
            "reason": choice.reason.strip() if departs else "",
            "direction": choice.direction,
        }
        latest = sheet.judgements.get(domain)
        old = {name: getattr(latest, name) if latest else "" for name in new}
        if new == old:
            return
        JudgementRow.objects.create(
            review=self.assessment.result.study.review,
            assessment=self.assessment,
            domain=domain,
            actor=self.actor,
            is_demo=self.is_demo,
            **new,
        )
