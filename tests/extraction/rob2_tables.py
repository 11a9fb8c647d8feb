"""The tables of RoB 2, written down a second time, as rows that a reader can check by eye.

A row is matched from the top; the first that fits gives the judgement. Cells: y (Y or PY),
n (N or PN), ni, na (not asked), several joined by "/", or * for anything. ``asked`` lists for
each conditional question the alternatives under which it is asked.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

LOW, SOME, HIGH = "low", "some concerns", "high"
COUNTS_AS = {"Y": "y", "PY": "y", "PN": "n", "N": "n", "NI": "ni", "NA": "na"}
FIVE = ("Y", "PY", "PN", "N", "NI")
SCOPES = [
    frozenset(kinds)
    for size in range(4)
    for kinds in itertools.combinations(("non-protocol", "implementation", "non-adherence"), size)
]


class Table(NamedTuple):
    """One domain. ``parts`` are (questions, rows); the domain is the worst of its parts."""

    questions: tuple[str, ...]
    asked: dict[str, tuple[dict[str, str], ...]]
    parts: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    scoped: dict[str, str] = {}
    options: dict[str, tuple[str, ...]] = {}


def fits(cell: str, code: str) -> bool:
    return cell == "*" or COUNTS_AS[code] in cell.split("/")


def is_asked(table: Table, question: str, answers: dict[str, str], scope: frozenset[str]) -> bool:
    if question in table.scoped and table.scoped[question] not in scope:
        return False
    if question not in table.asked:
        return True
    return any(
        all(fits(cell, answers[other]) for other, cell in alternative.items())
        for alternative in table.asked[question]
    )


def legal_answers(table: Table, scope: frozenset[str] = frozenset()) -> Iterator[dict[str, str]]:
    """Every combination in which exactly the questions that are asked have an answer."""
    choices = []
    for question in table.questions:
        own = table.options.get(question, FIVE)
        conditional = question in table.asked or question in table.scoped
        choices.append((*own, "NA") if conditional else own)
    for codes in itertools.product(*choices):
        answers = dict(zip(table.questions, codes, strict=True))
        if all(is_asked(table, q, answers, scope) == (answers[q] != "NA") for q in table.questions):
            yield answers


def judgement(table: Table, answers: dict[str, str]) -> str:
    found = []
    for questions, rows in table.parts:
        codes = [answers[question] for question in questions]
        matching = (row for row in rows if all(map(fits, row, codes)))
        found.append(next(matching)[-1])
    return max(found, key=[LOW, SOME, HIGH].index)


D1 = Table(
    ("1.1", "1.2", "1.3"),
    {},
    ((("1.2", "1.1", "1.3"), (
        ("n", "*", "*", HIGH),
        ("ni", "*", "y", HIGH),
        ("ni", "*", "n/ni", SOME),
        ("y", "n", "*", SOME),
        ("y", "y/ni", "y", SOME),
        ("y", "y/ni", "n/ni", LOW),
    )),),
)  # fmt: skip

DS = Table(
    ("S.1", "S.2", "S.3"),
    {"S.2": ({"S.1": "n/ni"},)},
    ((("S.3", "S.1", "S.2"), (
        ("n", "*", "*", HIGH),
        ("ni", "*", "*", SOME),
        ("y", "y", "na", LOW),
        ("y", "n/ni", "y", LOW),
        ("y", "n/ni", "n/ni", SOME),
    )),),
)  # fmt: skip

AWARE = ({"2.1": "y/ni"}, {"2.2": "y/ni"})

D2_ASSIGNMENT = Table(
    ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7"),
    {
        "2.3": AWARE,
        "2.4": ({"2.3": "y"},),
        "2.5": ({"2.4": "y/ni"},),
        "2.7": ({"2.6": "n/ni"},),
    },
    (
        (("2.1", "2.2", "2.3", "2.4", "2.5"), (
            ("n", "n", "na", "na", "na", LOW),
            ("*", "*", "n", "na", "na", LOW),
            ("*", "*", "ni", "na", "na", SOME),
            ("*", "*", "y", "n", "na", SOME),
            ("*", "*", "y", "y/ni", "y", SOME),
            ("*", "*", "y", "y/ni", "n/ni", HIGH),
        )),
        (("2.6", "2.7"), (
            ("y", "na", LOW),
            ("n/ni", "n", SOME),
            ("n/ni", "y/ni", HIGH),
        )),
    ),
)  # fmt: skip

D2_ADHERING = Table(
    ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6"),
    {
        "2.3": AWARE,
        "2.6": ({"2.3": "n/ni"}, {"2.4": "y/ni"}, {"2.5": "y/ni"}),
    },
    ((("2.3", "2.4", "2.5", "2.6"), (
        ("y/na", "n/na", "n/na", "na", LOW),
        ("n/ni", "*", "*", "y", SOME),
        ("n/ni", "*", "*", "n/ni", HIGH),
        ("*", "y/ni", "*", "y", SOME),
        ("*", "y/ni", "*", "n/ni", HIGH),
        ("*", "*", "y/ni", "y", SOME),
        ("*", "*", "y/ni", "n/ni", HIGH),
    )),),
    scoped={"2.3": "non-protocol", "2.4": "implementation", "2.5": "non-adherence"},
)  # fmt: skip

D3 = Table(
    ("3.1", "3.2", "3.3", "3.4"),
    {"3.2": ({"3.1": "n/ni"},), "3.3": ({"3.2": "n"},), "3.4": ({"3.3": "y/ni"},)},
    ((("3.1", "3.2", "3.3", "3.4"), (
        ("y", "na", "na", "na", LOW),
        ("n/ni", "y", "na", "na", LOW),
        ("n/ni", "n", "n", "na", LOW),
        ("n/ni", "n", "y/ni", "n", SOME),
        ("n/ni", "n", "y/ni", "y/ni", HIGH),
    )),),
    options={"3.2": ("Y", "PY", "PN", "N")},
)  # fmt: skip

D4 = Table(
    ("4.1", "4.2", "4.3", "4.4", "4.5"),
    {
        "4.3": ({"4.1": "n/ni", "4.2": "n/ni"},),
        "4.4": ({"4.3": "y/ni"},),
        "4.5": ({"4.4": "y/ni"},),
    },
    ((("4.1", "4.2", "4.3", "4.4", "4.5"), (
        ("y", "*", "na", "na", "na", HIGH),
        ("*", "y", "na", "na", "na", HIGH),
        ("n/ni", "n", "n", "na", "na", LOW),
        ("n/ni", "n", "y/ni", "n", "na", LOW),
        ("n/ni", "n", "y/ni", "y/ni", "n", SOME),
        ("n/ni", "n", "y/ni", "y/ni", "y/ni", HIGH),  # 4.5 = ni is contested
        ("n/ni", "ni", "n", "na", "na", SOME),
        ("n/ni", "ni", "y/ni", "n", "na", SOME),
        ("n/ni", "ni", "y/ni", "y/ni", "n", SOME),
        ("n/ni", "ni", "y/ni", "y/ni", "y/ni", HIGH),  # 4.5 = ni is contested
    )),),
)  # fmt: skip

D5 = Table(
    ("5.1", "5.2", "5.3"),
    {},
    ((("5.1", "5.2", "5.3"), (
        ("*", "y", "*", HIGH),
        ("*", "*", "y", HIGH),
        ("*", "ni", "*", SOME),
        ("*", "*", "ni", SOME),
        ("y", "n", "n", LOW),
        ("n/ni", "n", "n", SOME),
    )),),
)  # fmt: skip

D5_CROSSOVER = Table(
    ("5.1", "5.2", "5.3", "5.4"),
    {},
    ((("5.1", "5.2", "5.3", "5.4"), (
        ("*", "y", "*", "*", HIGH),
        ("*", "*", "y", "*", HIGH),
        ("*", "*", "*", "y", HIGH),
        ("*", "ni", "*", "*", SOME),
        ("*", "*", "ni", "*", SOME),
        ("*", "*", "*", "ni", SOME),
        ("y", "n", "n", "n", LOW),
        ("n/ni", "n", "n", "n", SOME),
    )),),
)  # fmt: skip
