"""Every RoB 2 table over every legal combination of answers, against a second transcription.

The rows stand in ``rob2_tables``: nothing of the application is used to work out which answers
are legal or what they should give.
"""

import itertools

import pytest

from extraction.appraisal import (
    ROB2,
    ROB2_CROSSOVER,
    Deviation,
    Effect,
    asked,
    instrument,
    judge,
    may_escalate,
    overall,
    state,
)
from extraction.appraisal.answers import Judgement
from tests.extraction import rob2_tables as tables

PARALLEL, CROSSOVER = instrument(ROB2), instrument(ROB2_CROSSOVER)
ASSIGNMENT, ADHERING = Effect.ASSIGNMENT, Effect.ADHERING

# tool, domain, effect, table, number of legal combinations
WITHOUT_SCOPE = [
    (PARALLEL, "D1", ASSIGNMENT, tables.D1, 125),
    (PARALLEL, "D2", ASSIGNMENT, tables.D2_ASSIGNMENT, 13_277),
    (PARALLEL, "D3", ASSIGNMENT, tables.D3, 110),
    (PARALLEL, "D4", ASSIGNMENT, tables.D4, 493),
    (PARALLEL, "D5", ASSIGNMENT, tables.D5, 125),
    (PARALLEL, "D1", ADHERING, tables.D1, 125),
    (PARALLEL, "D3", ADHERING, tables.D3, 110),
    (PARALLEL, "D4", ADHERING, tables.D4, 493),
    (PARALLEL, "D5", ADHERING, tables.D5, 125),
    (CROSSOVER, "D1", ASSIGNMENT, tables.D1, 125),
    (CROSSOVER, "DS", ASSIGNMENT, tables.DS, 85),
    (CROSSOVER, "D2", ASSIGNMENT, tables.D2_ASSIGNMENT, 13_277),
    (CROSSOVER, "D3", ASSIGNMENT, tables.D3, 110),
    (CROSSOVER, "D4", ASSIGNMENT, tables.D4, 493),
    (CROSSOVER, "D5", ASSIGNMENT, tables.D5_CROSSOVER, 625),
    (CROSSOVER, "DS", ADHERING, tables.DS, 85),
    (CROSSOVER, "D5", ADHERING, tables.D5_CROSSOVER, 625),
]

# How many combinations each choice of deviations in scope allows in D2, adhering.
BY_SCOPE = {
    frozenset(): 25,
    frozenset({"non-protocol"}): 361,
    frozenset({"implementation"}): 425,
    frozenset({"non-adherence"}): 425,
    frozenset({"non-protocol", "implementation"}): 2_357,
    frozenset({"non-protocol", "non-adherence"}): 2_357,
    frozenset({"implementation", "non-adherence"}): 2_725,
    frozenset({"non-protocol", "implementation", "non-adherence"}): 12_889,
}


def check(tool, domain, effect, table, answers, scope=frozenset()):
    """The form asks what the table asks, and judges as the table judges."""
    given = {number: code for number, code in answers.items() if code != "NA"}
    kinds = frozenset(map(Deviation, scope))
    wanted = asked(tool, given, effect, kinds) & set(table.questions)
    assert wanted == set(given), answers
    assert judge(tool, given, effect, kinds)[domain] == tables.judgement(table, answers), answers


@pytest.mark.parametrize(
    ("tool", "domain", "effect", "table", "count"),
    WITHOUT_SCOPE,
    ids=[f"{tool.design}-{domain}-{effect}" for tool, domain, effect, *_ in WITHOUT_SCOPE],
)
def test_a_domain_is_judged_as_its_table_says(tool, domain, effect, table, count):
    combinations = list(tables.legal_answers(table))
    assert len(combinations) == count
    for answers in combinations:
        check(tool, domain, effect, table, answers)


@pytest.mark.parametrize("tool", [PARALLEL, CROSSOVER], ids=lambda tool: tool.design)
@pytest.mark.parametrize("scope", [scope for scope in tables.SCOPES if scope], ids=sorted)
def test_adhering_is_judged_by_the_deviations_in_scope(tool, scope):
    combinations = list(tables.legal_answers(tables.D2_ADHERING, scope))
    assert len(combinations) == BY_SCOPE[scope]
    for answers in combinations:
        check(tool, "D2", ADHERING, tables.D2_ADHERING, answers, scope)


def test_adhering_is_not_judged_without_a_deviation_in_scope():
    combinations = list(tables.legal_answers(tables.D2_ADHERING, frozenset()))
    assert len(combinations) == BY_SCOPE[frozenset()]
    for answers in combinations:
        given = {number: code for number, code in answers.items() if code != "NA"}
        assert judge(PARALLEL, given, ADHERING)["D2"] is None


def test_the_combinations_are_those_that_were_compared_with_published_programs():
    """appraisal.md section 9 counts 35,118 for D1-D5 with both effects."""
    adhering = {
        tuple(answers.values())
        for scope in tables.SCOPES
        for answers in tables.legal_answers(tables.D2_ADHERING, scope)
    }
    others = (tables.D1, tables.D2_ASSIGNMENT, tables.D3, tables.D4, tables.D5)
    counts = [len(list(tables.legal_answers(table))) for table in others]
    assert len(adhering) == 20_988
    assert sum(counts) + len(adhering) == 35_118


def test_with_4_5_no_information_the_judgement_is_high():
    """The contested row: the flow chart and two of three public programs say high, one says
    some concerns. High is used; whoever changes it changes published judgements.
    """
    for assessed, known in itertools.product(("N", "PN", "NI"), ("Y", "PY", "NI")):
        answers = {"4.1": "N", "4.2": assessed, "4.3": known, "4.4": known, "4.5": "NI"}
        assert judge(PARALLEL, answers, ASSIGNMENT)["D4"] is Judgement.HIGH
        assert judge(CROSSOVER, answers, ASSIGNMENT)["D4"] is Judgement.HIGH


@pytest.mark.parametrize(
    ("tool", "domain", "table"),
    [
        (PARALLEL, "D1", tables.D1),
        (CROSSOVER, "DS", tables.DS),
        (PARALLEL, "D3", tables.D3),
        (PARALLEL, "D4", tables.D4),
        (PARALLEL, "D5", tables.D5),
        (CROSSOVER, "D5", tables.D5_CROSSOVER),
    ],
)
def test_one_answer_missing_leaves_the_domain_without_a_judgement(tool, domain, table):
    for answers in tables.legal_answers(table):
        given = {number: code for number, code in answers.items() if code != "NA"}
        for number in given:
            rest = {other: code for other, code in given.items() if other != number}
            assert judge(tool, rest, ASSIGNMENT)[domain] is None, (answers, number)


def whole_form(crossover: bool, effect: Effect) -> dict[str, str]:
    first = [tables.D1, tables.DS] if crossover else [tables.D1]
    second = tables.D2_ASSIGNMENT if effect is ASSIGNMENT else tables.D2_ADHERING
    last = [tables.D3, tables.D4, tables.D5_CROSSOVER if crossover else tables.D5]
    scope = tables.SCOPES[-1]
    answers: dict[str, str] = {}
    for table in [*first, second, *last]:
        answers |= next(tables.legal_answers(table, scope))
    return {number: code for number, code in answers.items() if code != "NA"}


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("tool", [PARALLEL, CROSSOVER], ids=lambda tool: tool.design)
def test_a_form_filled_by_the_tables_is_complete(tool, effect):
    answers = whole_form(tool is CROSSOVER, effect)
    scope = frozenset(Deviation)
    assert state(tool, answers, effect, scope).kind == "complete"
    assert None not in judge(tool, answers, effect, scope).values()


@pytest.mark.parametrize("tool", [PARALLEL, CROSSOVER], ids=lambda tool: tool.design)
def test_overall_follows_from_every_combination_of_domains(tool):
    levels = (Judgement.LOW, Judgement.SOME_CONCERNS, Judgement.HIGH)
    names = [domain.id for domain in tool.domains]
    for finals in itertools.product(levels, repeat=len(names)):
        by_domain = dict(zip(names, finals, strict=True))
        if "high" in finals:
            expected, escalate = "high", False
        elif all(final == "low" for final in finals):
            expected, escalate = "low", False
        else:
            expected, escalate = "some concerns", finals.count(Judgement.SOME_CONCERNS) >= 2
        assert overall(by_domain) == expected
        assert may_escalate(by_domain) is escalate


@pytest.mark.parametrize("level", Judgement)
def test_overall_waits_for_every_domain(level):
    finals = {"D1": level, "D2": level, "D3": level, "D4": None, "D5": level}
    assert overall(finals) is None
    assert may_escalate(finals) is False
    assert overall({}) is None
