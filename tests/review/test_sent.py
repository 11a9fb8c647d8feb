"""Numbers that somebody sent are read without trust."""

import pytest

from review.sent import key, number


@pytest.mark.parametrize(("text", "read"), [("0", 0), ("12", 12), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text: str, read: int) -> None:
    assert number(text) == key(text) == read


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", " 1", "1.0", "x", "²", "٣", "1\x00", "9" * 19, "9" * 5_000]
)
def test_anything_else_counts_as_absent(text: str) -> None:
    assert number(text) is None
    with pytest.raises(ValueError, match="not a key"):
        key(text)
