"""An assessment as it stands: its tool, the latest answers and judgements, and what they mean.

The rows are append-only; the latest of each question and domain counts. A former answer to a
question that is no longer asked stays in ``rows`` and is left out of ``codes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from extraction import models
from extraction.appraisal import (
    Domain,
    Effect,
    Instrument,
    Judgement,
    Question,
    State,
    asked,
    instrument,
    judge,
    overall,
    parted,
    scored,
    state,
)

OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Sheet:
    """``rows`` and ``judgements`` are the latest rows, by question number and by domain."""

    assessment: models.Assessment
    tool: Instrument
    effect: Effect
    rows: Mapping[str, models.Answer]
    judgements: Mapping[str, models.Judgement]

    @property
    def former(self) -> dict[str, str]:
        """Every stored answer code, those to questions not asked now included."""
        return {number: row.answer for number, row in self.rows.items() if row.answer}

    @property
    def codes(self) -> dict[str, str]:
        """The answers that count now."""
        live, _ = parted(self.tool, self.former, self.effect)
        return live

    @property
    def asked(self) -> frozenset[str]:
        """The numbers of the questions that these answers lead to."""
        return asked(self.tool, self.former, self.effect)

    def asked_after(self, codes: Mapping[str, str]) -> frozenset[str]:
        """The numbers of the questions that these answers, over the stored ones, lead to."""
        return asked(self.tool, {**self.former, **codes}, self.effect)

    @property
    def state(self) -> State:
        """Whether the whole assessment is complete, and what is still to answer."""
        return state(self.tool, self.codes, self.effect)

    @property
    def scored(self) -> dict[str, str]:
        """What an export shows of each question: NA for one that is not asked."""
        counted = scored(self.tool, self.former, self.effect)
        return {number: answer.value for number, answer in counted.items()}

    @property
    def proposed(self) -> dict[str, Judgement | None]:
        """The algorithm's judgement of each domain."""
        return judge(self.tool, self.former, self.effect)

    @property
    def finals(self) -> dict[str, Judgement | None]:
        """The final judgement of each domain as stored; None while there is none."""
        return {domain.id: self.final(domain.id) for domain in self.tool.domains}

    def final(self, domain: str) -> Judgement | None:
        """The final judgement of one domain or of ``OVERALL``."""
        row = self.judgements.get(domain)
        return Judgement(row.final) if row and row.final else None

    @property
    def overall(self) -> Judgement | None:
        """What the final judgements of the domains add up to."""
        return overall(self.finals)

    def missing(self, domain: Domain) -> list[Question]:
        """Questions of a domain that are asked and not yet answered."""
        codes, wanted = self.codes, self.asked
        questions = domain.asked_for(self.effect)
        return [q for q in questions if q.number in wanted and q.number not in codes]

    def domain(self, key: str) -> Domain | None:
        """The tool's domain of this id ("D1")."""
        return next((each for each in self.tool.domains if each.id == key), None)


def read_sheet(assessment: models.Assessment) -> Sheet:
    """Read one assessment with two queries."""
    return read_sheets([assessment])[0]


def read_sheets(assessments: Iterable[models.Assessment]) -> list[Sheet]:
    """Read many assessments with two queries, in the order given."""
    wanted = list(assessments)
    keys = [row.pk for row in wanted]
    answers: dict[int, dict[str, models.Answer]] = {key: {} for key in keys}
    for row in models.Answer.objects.filter(assessment__in=keys).latest_by(
        "assessment", "question"
    ):
        answers[row.assessment_id][row.question] = row
    judgements: dict[int, dict[str, models.Judgement]] = {key: {} for key in keys}
    for row in models.Judgement.objects.filter(assessment__in=keys).latest_by(
        "assessment", "domain"
    ):
        judgements[row.assessment_id][row.domain] = row
    return [
        Sheet(
            row,
            instrument(row.tool),
            Effect(row.effect),
            answers[row.pk],
            judgements[row.pk],
        )
        for row in wanted
    ]
