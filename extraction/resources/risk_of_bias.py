"""The table "risk of bias": one row per result and instrument, results not yet assessed too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from import_export.resources import Resource

from extraction.appraisal import ROB2_CROSSOVER, Effect, Judgement, instrument
from extraction.models import Assessment, Result
from extraction.models import Judgement as JudgementRow
from extraction.resources.kind import DEMO, Table, column, computed, table
from extraction.sheet import OVERALL, Sheet, read_sheets
from review.models import Review


@dataclass(frozen=True, slots=True)
class Row:
    """A result and one assessment of it, or None while nobody has started one."""

    result: Result
    sheet: Sheet | None

    @property
    def effect(self) -> str:
        """The effect of interest."""
        return f"effect of {self.sheet.effect.value}" if self.sheet else ""

    @property
    def sources(self) -> str:
        """The sources of information that were used."""
        return "; ".join(self.sheet.assessment.sources) if self.sheet else ""

    @property
    def state(self) -> str:
        """Whether every asked question is answered."""
        return self.sheet.state.kind if self.sheet else "not assessed"

    @property
    def demo(self) -> str:
        """The label of demo rows."""
        is_demo = self.sheet.assessment.is_demo if self.sheet else self.result.is_demo
        return DEMO if is_demo else ""

    def judgement(self, domain: str) -> JudgementRow | None:
        """The latest judgement of a domain, or of ``OVERALL``."""
        return self.sheet.judgements.get(domain) if self.sheet else None

    def answer(self, number: str) -> str:
        """What a question counts as: a code, NA when it is not asked, empty while it is open."""
        return self.sheet.scored.get(number, "") if self.sheet else ""


class RiskOfBiasResource(Resource):  # type: ignore[misc]
    """Columns of the crossover variant, which holds every question and domain of the other.

    A parallel trial has empty cells in domain S and question 5.4. Judgements are whole words.
    """

    study = column("study", "result__study__label")
    result = column("result", "result__pk")
    outcome = column("outcome", "result__outcome")
    measured = column("measured with", "result__instrument")
    time_point = column("time point", "result__time_point")
    comparison = column("comparison", "result__comparison")
    estimate = column("numerical result", "result__estimate")
    tool = column("instrument", "sheet__tool__name")
    version = column("version", "sheet__tool__version")
    effect = column("effect", "effect")
    experimental = column("experimental", "sheet__assessment__experimental")
    comparator = column("comparator", "sheet__assessment__comparator")
    sources = column("sources", "sources")
    assessor = column("assessor", "sheet__assessment__assessor__email")
    state = column("state", "state")

    def __init__(self) -> None:
        super().__init__()
        for domain in instrument(ROB2_CROSSOVER).domains:
            for question in domain.asked_for(Effect.ASSIGNMENT):
                number = question.number
                self.fields[f"question {number}"] = computed(number, _answer(number))
            self._add_judgement(domain.id, domain.id)
        self._add_judgement(OVERALL, "overall")
        self.fields["demo"] = column("label", "demo")

    def _add_judgement(self, domain: str, name: str) -> None:
        for part in ("algorithm", "final", "reason", "direction"):
            self.fields[f"{name} {part}"] = computed(f"{name} {part}", _part(domain, part))


def _answer(number: str) -> Callable[[Row], str]:
    return lambda row: row.answer(number)


def _part(domain: str, part: str) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        found = row.judgement(domain)
        value = str(getattr(found, part)) if found else ""
        return Judgement(value).label if value and part in ("algorithm", "final") else value

    return cell


def _rows(review: Review) -> Iterator[Row]:
    sheets: dict[int, list[Sheet]] = {}
    for sheet in read_sheets(Assessment.objects.of(review)):
        sheets.setdefault(sheet.assessment.result_id, []).append(sheet)
    for result in Result.objects.of(review):
        found: Sequence[Sheet | None] = sheets.get(result.pk) or [None]
        for each in found:
            yield Row(result, each)


def risk_of_bias_rows(review: Review) -> Table:
    """Headers and rows, by study."""
    return table(RiskOfBiasResource(), _rows(review))
