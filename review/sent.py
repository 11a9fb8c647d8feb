"""Numbers as somebody sent them, in an address or a form."""

from __future__ import annotations

DIGITS = 18  # what every database takes as a key; Python refuses texts of more than 4,300 digits


def number(text: str | None) -> int | None:
    """The number that was sent, in the digits 0 to 9; anything else counts as absent."""
    if text and text.isascii() and text.isdigit() and len(text) <= DIGITS:
        return int(text)
    return None


def key(text: str) -> int:
    """The key of a row that was sent. Raises ValueError for what cannot be one."""
    found = number(text)
    if found is None:
        raise ValueError("not a key")
    return found
