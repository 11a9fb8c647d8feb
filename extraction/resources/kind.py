"""What an exported table is: a name for people, and its rows one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from review.models import Review
from review.tables import Cell

DEMO = "demo example, not a judgement"
Table = tuple[list[str], Iterator[list[Cell]]]


@dataclass(frozen=True, slots=True)
class ExportKind:
    """One table: ``rows(review)`` gives headers and an iterator of lists of cells."""

    key: str
    title: str
    description: str
    rows: Callable[[Review], Table]


class AsIs(Widget):  # type: ignore[misc]
    """Leaves numbers numbers; the library's own widget writes them as text."""

    def render(self, value: Any, obj: object = None, **kwargs: Any) -> Any:
        return value


def column(name: str, path: str) -> Field:
    """A column that shows an attribute of the row; ``__`` goes on to the next object."""
    return Field(attribute=path, column_name=name, widget=AsIs())


def computed(name: str, cell: Callable[[Any], Cell]) -> Field:
    """A column that a function of the row fills, for columns known only when exporting."""
    return Field(column_name=name, dehydrate_method=cell)


def table(resource: Resource, rows: Iterable[object]) -> Table:
    """Headers of a resource, and one list of cells per row."""
    headers = [str(header) for header in resource.get_export_headers()]
    return headers, (
        [_cell(value) for value in resource.export_resource(row)]
        for row in resource.iter_queryset(rows)
    )


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    return value if isinstance(value, int | float | str) else str(value)
