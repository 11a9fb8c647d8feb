"""From the JSON of a form definition to a form, or a sentence about the field at fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from extraction.schema.field import Field, FormError, Kind, Per
from extraction.schema.form import Form
from extraction.schema.values import CANNOT_BE_STORED, read_number

MOST_FIELDS = 300
LONGEST = {"label": 200, "help": 2000, "unit": 40}
LONGEST_KEY = 60
LONGEST_OPTION = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_KNOWN = {
    "key", "label", "kind", "per", "help", "unit", "minimum", "maximum", "options", "required",
}  # fmt: skip
_Enum = TypeVar("_Enum", bound=StrEnum)


def read_form(data: Any) -> Form:
    """Read a list of field definitions (mappings). Raises FormError at the first fault."""
    if not isinstance(data, list):
        raise FormError("A form is a list of fields.")
    if len(data) > MOST_FIELDS:
        raise FormError(f"A form can have {MOST_FIELDS} fields; this one has {len(data)}.")
    fields: list[Field] = []
    for position, each in enumerate(data):
        if not isinstance(each, Mapping):
            raise FormError(f"Field {position + 1} is not a field definition.", position)
        definition = _Definition(position, each)
        fields.append(definition.read())
        definition.refuse_repeated(fields)
    return Form(tuple(fields))


def make_key(label: str, taken: Collection[str]) -> str:
    """A key for a new field from its label: "Pain, baseline (SD)" gives "pain_baseline_sd"."""
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    words = re.sub("[^a-z0-9]+", "_", plain).strip("_")
    base = (words if words[:1].isalpha() else f"field_{words}")[: LONGEST_KEY - 4].strip("_")
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


@dataclass(frozen=True, slots=True)
class _Definition:
    """One field definition while it is being read."""

    position: int
    data: Mapping[str, Any]

    def read(self) -> Field:
        label = self.text("label") or self.refuse("label", "needs a label.")
        if unknown := sorted(set(map(str, self.data)) - _KNOWN):
            self.refuse(unknown[0], f"has an unknown setting “{unknown[0]}”.")
        key = self.text("key")
        if not _KEY.fullmatch(key):
            self.refuse("key", "needs a key of small letters, digits and _, such as “sample_size”.")
        kind = self.word("kind", Kind, "")
        minimum, maximum = self.limit("minimum", kind), self.limit("maximum", kind)
        if minimum is not None and maximum is not None and minimum > maximum:
            self.refuse("maximum", f"has a maximum, {maximum}, below its minimum, {minimum}.")
        unit = self.text("unit")
        if unit and kind is not Kind.NUMBER:
            self.refuse("unit", f"has a unit, “{unit}”, which only a number has.")
        return Field(
            key=key,
            label=label,
            kind=kind,
            per=self.word("per", Per, Per.STUDY),
            help=self.text("help"),
            unit=unit,
            minimum=minimum,
            maximum=maximum,
            options=self.options(kind),
            required=self.flag("required"),
        )

    def refuse(self, attribute: str, problem: str) -> NoReturn:
        label = self.data.get("label")
        named = isinstance(label, str) and label.strip() and attribute != "label"
        who = f"“{str(label).strip()}”" if named else f"Field {self.position + 1}"
        raise FormError(f"{who} {problem}", self.position, attribute)

    def refuse_repeated(self, fields: list[Field]) -> None:
        """Refuse the last field when an earlier one has its key or its label."""
        *earlier, last = fields
        for field in earlier:
            if field.key == last.key:
                self.refuse("key", f"has the key “{last.key}”, as “{field.label}” has.")
            if field.label.casefold() == last.label.casefold():
                self.refuse("label", f"is called “{last.label}”, as an earlier field is.")

    def text(self, name: str) -> str:
        found = self.data.get(name)
        if found is None:
            return ""
        if not isinstance(found, str):
            self.refuse(name, f"has a {name} that is not text.")
        found = found.strip() if name == "help" else " ".join(found.split())
        if CANNOT_BE_STORED.search(found):
            self.refuse(name, f"has an invisible character in its {name}. Type it again.")
        longest = LONGEST.get(name, LONGEST_KEY)
        if len(found) > longest:
            self.refuse(name, f"has a {name} of {len(found)} characters; {longest} are allowed.")
        return found

    def word(self, name: str, words: type[_Enum], default: str) -> _Enum:
        found = self.data.get(name) or default
        try:
            return words(found)
        except ValueError:
            known = ", ".join(words)
            self.refuse(name, f"needs a {name} out of: {known}. It has “{found}”.")

    def limit(self, name: str, kind: Kind) -> Decimal | None:
        found = self.data.get(name)
        if found is None or found == "":
            return None
        if kind is not Kind.NUMBER:
            self.refuse(name, f"has a {name}, which only a number has.")
        digits = read_number(str(found))
        if digits is None:
            self.refuse(name, f"has a {name} that is not a number: “{found}”.")
        return Decimal(digits)

    def flag(self, name: str) -> bool:
        found = self.data.get(name)
        if found is None or isinstance(found, bool):
            return bool(found)
        self.refuse(name, f"has “{found}” where {name} is true or false.")

    def options(self, kind: Kind) -> tuple[str, ...]:
        found = self.data.get("options") or []
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            self.refuse("options", "has options that are not a list of texts.")
        options = tuple(" ".join(each.split()) for each in found)
        choices = kind in (Kind.CHOICE, Kind.MULTIPLE)
        if options and not choices:
            self.refuse("options", "has options, which only a choice has.")
        if choices and len(options) < 2:
            self.refuse("options", "needs at least two options.")
        self.check_options(options)
        return options

    def check_options(self, options: tuple[str, ...]) -> None:
        seen: set[str] = set()
        for option in options:
            if not option or len(option) > LONGEST_OPTION:
                self.refuse("options", f"has an empty option or one over {LONGEST_OPTION} letters.")
            if ";" in option or CANNOT_BE_STORED.search(option):
                # Exports join several choices with "; ".
                self.refuse("options", f"has a character in “{option}” that an option cannot have.")
            if option.casefold() in seen:
                self.refuse("options", f"has the option “{option}” twice.")
            seen.add(option.casefold())
