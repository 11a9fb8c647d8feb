"""The extraction form of a review: typed fields, and what each of them accepts.

A form is a list of field definitions, kept as JSON in versions of its own:

    >>> from extraction.schema import read_form
    >>> form = read_form([
    ...     {"key": "n", "label": "Sample size", "kind": "number", "unit": "participants",
    ...      "minimum": "1", "maximum": "100000", "required": True},
    ... ])
    >>> form.clean("n", "1,234")
    '1234'
    >>> form.clean("n", "-3")
    Traceback (most recent call last):
    extraction.schema.field.BadValue: Sample size must be between 1 and 100,000 participants; \
you entered -3.
    >>> form.entry("n", "not_reported", "")
    Entry(state=<State.NOT_REPORTED: 'not_reported'>, data=None)

Missing is never zero: "not reported", "not applicable" and "unclear" are states apart from a
field that nobody filled in (Cochrane Handbook, chapter 5). Stored values are JSON: text, or a
list of texts for several choices; numbers are text and keep their digits. The page, the quote
and the report of a value are kept by the caller. How numbers and dates are read stands in
``extraction.schema.values``.
"""

from extraction.schema.field import BadValue, Data, Field, FormError, Kind, Per, State, to_text
from extraction.schema.form import Entry, Form, check_follows
from extraction.schema.reading import make_key, read_form

__all__ = [
    "BadValue",
    "Data",
    "Entry",
    "Field",
    "Form",
    "FormError",
    "Kind",
    "Per",
    "State",
    "check_follows",
    "make_key",
    "read_form",
    "to_text",
]
