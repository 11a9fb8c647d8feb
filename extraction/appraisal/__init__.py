"""Critical appraisal: risk of bias of one result, by one assessor, with one tool.

An assessment is of a *result* (study, outcome, time point, comparison), never of a paper: three
of the domains differ by outcome. The tools are data (``tools/*.toml``), their judgements are
plain functions, and nothing here knows a database or a web page:

    >>> from extraction.appraisal import ROB2, Effect, instrument, judge, overall
    >>> tool = instrument(ROB2)
    >>> answers = {"1.1": "Y", "1.2": "PY", "1.3": "N"}
    >>> judge(tool, answers, Effect.ASSIGNMENT)["D1"].label
    'Low'

Shipped: RoB 2 for individually randomised parallel trials (22 August 2019) and its crossover
variant (18 March 2021), each for the effect of assignment and of adhering. Cluster trials are
not supported.

Licence: RoB 2 is CC BY-NC-ND 4.0. The files hold our own paraphrases, the official numbering
and the logic; never paste official wording, elaborations or figures into them. Every form shows
``Instrument.notice`` and ``Instrument.link``. Sources: Sterne 2019, BMJ 366:l4898.

How a page uses it: show ``domain.asked_for(effect)`` and hide what ``asked`` leaves out; on
saving, ``parted`` sets former answers to questions no longer asked apart, and ``state`` refuses
what contradicts the form; ``judge`` proposes a judgement for each domain; the reviewer's finals
go to ``overall``, ``may_escalate`` and ``change_problem``; an export shows ``scored``.
"""

from extraction.appraisal.answers import Answer, Deviation, Direction, Effect, Judgement
from extraction.appraisal.instrument import (
    ROB2,
    ROB2_CROSSOVER,
    TOOL_IDS,
    Domain,
    Instrument,
    InstrumentError,
    Question,
    instrument,
)
from extraction.appraisal.judgement import (
    change_problem,
    design_warning,
    judge,
    may_escalate,
    overall,
)
from extraction.appraisal.state import State, asked, parted, scored, state

__all__ = [
    "ROB2",
    "ROB2_CROSSOVER",
    "TOOL_IDS",
    "Answer",
    "Deviation",
    "Direction",
    "Domain",
    "Effect",
    "Instrument",
    "InstrumentError",
    "Judgement",
    "Question",
    "State",
    "asked",
    "change_problem",
    "design_warning",
    "instrument",
    "judge",
    "may_escalate",
    "overall",
    "parted",
    "scored",
    "state",
]
