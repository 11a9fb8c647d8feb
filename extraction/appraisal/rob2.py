"""The RoB 2 algorithms: from signalling answers to the proposed judgement of each domain.

Sterne 2019, BMJ 366:l4898; crossover variant of 18 March 2021 (domain S). Each function takes
what the answers of its domain count as; a question that was not asked is NA. They expect a
complete domain: every asked question answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extraction.appraisal.answers import Effect, Judgement, Signal

LOW, SOME, HIGH = Judgement.LOW, Judgement.SOME_CONCERNS, Judgement.HIGH
YES, NO, NI = Signal.YES, Signal.NO, Signal.NI
Signals = Mapping[str, Signal]


def worse(one: Judgement, other: Judgement) -> Judgement:
    """The worse of two judgements."""
    return max(one, other, key=lambda judgement: judgement.rank)


def randomisation(a: Signals, effect: Effect) -> Judgement:
    """D1: concealment decides first, then the sequence, then what the baseline shows."""
    if a["1.2"] is NO:
        return HIGH
    if a["1.2"] is NI:
        return HIGH if a["1.3"] is YES else SOME
    if a["1.1"] is NO:
        return SOME
    return SOME if a["1.3"] is YES else LOW


def period_and_carryover(a: Signals, effect: Effect) -> Judgement:
    """DS, crossover only: carryover cannot be repaired, unequal sequences by the analysis can."""
    if a["S.3"] is NO:
        return HIGH
    if a["S.3"] is NI:
        return SOME
    return LOW if YES in (a["S.1"], a["S.2"]) else SOME


def deviations(a: Signals, effect: Effect) -> Judgement:
    """D2, by the effect of interest."""
    if effect is Effect.ADHERING:
        return _deviations_adhering(a)
    return worse(_deviations_from_trial_context(a), _analysis_by_assignment(a))


def _deviations_from_trial_context(a: Signals) -> Judgement:
    if a["2.1"] is NO and a["2.2"] is NO:
        return LOW
    if a["2.3"] is not YES:
        return LOW if a["2.3"] is NO else SOME
    if a["2.4"] is NO:
        return SOME
    return SOME if a["2.5"] is YES else HIGH


def _analysis_by_assignment(a: Signals) -> Judgement:
    if a["2.6"] is YES:
        return LOW
    return SOME if a["2.7"] is NO else HIGH


def _deviations_adhering(a: Signals) -> Judgement:
    unbalanced = a["2.3"] in (NO, NI)
    if not unbalanced and not {a["2.4"], a["2.5"]} & {YES, NI}:
        return LOW
    return SOME if a["2.6"] is YES else HIGH


def missing_data(a: Signals, effect: Effect) -> Judgement:
    """D3: enough data, evidence of no bias, or missing for reasons apart from the outcome."""
    if YES in (a["3.1"], a["3.2"]) or a["3.3"] is NO:
        return LOW
    return SOME if a["3.4"] is NO else HIGH


def measurement(a: Signals, effect: Effect) -> Judgement:
    """D4. With 4.5 = NI two of three public programs and the flow chart say high, one some
    concerns; high is used here.
    """
    if YES in (a["4.1"], a["4.2"]):
        return HIGH
    if NO in (a["4.3"], a["4.4"]):
        return LOW if a["4.2"] is NO else SOME
    return SOME if a["4.5"] is NO else HIGH


def reported_result(a: Signals, effect: Effect) -> Judgement:
    """D5: any sign that the number was picked (5.2, 5.3; 5.4 in crossover trials) is high."""
    picked = {a["5.2"], a["5.3"], a.get("5.4", NO)}
    if YES in picked:
        return HIGH
    if NI in picked:
        return SOME
    return LOW if a["5.1"] is YES else SOME


ALGORITHMS: dict[str, Callable[[Signals, Effect], Judgement]] = {
    "randomisation": randomisation,
    "period and carryover": period_and_carryover,
    "deviations": deviations,
    "missing data": missing_data,
    "measurement": measurement,
    "reported result": reported_result,
}
