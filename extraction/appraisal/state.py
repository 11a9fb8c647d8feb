"""Which questions an assessment asks, what its answers count as, and whether it may be saved.

A question that is no longer asked counts as NA whatever was answered before: the caller keeps
the former answer hidden, so that it can come back, and it changes nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from extraction.appraisal.answers import SIGNALS, Answer, Deviation, Effect, Signal
from extraction.appraisal.instrument import Instrument, Question

Answers = Mapping[str, str | None]
Scope = Collection[Deviation]


@dataclass(frozen=True, slots=True)
class State:
    """``message`` says in one sentence what to do; ``questions`` are those it is about."""

    kind: Literal["incomplete", "complete", "inconsistent"]
    message: str = ""
    questions: tuple[str, ...] = ()


def scored(
    tool: Instrument, answers: Answers, effect: Effect, scope: Scope = ()
) -> dict[str, Answer]:
    """What each question counts as: NA if it is not asked; absent while it needs an answer.

    ``answers`` maps question numbers to codes; None and "" are no answer. This is also what an
    export shows.
    """
    counted: dict[str, Answer] = {}
    signals: dict[str, Signal] = {}
    for question in tool.questions(effect):
        answer = Answer.NA
        if question.asked_if is None or question.asked_if.holds(signals, scope):
            code = answers.get(question.number)
            if code not in question.options:
                continue
            answer = Answer(code)
        counted[question.number] = answer
        signals[question.number] = SIGNALS[answer]
    return counted


def asked(tool: Instrument, answers: Answers, effect: Effect, scope: Scope = ()) -> frozenset[str]:
    """The numbers of the questions that these answers lead to, answered or not."""
    counted = scored(tool, answers, effect, scope)
    return frozenset(
        question.number
        for question in tool.questions(effect)
        if counted.get(question.number) is not Answer.NA
    )


def parted(
    tool: Instrument, answers: Answers, effect: Effect, scope: Scope = ()
) -> tuple[dict[str, str], dict[str, str]]:
    """The given answers in two: those that count, and hidden ones to questions not asked now.

    Store both; the hidden ones come back when their question does. An answer to a question that
    the form does not have stays with the first, for :func:`state` to refuse.
    """
    not_asked = {question.number for question in tool.questions(effect)}
    not_asked -= asked(tool, answers, effect, scope)
    given = {number: code for number, code in answers.items() if code}
    live = {number: code for number, code in given.items() if number not in not_asked}
    hidden = {number: code for number, code in given.items() if number in not_asked}
    return live, hidden


def state(tool: Instrument, answers: Answers, effect: Effect, scope: Scope = ()) -> State:
    """Whether the answers are complete, lack something, or contradict the form.

    Pass the live answers only, without hidden former ones. Refuse to save "inconsistent".
    """
    form = {question.number: question for question in tool.questions(effect)}
    given = {number: code for number, code in answers.items() if code}
    wanted = asked(tool, given, effect, scope)
    problems = {
        number: problem
        for number, code in given.items()
        if (problem := _problem(number, code, form.get(number), number in wanted))
    }
    if problems:
        return State("inconsistent", next(iter(problems.values())), tuple(problems))
    if effect is Effect.ADHERING and not scope:
        message = "Choose at least one kind of deviation to judge the effect of adhering."
        return State("incomplete", message)
    missing = tuple(number for number in form if number in wanted and number not in given)
    if missing:
        return State("incomplete", f"Still to answer: {', '.join(missing)}.", missing)
    return State("complete")


def _problem(number: str, code: str, question: Question | None, is_asked: bool) -> str:
    """What is wrong with one answer, as a sentence, or nothing."""
    if question is None:
        return f"Question {number} does not belong to this form."
    if not is_asked:
        if code == Answer.NA:
            return ""
        return f"Question {number} is not asked after the answers before it: leave it empty."
    if code in question.options:
        return ""
    allowed = ", ".join(option.label.lower() for option in question.options)
    wrong = Answer(code).label.lower() if code in list(Answer) else code
    return f"Question {number} cannot be answered with “{wrong}”. Choose one of: {allowed}."
