"""A large search comes in whole, and its worker stays small."""

import pytest

from tests.bench.fetch import measure


@pytest.mark.long
def test_25000_records_come_in_whole_in_less_than_300_megabytes() -> None:
    measured = measure(25_000)
    assert (measured.state, measured.error) == ("done", "")
    assert measured.reported == measured.listed == measured.records == measured.texts == 25_000
    assert measured.slices > 2
    assert measured.megabytes < 300
