"""Instruments as data: a tool's domains and questions, read once from its TOML file.

The files hold paraphrases, the official numbering and links, never official wording: the tools
are licensed CC BY-NC-ND 4.0. A tool's version is part of its identifier, and a released file
does not change its questions: assessments are stored under that identifier.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extraction.appraisal.answers import Answer, Effect
from extraction.appraisal.condition import Condition, parse_condition

_FOLDER = Path(__file__).parent / "tools"
ROB2 = "rob2-2019-08-22"
ROB2_CROSSOVER = "rob2-crossover-2021-03-18"
TOOL_IDS = (ROB2, ROB2_CROSSOVER)


class InstrumentError(ValueError):
    """An unknown tool, or a tool's file that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Question:
    """A signalling question; ``asked_if`` None means always. NA is never among ``options``."""

    number: str
    text: str
    options: tuple[Answer, ...]
    effects: frozenset[Effect]
    asked_if: Condition | None = None
    condition: str = ""
    help: tuple[str, ...] = ()
    hints: tuple[tuple[str, str], ...] = ()

    def hints_for(self, intervention: str) -> tuple[str, ...]:
        """Further help for reviews of an intervention: those whose topic it names."""
        words = intervention.casefold()
        return tuple(text for topic, text in self.hints if topic in words)


@dataclass(frozen=True, slots=True)
class Domain:
    """One source of bias; ``algorithm`` names the rule that judges it."""

    id: str
    name: str
    algorithm: str
    questions: tuple[Question, ...]
    help: str = ""

    def asked_for(self, effect: Effect) -> tuple[Question, ...]:
        """The questions of the form for this effect of interest."""
        return tuple(question for question in self.questions if effect in question.effects)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A tool in one version, with what every page that uses it must show (notice, link)."""

    id: str
    name: str
    version: str
    design: str
    link: str
    citation: str
    notice: str
    sources: tuple[str, ...]
    domains: tuple[Domain, ...]

    def questions(self, effect: Effect) -> Iterator[Question]:
        """Every question of the form for this effect, in the order of asking."""
        for domain in self.domains:
            yield from domain.asked_for(effect)


@cache
def instrument(tool_id: str) -> Instrument:
    """The tool of this identifier. Raises InstrumentError for one that is not shipped."""
    if tool_id not in TOOL_IDS:
        known = ", ".join(TOOL_IDS)
        raise InstrumentError(f"There is no tool {tool_id!r}. The tools are: {known}.")
    text = (_FOLDER / f"{tool_id}.toml").read_text(encoding="utf-8")
    return read_instrument(tomllib.loads(text))


def read_instrument(data: Mapping[str, Any]) -> Instrument:
    """Make an instrument of a parsed TOML file; refuses one whose conditions look ahead."""
    options = tuple(Answer(code) for code in data["options"])
    made = Instrument(
        id=data["id"],
        name=data["name"],
        version=data["version"],
        design=data["design"],
        link=data["link"],
        citation=data["citation"],
        notice=data["notice"],
        sources=tuple(data["sources"]),
        domains=tuple(_domain(each, options) for each in data["domain"]),
    )
    for effect in Effect:
        _refuse_looking_ahead(made, effect)
    return made


def _domain(data: Mapping[str, Any], options: tuple[Answer, ...]) -> Domain:
    questions = tuple(_question(each, options) for each in data["question"])
    return Domain(data["id"], data["name"], data["algorithm"], questions, data.get("help", ""))


def _question(data: Mapping[str, Any], options: tuple[Answer, ...]) -> Question:
    condition = data.get("asked_if", "")
    own = tuple(Answer(code) for code in data.get("options", options))
    if Answer.NA in own:
        raise InstrumentError(f"Question {data['number']} offers NA, which only the system sets.")
    return Question(
        number=data["number"],
        text=data["text"],
        options=own,
        effects=frozenset(Effect(effect) for effect in data.get("effects", Effect)),
        asked_if=parse_condition(condition) if condition else None,
        condition=condition,
        help=tuple(data.get("help", ())),
        hints=tuple(data.get("hints", {}).items()),
    )


def _refuse_looking_ahead(made: Instrument, effect: Effect) -> None:
    seen: set[str] = set()
    for question in made.questions(effect):
        if question.number in seen:
            raise InstrumentError(f"Question {question.number} appears twice for {effect.value}.")
        ahead = (question.asked_if.questions() if question.asked_if else frozenset()) - seen
        if ahead:
            raise InstrumentError(
                f"Question {question.number} depends on {', '.join(sorted(ahead))}, "
                "which is not asked before it."
            )
        seen.add(question.number)
