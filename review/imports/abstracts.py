"""Abstracts: one text in a file, labelled sections in a citation.

A paragraph is a line. A section begins where a sentence begins with a heading and a colon: words
that headings are made of ("Methods:", "Main outcome measures:"), or capitals with one such word
("TRIAL REGISTRATION:"); at the start of a paragraph any capitals ("PATIENT CONCERNS:").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from review.citation import Section
from review.imports.texts import BLOCK, inline, one_line, outgoing

_WORDS = frozenset(
    [
        "abstract",
        "aim",
        "aims",
        "analyses",
        "analysis",
        "and",
        "approach",
        "background",
        "case",
        "clinical",
        "conclusion",
        "conclusions",
        "concerns",
        "context",
        "contribution",
        "data",
        "design",
        "diagnoses",
        "discussion",
        "eligibility",
        "ethics",
        "evidence",
        "extraction",
        "findings",
        "funding",
        "goal",
        "goals",
        "implication",
        "implications",
        "importance",
        "inclusion",
        "interpretation",
        "intervention",
        "interventions",
        "introduction",
        "key",
        "limitations",
        "limitation",
        "main",
        "material",
        "materials",
        "measure",
        "measurement",
        "measurements",
        "measures",
        "method",
        "methodology",
        "methods",
        "objective",
        "objectives",
        "of",
        "or",
        "outcome",
        "outcomes",
        "participants",
        "patient",
        "patients",
        "perspective",
        "population",
        "practice",
        "presentation",
        "primary",
        "principal",
        "problem",
        "procedure",
        "procedures",
        "purpose",
        "question",
        "questions",
        "rationale",
        "recommendations",
        "registration",
        "relevance",
        "report",
        "result",
        "results",
        "review",
        "sample",
        "sampling",
        "search",
        "secondary",
        "selection",
        "setting",
        "settings",
        "significance",
        "sources",
        "statement",
        "statistical",
        "strategy",
        "study",
        "subjects",
        "summary",
        "synthesis",
        "the",
        "trial",
    ]
)
_TELLING = _WORDS - frozenset(["and", "case", "key", "of", "or", "the", "study", "data"])
_WORD = re.compile(r"[A-Za-z]+")
_HEADING = re.compile(r"(?:^|(?<=[.?!)\]] ))([A-Z][A-Za-z ,/&()\u2019'-]{2,60}): ?")
_ENDS = (".", "!", "?", ":", ";", ")", "]", "\u201d", '"')


def sections(text: str) -> tuple[Section, ...]:
    """Read an abstract; each line is a paragraph."""
    lines = (one_line(line) for line in BLOCK.sub("\n", text).split("\n"))
    found = (section for line in lines if line for section in _of_paragraph(line))
    return tuple(section for section in found if section.text)


def written(parts: Iterable[Section]) -> str:
    """Write an abstract, a paragraph for each section."""
    texts = ((one_line(part.label), outgoing(part.text)) for part in parts)
    return "\n".join(f"{label}: {text}" if label else text for label, text in texts if text)


def unwrapped(text: str) -> str:
    """Join lines that a program broke at its margin; a paragraph follows a full stop, or indents.

    For formats that do both, such as RIS.
    """
    paragraphs: list[list[str]] = []
    for line in text.split("\n"):
        words = line.strip()
        starts = line.startswith("  ") or not paragraphs or paragraphs[-1][-1].endswith(_ENDS)
        heading = _HEADING.match(words)
        if starts or (heading and _is_heading(heading[1], first=True)):
            paragraphs.append([words])
        elif words:
            paragraphs[-1].append(words)
    return "\n".join(" ".join(lines) for lines in paragraphs)


def _of_paragraph(line: str) -> Iterator[Section]:
    """Cut a paragraph before each of its headings."""
    label, start = "", 0
    for match in _HEADING.finditer(line) if ":" in line else ():
        if _is_heading(match[1], first=match.start() == 0):
            yield Section(label, inline(line[start : match.start()]))
            label, start = match[1].strip(), match.end()
    yield Section(label, inline(line[start:]))


def _is_heading(words: str, *, first: bool) -> bool:
    found = {word.lower() for word in _WORD.findall(words)}
    if words.isupper() and len(words) > 3:
        return first or bool(found & _TELLING)
    return found <= _WORDS and bool(found & _TELLING)
