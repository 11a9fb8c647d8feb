"""The small language that says when a signalling question is asked.

    2.1 = y/ni or 2.2 = y/ni
    scope non-protocol and (2.1 = y/ni or 2.2 = y/ni)

``y`` is yes or probably yes, ``n`` is no or probably no, ``ni`` no information. A question that
is unanswered, or not asked itself, equals none of them. ``and`` binds closer than ``or``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from extraction.appraisal.answers import Deviation, Signal

_Word = TypeVar("_Word", Signal, Deviation)
_TOKEN = re.compile(r"\s*([()=]|[A-Z0-9]+\.[0-9]+|[a-z][a-z/-]*)")


class ConditionError(ValueError):
    """The text of a condition does not follow the grammar; the message shows where."""


class Condition(Protocol):
    """When a question is asked."""

    def holds(self, signals: Mapping[str, Signal], scope: Collection[Deviation]) -> bool: ...

    def questions(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Is:
    """The question's answer counts as one of these."""

    question: str
    signals: frozenset[Signal]

    def holds(self, signals: Mapping[str, Signal], scope: Collection[Deviation]) -> bool:
        return signals.get(self.question) in self.signals

    def questions(self) -> frozenset[str]:
        return frozenset({self.question})


@dataclass(frozen=True, slots=True)
class InScope:
    """This kind of deviation belongs to the assessment."""

    deviation: Deviation

    def holds(self, signals: Mapping[str, Signal], scope: Collection[Deviation]) -> bool:
        return self.deviation in scope

    def questions(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Both:
    left: Condition
    right: Condition

    def holds(self, signals: Mapping[str, Signal], scope: Collection[Deviation]) -> bool:
        return self.left.holds(signals, scope) and self.right.holds(signals, scope)

    def questions(self) -> frozenset[str]:
        return self.left.questions() | self.right.questions()


@dataclass(frozen=True, slots=True)
class Either:
    left: Condition
    right: Condition

    def holds(self, signals: Mapping[str, Signal], scope: Collection[Deviation]) -> bool:
        return self.left.holds(signals, scope) or self.right.holds(signals, scope)

    def questions(self) -> frozenset[str]:
        return self.left.questions() | self.right.questions()


def parse_condition(text: str) -> Condition:
    """Read a condition. Raises ConditionError that quotes the text."""
    tokens = _tokens(text)
    condition = _either(tokens)
    if tokens:
        raise ConditionError(f"{text!r} goes on after its end: {tokens[0]!r}.")
    return condition


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(f"{text!r} cannot be read from {text[at:]!r} on.")
        found.append(match[1])
        at = match.end()
    return found


def _either(tokens: list[str]) -> Condition:
    left = _both(tokens)
    while tokens[:1] == ["or"]:
        tokens.pop(0)
        left = Either(left, _both(tokens))
    return left


def _both(tokens: list[str]) -> Condition:
    left = _atom(tokens)
    while tokens[:1] == ["and"]:
        tokens.pop(0)
        left = Both(left, _atom(tokens))
    return left


def _atom(tokens: list[str]) -> Condition:
    first = _next(tokens)
    if first == "(":
        inside = _either(tokens)
        _expect(tokens, ")")
        return inside
    if first == "scope":
        return InScope(_word(Deviation, _next(tokens)))
    if "." not in first:
        raise ConditionError(f"A condition needs a question's number, not {first!r}.")
    _expect(tokens, "=")
    return Is(first, frozenset(_word(Signal, word) for word in _next(tokens).split("/")))


def _word(kind: type[_Word], word: str) -> _Word:
    try:
        return kind(word)
    except ValueError:
        raise ConditionError(f"{word!r} is not a word that a condition knows.") from None


def _next(tokens: list[str]) -> str:
    if not tokens:
        raise ConditionError("A condition ends too early.")
    return tokens.pop(0)


def _expect(tokens: list[str], wanted: str) -> None:
    found = _next(tokens)
    if found != wanted:
        raise ConditionError(f"A condition has {found!r} where {wanted!r} belongs.")
