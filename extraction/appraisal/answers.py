"""The words of an assessment: answer codes, what they count as, effects and judgements."""

from __future__ import annotations

from enum import StrEnum


class Answer(StrEnum):
    """An answer code as stored. NA is set by the system for a question that is not asked."""

    Y = "Y"
    PY = "PY"
    PN = "PN"
    N = "N"
    NI = "NI"
    NA = "NA"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Answer.Y: "Yes",
    Answer.PY: "Probably yes",
    Answer.PN: "Probably no",
    Answer.N: "No",
    Answer.NI: "No information",
    Answer.NA: "Not applicable",
}


class Signal(StrEnum):
    """What an answer counts as: the algorithms treat yes and probably yes alike, and so for no."""

    YES = "y"
    NO = "n"
    NI = "ni"
    NA = "na"


SIGNALS = {
    Answer.Y: Signal.YES,
    Answer.PY: Signal.YES,
    Answer.PN: Signal.NO,
    Answer.N: Signal.NO,
    Answer.NI: Signal.NI,
    Answer.NA: Signal.NA,
}


class Effect(StrEnum):
    """The effect of interest: of being assigned to the intervention, or of adhering to it."""

    ASSIGNMENT = "assignment"
    ADHERING = "adhering"


class Deviation(StrEnum):
    """The kinds of deviation that an assessment of adhering may have in scope (at least one)."""

    NON_PROTOCOL = "non-protocol"
    IMPLEMENTATION = "implementation"
    NON_ADHERENCE = "non-adherence"

    @property
    def label(self) -> str:
        return _DEVIATIONS[self]


_DEVIATIONS = {
    Deviation.NON_PROTOCOL: "Treatments outside the protocol",
    Deviation.IMPLEMENTATION: "Failures in delivering the intervention",
    Deviation.NON_ADHERENCE: "Participants who did not adhere",
}


class Direction(StrEnum):
    """Which way a bias is expected to push the result; optional for each domain and overall."""

    NA = "not applicable"
    EXPERIMENTAL = "favours experimental"
    COMPARATOR = "favours comparator"
    TOWARDS_NULL = "towards null"
    AWAY_FROM_NULL = "away from null"
    UNPREDICTABLE = "unpredictable"


class Judgement(StrEnum):
    """Risk of bias of a domain or overall; ``label`` is the word that robvis reads."""

    LOW = "low"
    SOME_CONCERNS = "some concerns"
    HIGH = "high"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def rank(self) -> int:
        """0 is the best; the worse of two judgements is the one with the higher rank."""
        return list(Judgement).index(self)
