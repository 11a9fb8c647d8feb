"""How pages show an extracted value: by its field, with its unit, or what is known of it."""

from __future__ import annotations

from django import template

from extraction.models import Value
from extraction.schema import Field, State

register = template.Library()


@register.filter
def shown(row: Value, field: Field) -> str:
    """A value in words: "4.5 mg a day", "Not reported"."""
    if row.data is None:
        return State(row.state).label
    return field.show(row.data)
