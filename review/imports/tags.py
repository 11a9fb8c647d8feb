"""Tags of a format as cells: one table for each format says which tag is which field.

A field that holds one value takes it from the first of its tags that has one; what the others say
beyond that stays with the citation under its tag. Lists take the values of all their tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from review.imports.cells import SEVERAL, Cell

Table = Mapping[str, Sequence[str]]  # name of a cell: tags, the best first


def to_cells(pairs: Iterable[tuple[str, str]], table: Table) -> list[Cell]:
    """Turn (tag, value) pairs into cells; a tag that the table does not have names its own cell."""
    held: dict[str, list[str]] = {}
    for tag, value in pairs:
        if value and not value.isspace():
            held.setdefault(tag, []).append(value)
    out: list[Cell] = []
    for name, tags in table.items():
        out.extend((name, value) for value in _values(name, tags, held))
    out.extend((tag, value) for tag, values in held.items() for value in values)
    return out


def _values(name: str, tags: Sequence[str], held: dict[str, list[str]]) -> list[str]:
    """Take a field's values out of what is held; a repetition under another tag goes too."""
    taken: list[str] = []
    said: set[str] = set()
    for tag in tags:
        if tag not in held:
            continue
        if not taken or name in SEVERAL:
            taken += held.pop(tag)
            said.update(taken)
        elif rest := [value for value in held[tag] if value not in said]:
            held[tag] = rest
        else:
            del held[tag]
    return taken
