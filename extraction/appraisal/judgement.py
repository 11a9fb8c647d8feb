"""From answers to judgements: by domain, overall, and what a reviewer may change.

The algorithm proposes, the reviewer decides: a final judgement may differ from the proposed one
when a reason is given. A domain with an unanswered question has no judgement.
"""

from __future__ import annotations

from collections.abc import Mapping

from extraction.appraisal.answers import SIGNALS, Effect, Judgement
from extraction.appraisal.instrument import Instrument
from extraction.appraisal.rob2 import ALGORITHMS
from extraction.appraisal.state import Answers, Scope, scored

Finals = Mapping[str, Judgement | None]


def judge(
    tool: Instrument, answers: Answers, effect: Effect, scope: Scope = ()
) -> dict[str, Judgement | None]:
    """The proposed judgement of every domain, None while one of its questions is unanswered.

    Answers to questions that are not asked change nothing. Judging the effect of adhering
    needs at least one kind of deviation in ``scope``; without it D2 has no judgement.
    """
    counted = scored(tool, answers, effect, scope)
    signals = {number: SIGNALS[answer] for number, answer in counted.items()}
    judged: dict[str, Judgement | None] = {}
    for domain in tool.domains:
        complete = all(question.number in signals for question in domain.asked_for(effect))
        if domain.algorithm == "deviations" and effect is Effect.ADHERING and not scope:
            complete = False
        judged[domain.id] = ALGORITHMS[domain.algorithm](signals, effect) if complete else None
    return judged


def overall(finals: Finals) -> Judgement | None:
    """The overall judgement from the final judgement of every domain of the tool.

    High if a domain is high, low if all are low, else some concerns; None while a domain has
    none. Pass all domains, for example ``{**judge(...), **changed_by_the_reviewer}``.
    """
    known = [final for final in finals.values() if final is not None]
    if not known or len(known) < len(finals):
        return None
    return max(known, key=lambda final: final.rank)


def may_escalate(finals: Finals) -> bool:
    """Whether several "some concerns" together may be called high, for a reason given.

    Never automatic and without a fixed threshold: the reviewer judges whether two or more of
    them lower confidence substantially.
    """
    concerns = [final for final in finals.values() if final is Judgement.SOME_CONCERNS]
    return len(concerns) >= 2 and overall(finals) is Judgement.SOME_CONCERNS


def change_problem(proposed: Judgement | None, final: Judgement | None, reason: str) -> str:
    """Why a final judgement, of a domain or overall, cannot be stored; empty if it can."""
    if final is None or final is proposed:
        return ""
    if proposed is None:
        return "Answer every question first: there is no judgement to change yet."
    if not reason.strip():
        return (
            f"Give a reason for judging “{final.label}” where the answers lead to "
            f"“{proposed.label}”."
        )
    return ""


def design_warning(tool: Instrument, periods: int | None, sequences: int | None) -> str:
    """What to tell a reviewer whose trial the tool does not cover; empty if it does."""
    if tool.design == "crossover" and ((periods or 2) > 2 or (sequences or 2) > 2):
        return (
            "This variant covers trials with two periods and two sequences (AB/BA) only. "
            "Say in the notes how you applied it to this trial."
        )
    return ""
