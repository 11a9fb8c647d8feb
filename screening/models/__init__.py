"""Screening: who holds a report, what each decided, and where a report stands at a stage.

``Decision`` is append-only and the truth; ``Seat`` and ``Standing`` are projections of it,
written in the same transaction.
"""

from screening.models.completions import Completion
from screening.models.decisions import WITHOUT_CHOICE, Choice, Decision, Kind
from screening.models.proposals import Proposal
from screening.models.rules import EffectKind, RuleChange, RuleEffect, effect_kind
from screening.models.seats import Seat, SeatState
from screening.models.standings import Standing, Status

__all__ = [
    "WITHOUT_CHOICE",
    "Choice",
    "Completion",
    "Decision",
    "EffectKind",
    "Kind",
    "Proposal",
    "RuleChange",
    "RuleEffect",
    "Seat",
    "SeatState",
    "Standing",
    "Status",
    "effect_kind",
]
