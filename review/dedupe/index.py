"""An inverted index of keys: which records can be duplicates of each other.

The same rows can be kept in a database, ``(kind, value) -> record``: a key depends on its record
alone, so rows written years ago and today agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

CAP = 60  # records under one key: one that more records share tells nothing


class Index:
    """Keys to records, which are numbered in the order of their coming."""

    def __init__(self) -> None:
        self._held: dict[int, int | list[int]] = {}

    def add(self, records: Iterable[tuple[int, Iterable[str]]]) -> Iterator[tuple[int, int]]:
        """Put new records under their keys, then give each with those that share one of them.

        Every two once, the smaller number first; new ones are compared with each other too. Keys
        that more than ``CAP`` records share are passed over, so the order of records is no matter.
        """
        first, touched = None, set()
        for record, keys in records:
            first = record if first is None else first
            for key in keys:
                number = hash(key)
                held = self._held.get(number)
                if held is None:
                    self._held[number] = record
                    continue
                touched.add(number)
                if isinstance(held, int):
                    self._held[number] = [held, record]
                else:
                    held.append(record)
        yield from self._sharing(touched, first or 0)

    def _sharing(self, keys: set[int], first: int) -> Iterator[tuple[int, int]]:
        seen: set[int] = set()
        for key in keys:
            held = self._held[key]
            if isinstance(held, int) or len(held) > CAP:
                continue
            for place, other in enumerate(held):
                for new in held[place + 1 :]:
                    if new >= first and (pair := other << 32 | new) not in seen:
                        seen.add(pair)
                        yield other, new
