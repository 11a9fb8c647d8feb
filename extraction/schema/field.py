"""One field of an extraction form, and the words for what a value can be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

# What is stored of a value, as JSON: a list for a multiple choice, text for every other kind.
Data = str | list[str]


class FormError(ValueError):
    """A form that cannot be used; the message names the field and says what to change.

    ``position`` is the field's place in the form from 0, ``attribute`` the part of it at fault.
    """

    def __init__(self, message: str, position: int | None = None, attribute: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.attribute = attribute


class BadValue(ValueError):
    """A value that its field does not accept; the message is a sentence for who entered it."""


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    MULTIPLE = "multiple"
    DATE = "date"
    YES_NO_UNCLEAR = "yes_no_unclear"

    @property
    def label(self) -> str:
        return _KINDS[self]


_KINDS = {
    Kind.TEXT: "Text",
    Kind.NUMBER: "Number",
    Kind.CHOICE: "One choice",
    Kind.MULTIPLE: "Several choices",
    Kind.DATE: "Date",
    Kind.YES_NO_UNCLEAR: "Yes, no or unclear",
}


class Per(StrEnum):
    """Whether a field is filled in once for a study or once for each of its results."""

    STUDY = "study"
    RESULT = "result"


class State(StrEnum):
    """What is known of a value. Missing is never zero, and empty is never "not reported"."""

    EMPTY = "empty"
    REPORTED = "reported"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    UNCLEAR = "unclear"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


# States that fill a field: somebody looked, and this is what they found.
FILLED = frozenset(State) - {State.EMPTY}
YES_NO_UNCLEAR = {"yes": "Yes", "no": "No", "unclear": "Unclear"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``unit`` and the limits (inclusive) belong to numbers, ``options`` to choices."""

    key: str
    label: str
    kind: Kind
    per: Per = Per.STUDY
    help: str = ""
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    options: tuple[str, ...] = ()
    required: bool = False

    def to_json(self) -> dict[str, Any]:
        """As :func:`extraction.schema.read_form` reads it; limits keep their digits as text."""
        return {
            "key": self.key,
            "label": self.label,
            "kind": self.kind.value,
            "per": self.per.value,
            "help": self.help,
            "unit": self.unit,
            "minimum": None if self.minimum is None else str(self.minimum),
            "maximum": None if self.maximum is None else str(self.maximum),
            "options": list(self.options),
            "required": self.required,
        }

    def show(self, data: Data | None) -> str:
        """A stored value for a page: with its unit, and yes as "Yes"."""
        text = to_text(data)
        if self.kind is Kind.YES_NO_UNCLEAR:
            return YES_NO_UNCLEAR.get(text, text)
        return f"{text} {self.unit}" if text and self.unit else text


def to_text(data: Data | None) -> str:
    """A stored value as one cell of a table; several choices are joined by "; "."""
    if data is None:
        return ""
    return data if isinstance(data, str) else "; ".join(data)
