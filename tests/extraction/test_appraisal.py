"""Instruments as data, what a form asks and refuses, and what a reviewer may change."""

import doctest
import tomllib
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

import extraction.appraisal
from extraction.appraisal import (
    ROB2,
    ROB2_CROSSOVER,
    TOOL_IDS,
    Answer,
    Deviation,
    Effect,
    InstrumentError,
    Judgement,
    asked,
    change_problem,
    design_warning,
    instrument,
    judge,
    parted,
    scored,
    state,
)
from extraction.appraisal.condition import ConditionError, parse_condition
from extraction.appraisal.instrument import _FOLDER, read_instrument

PARALLEL, CROSSOVER = instrument(ROB2), instrument(ROB2_CROSSOVER)
ASSIGNMENT, ADHERING = Effect.ASSIGNMENT, Effect.ADHERING
ALL_DEVIATIONS = frozenset(Deviation)

LOW_RISK = {
    "1.1": "Y", "1.2": "Y", "1.3": "N",
    "2.1": "N", "2.2": "N", "2.6": "Y",
    "3.1": "Y",
    "4.1": "N", "4.2": "N", "4.3": "N",
    "5.1": "Y", "5.2": "N", "5.3": "N",
}  # fmt: skip


# The tools as data ------------------------------


def numbers(tool, effect):
    return [question.number for question in tool.questions(effect)]


def test_questions_have_the_official_numbers_in_the_official_order():
    before, after = ["1.1", "1.2", "1.3"], ["3.1", "3.2", "3.3", "3.4"]
    after += ["4.1", "4.2", "4.3", "4.4", "4.5", "5.1", "5.2", "5.3"]
    second = ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]
    carryover = ["S.1", "S.2", "S.3"]
    assert numbers(PARALLEL, ASSIGNMENT) == [*before, *second, "2.7", *after]
    assert numbers(PARALLEL, ADHERING) == before + second + after
    assert numbers(CROSSOVER, ASSIGNMENT) == [*before, *carryover, *second, "2.7", *after, "5.4"]
    assert numbers(CROSSOVER, ADHERING) == [*before, *carryover, *second, *after, "5.4"]


def test_carryover_stands_second_in_crossover_trials():
    assert [domain.id for domain in PARALLEL.domains] == ["D1", "D2", "D3", "D4", "D5"]
    assert [domain.id for domain in CROSSOVER.domains] == ["D1", "DS", "D2", "D3", "D4", "D5"]


@pytest.mark.parametrize("tool_id", TOOL_IDS)
def test_every_tool_says_what_it_is_and_that_it_is_not_official(tool_id):
    tool = instrument(tool_id)
    assert tool.id == tool_id
    assert tool.link == "https://www.riskofbias.info"
    assert "paraphrased" in tool.notice and "not endorsed" in tool.notice
    assert "BMJ 2019;366:l4898" in tool.citation
    assert "Protocol" in tool.sources


@pytest.mark.parametrize("tool_id", TOOL_IDS)
def test_every_question_is_one_plain_sentence_with_whole_words(tool_id):
    for domain in instrument(tool_id).domains:
        for question in domain.questions:
            texts = [question.text, domain.name, *question.help, *dict(question.hints).values()]
            assert question.text.endswith("?")
            assert all("  " not in text and "\n" not in text for text in texts)


def test_only_3_2_lacks_no_information():
    for tool in (PARALLEL, CROSSOVER):
        for domain in tool.domains:
            for question in domain.questions:
                assert (Answer.NI in question.options) is (question.number != "3.2")
                assert Answer.NA not in question.options


def test_an_unknown_tool_is_refused_by_name():
    with pytest.raises(InstrumentError, match=r"no tool 'rob2-2030'.*rob2-2019-08-22"):
        instrument("rob2-2030")
    with pytest.raises(InstrumentError):
        instrument("../tools/rob2-2019-08-22")


def test_naltrexone_reviews_get_their_hints_and_others_do_not():
    washout = next(q for q in CROSSOVER.questions(ASSIGNMENT) if q.number == "S.3")
    (hint,) = washout.hints_for("Low-dose Naltrexone, 0.5 to 10 mg a day")
    assert "half-life" in hint and "averaged" in hint
    assert washout.hints_for("acupuncture") == ()
    dreams = [q.number for q in PARALLEL.questions(ASSIGNMENT) if q.hints_for("naltrexone")]
    assert dreams == ["2.1", "4.3"]


def broken(change):
    data = tomllib.loads((_FOLDER / f"{ROB2}.toml").read_text(encoding="utf-8"))
    data = deepcopy(data)
    change(data["domain"][2]["question"])
    return data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda qs: qs[1].update(asked_if="3.3 = y"), "3.2 depends on 3.3"),
        (lambda qs: qs[1].update(number="3.1"), "3.1 appears twice"),
        (lambda qs: qs[0].update(options=["Y", "NA"]), "3.1 offers NA"),
        (lambda qs: qs[1].update(asked_if="3.1 is y"), "cannot be read|belongs"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        read_instrument(broken(change))


@pytest.mark.parametrize(
    "text",
    ["", "2.1", "2.1 =", "2.1 = maybe", "y = 2.1", "(2.1 = y", "2.1 = y 2.2 = n", "scope all", "?"],
)
def test_a_condition_with_a_slip_is_refused(text):
    with pytest.raises(ConditionError):
        parse_condition(text)


def test_and_binds_closer_than_or():
    condition = parse_condition("1.1 = y or 1.2 = y and 1.3 = y")
    assert condition.holds({"1.1": "y"}, ())
    assert not condition.holds({"1.2": "y"}, ())
    bracketed = parse_condition("(1.1 = y or 1.2 = y) and 1.3 = y")
    assert not bracketed.holds({"1.1": "y"}, ())
    assert condition.questions() == bracketed.questions() == {"1.1", "1.2", "1.3"}


# What is asked, and the state of an assessment ------------------------------


def test_an_empty_form_asks_the_questions_that_are_always_asked():
    always = {"1.1", "1.2", "1.3", "2.1", "2.2", "2.6", "3.1", "4.1", "4.2", "5.1", "5.2", "5.3"}
    assert asked(PARALLEL, {}, ASSIGNMENT) == always
    assert asked(CROSSOVER, {}, ASSIGNMENT) == always | {"S.1", "S.3", "5.4"}


def test_a_low_risk_trial_is_complete_and_low_in_every_domain():
    assert state(PARALLEL, LOW_RISK, ASSIGNMENT).kind == "complete"
    assert set(judge(PARALLEL, LOW_RISK, ASSIGNMENT).values()) == {Judgement.LOW}


def test_an_unanswered_question_is_named():
    answers = LOW_RISK | {"2.1": "NI", "3.1": ""}
    found = state(PARALLEL, answers, ASSIGNMENT)
    assert found.kind == "incomplete"
    assert found.message == "Still to answer: 2.3, 3.1."
    assert found.questions == ("2.3", "3.1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"2.3": "N"}, "Question 2.3 is not asked after the answers before it: leave it empty."),
        ({"3.2": "Y"}, "Question 3.2 is not asked after the answers before it: leave it empty."),
        (
            {"1.1": "NA"},
            "Question 1.1 cannot be answered with “not applicable”. Choose one of: "
            "yes, probably yes, probably no, no, no information.",
        ),
        (
            {"3.1": "N", "3.2": "NI"},
            "Question 3.2 cannot be answered with “no information”. Choose one of: "
            "yes, probably yes, probably no, no.",
        ),
        (
            {"1.1": "perhaps"},
            "Question 1.1 cannot be answered with “perhaps”. Choose one of: "
            "yes, probably yes, probably no, no, no information.",
        ),
        ({"S.1": "Y"}, "Question S.1 does not belong to this form."),
    ],
)
def test_a_contradicting_answer_is_refused_by_name(change, message):
    found = state(PARALLEL, LOW_RISK | change, ASSIGNMENT)
    assert found.kind == "inconsistent"
    assert found.message == message
    assert found.questions == (message.split()[1],)


def test_not_applicable_is_accepted_where_a_question_is_not_asked():
    assert state(PARALLEL, LOW_RISK | {"2.3": "NA"}, ASSIGNMENT).kind == "complete"


def test_2_7_does_not_exist_for_the_effect_of_adhering():
    answers = {"2.7": "N"}
    assert "2.7 does not belong" in state(PARALLEL, answers, ADHERING, ALL_DEVIATIONS).message


def test_adhering_needs_a_kind_of_deviation():
    answers = {number: code for number, code in LOW_RISK.items() if number != "2.6"}
    found = state(PARALLEL, answers, ADHERING)
    assert (found.kind, found.questions) == ("incomplete", ())
    assert found.message.startswith("Choose at least one kind of deviation")


def test_a_deviation_out_of_scope_is_not_asked_about():
    only_adherence = {Deviation.NON_ADHERENCE}
    open_label = {"2.1": "Y", "2.2": "Y"}
    assert {"2.3", "2.4"}.isdisjoint(asked(PARALLEL, open_label, ADHERING, only_adherence))
    assert "2.5" in asked(PARALLEL, open_label, ADHERING, only_adherence)
    counted = scored(PARALLEL, open_label, ADHERING, only_adherence)
    assert counted["2.3"] is counted["2.4"] is Answer.NA


def test_former_answers_are_set_apart_and_come_back():
    open_label = LOW_RISK | {"2.1": "Y", "2.3": "PY", "2.4": "Y", "2.5": "N"}
    assert parted(PARALLEL, open_label, ASSIGNMENT) == (open_label, {})
    blinded = open_label | {"2.1": "N"}
    live, hidden = parted(PARALLEL, blinded, ASSIGNMENT)
    assert hidden == {"2.3": "PY", "2.4": "Y", "2.5": "N"}
    assert state(PARALLEL, live, ASSIGNMENT).kind == "complete"
    assert scored(PARALLEL, blinded, ASSIGNMENT)["2.4"] is Answer.NA
    assert parted(PARALLEL, live | hidden | {"2.1": "Y"}, ASSIGNMENT) == (open_label, {})


def test_an_answer_to_a_foreign_question_is_not_hidden_away():
    live, hidden = parted(PARALLEL, {"9.9": "Y", "1.1": ""}, ASSIGNMENT)
    assert (live, hidden) == ({"9.9": "Y"}, {})


# Properties over any answers ------------------------------

tools = st.sampled_from([PARALLEL, CROSSOVER])
effects = st.sampled_from(Effect)
scopes = st.frozensets(st.sampled_from(Deviation))
ALL_NUMBERS = sorted({*numbers(CROSSOVER, ASSIGNMENT), *numbers(CROSSOVER, ADHERING)})
codes = st.sampled_from([None, "", *Answer])
answer_sets = st.fixed_dictionaries(dict.fromkeys(ALL_NUMBERS, codes))
OTHER = {"Y": "PY", "PY": "Y", "N": "PN", "PN": "N"}


@given(tools, answer_sets, effects, scopes, st.sets(st.sampled_from(ALL_NUMBERS)))
def test_probably_counts_as_the_plain_answer(tool, answers, effect, scope, swapped):
    other = {n: OTHER.get(c or "", c) if n in swapped else c for n, c in answers.items()}
    assert asked(tool, other, effect, scope) == asked(tool, answers, effect, scope)
    assert judge(tool, other, effect, scope) == judge(tool, answers, effect, scope)


@given(tools, answer_sets, answer_sets, effects, scopes)
def test_an_answer_to_a_question_not_asked_changes_nothing(tool, answers, others, effect, scope):
    wanted = asked(tool, answers, effect, scope)
    changed = {n: c if n in wanted else others[n] for n, c in answers.items()}
    assert asked(tool, changed, effect, scope) == wanted
    assert judge(tool, changed, effect, scope) == judge(tool, answers, effect, scope)
    assert scored(tool, changed, effect, scope) == scored(tool, answers, effect, scope)


@st.composite
def complete_forms(draw):
    """A tool, an effect with its scope, and an answer to every question that is asked."""
    tool, effect = draw(tools), draw(effects)
    scope = draw(st.frozensets(st.sampled_from(Deviation), min_size=1))
    answers: dict[str, str] = {}
    for question in tool.questions(effect):
        if question.number in asked(tool, answers, effect, scope):
            answers[question.number] = draw(st.sampled_from(question.options))
    return tool, effect, scope, answers


@given(complete_forms(), st.randoms(use_true_random=False))
def test_a_form_is_complete_when_every_asked_question_is_answered(form, random):
    tool, effect, scope, answers = form
    assert state(tool, answers, effect, scope).kind == "complete"
    assert None not in judge(tool, answers, effect, scope).values()
    number = random.choice(sorted(answers))
    rest = {other: code for other, code in answers.items() if other != number}
    assert judge(tool, rest, effect, scope).get("D" + number[0]) is None
    live, _ = parted(tool, rest, effect, scope)
    found = state(tool, live, effect, scope)
    assert (found.kind, number in found.questions) == ("incomplete", True)


@given(complete_forms(), st.sets(st.sampled_from(ALL_NUMBERS)))
def test_probably_counts_as_the_plain_answer_in_a_complete_form(form, swapped):
    tool, effect, scope, answers = form
    other = {n: OTHER.get(c, c) if n in swapped else c for n, c in answers.items()}
    assert judge(tool, other, effect, scope) == judge(tool, answers, effect, scope)


# What a reviewer may change ------------------------------


@pytest.mark.parametrize(
    ("proposed", "final", "reason", "message"),
    [
        (Judgement.LOW, Judgement.LOW, "", ""),
        (Judgement.LOW, None, "", ""),
        (Judgement.HIGH, Judgement.LOW, "The imbalance was one outlier.", ""),
        (
            Judgement.HIGH, Judgement.SOME_CONCERNS, "  ",
            "Give a reason for judging “Some concerns” where the answers lead to “High”.",
        ),
        (
            None, Judgement.LOW, "It is fine.",
            "Answer every question first: there is no judgement to change yet.",
        ),
    ],
)  # fmt: skip
def test_a_judgement_is_changed_only_with_a_reason(proposed, final, reason, message):
    assert change_problem(proposed, final, reason) == message


def test_the_crossover_form_warns_of_more_than_two_periods_or_sequences():
    assert design_warning(CROSSOVER, 2, 2) == design_warning(CROSSOVER, None, None) == ""
    assert "two periods" in design_warning(CROSSOVER, 3, 2)
    assert "two periods" in design_warning(CROSSOVER, None, 4)
    assert design_warning(PARALLEL, 3, 3) == ""


def test_judgements_are_worded_as_robvis_reads_them():
    assert [level.label for level in Judgement] == ["Low", "Some concerns", "High"]


def test_the_example_in_the_package_works():
    found = doctest.testmod(extraction.appraisal)
    assert (found.failed, found.attempted > 3) == (0, True)
