"""A whole form: what each of its fields accepts, what is still missing, how it may change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from extraction.schema.field import FILLED, BadValue, Data, Field, FormError, Kind, Per, State
from extraction.schema.values import clean_value


@dataclass(frozen=True, slots=True)
class Entry:
    """What to store of one value: ``data`` is None unless the state is reported."""

    state: State
    data: Data | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The fields in the order of the form; keys are unique."""

    fields: tuple[Field, ...] = ()

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def field(self, key: str) -> Field:
        """The field of this key. Raises KeyError."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

    def per(self, per: Per) -> tuple[Field, ...]:
        """The fields filled in per study or per result."""
        return tuple(field for field in self.fields if field.per is per)

    def clean(self, key: str, raw: Any) -> Data | None:
        """The value to store; None when nothing was entered. Raises BadValue, KeyError."""
        return clean_value(self.field(key), raw)

    def entry(self, key: str, state: str, raw: Any) -> Entry:
        """A value together with the state that was chosen for it.

        ``state`` may be "" or "empty" where none was chosen: a value means reported. "Unclear"
        in a yes/no/unclear field is the state unclear, so that it is counted once. Raises
        BadValue when a state says that there is no value and yet one was entered.
        """
        field = self.field(key)
        data = clean_value(field, raw)
        chosen = _state(field, state)
        if chosen in (State.EMPTY, State.REPORTED):
            if field.kind is Kind.YES_NO_UNCLEAR and data == State.UNCLEAR:
                return Entry(State.UNCLEAR)
            return Entry(State.EMPTY if data is None else State.REPORTED, data)
        if data is None or (field.kind is Kind.YES_NO_UNCLEAR and data == chosen):
            return Entry(chosen)
        raise BadValue(
            f"{field.label} is marked “{chosen.label.lower()}” and also has a value, "
            f"“{field.show(data)}”. Keep one of the two."
        )

    def missing(self, states: Mapping[str, str], per: Per) -> tuple[Field, ...]:
        """Required fields that are empty; "not reported" and its like do fill a field.

        ``states`` maps keys to states; an absent key, or any other word, is empty.
        """
        return tuple(
            field
            for field in self.per(per)
            if field.required and states.get(field.key) not in FILLED
        )

    def to_json(self) -> list[dict[str, Any]]:
        """As :func:`extraction.schema.read_form` reads it."""
        return [field.to_json() for field in self.fields]


def _state(field: Field, state: str) -> State:
    try:
        return State(state or State.EMPTY)
    except ValueError:
        raise BadValue(f"{field.label} has the unknown state “{state}”.") from None


def check_follows(old: Form, new: Form) -> None:
    """Refuse a new version in which a key means something else than before.

    Values are stored under the key of their field and outlive a version of the form. Raises
    FormError when a field of the same key changed its kind or what it is filled in for.
    """
    before = {field.key: field for field in old}
    for position, field in enumerate(new):
        former = before.get(field.key)
        if former is None:
            continue
        if former.kind is not field.kind:
            change = f"from “{former.kind.label}” to “{field.kind.label}”"
            attribute = "kind"
        elif former.per is not field.per:
            change = f"from once per {former.per.value} to once per {field.per.value}"
            attribute = "per"
        else:
            continue
        raise FormError(
            f"“{field.label}” cannot change {change}: values already entered would be lost. "
            "Remove it and add a new field.",
            position,
            attribute,
        )
