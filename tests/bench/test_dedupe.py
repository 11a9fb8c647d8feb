"""Matching at the size of a large review: nothing is lost, and it stays small."""

import pytest

from tests.bench.dedupe import ours


@pytest.mark.long
def test_100000_records_are_matched_in_less_than_700_megabytes() -> None:
    measured = ours(100_000)
    assert (measured.records, measured.lost) == (100_000, 0)
    assert measured.recall > 0.95
    assert measured.after > 0.995
    assert measured.megabytes < 700
