"""Identifiers as people paste them."""

from __future__ import annotations

import pytest

from review.naming import read_identifiers


@pytest.mark.parametrize(
    ("text", "pmids", "dois", "others"),
    [
        ("", (), (), ()),
        ("23359310", ("23359310",), (), ()),
        ("1, 2;3\n4\t5", ("1", "2", "3", "4", "5"), (), ()),
        ("1,2,1", ("1", "2"), (), ()),
        ("PMID: 12 pmid:13 PMID 14", ("12", "13", "14"), (), ("PMID",)),
        ("https://pubmed.ncbi.nlm.nih.gov/23359310/", ("23359310",), (), ()),
        ("10.1002/ART.37734", (), ("10.1002/art.37734",), ()),
        ("doi: 10.1002/a, https://doi.org/10.1002/B.", (), ("10.1002/a", "10.1002/b"), ()),
        ("https://dx.doi.org/10.1002/c;10", (), ("10.1002/c;10",), ()),
        ("0 00012 123456789", ("12",), (), ("0", "123456789")),
        ('"1","10.1002/a"', ("1",), ("10.1002/a",), ()),
        ("10.1002/a,10.1002/b;10.1/c", (), ("10.1002/a", "10.1002/b;10.1/c"), ()),
        ("Younger 2013", ("2013",), (), ("Younger",)),
        ("١٢", (), (), ("١٢",)),
    ],
)
def test_identifiers_are_read_in_every_usual_way_of_writing_them(
    text: str, pmids: tuple[str, ...], dois: tuple[str, ...], others: tuple[str, ...]
) -> None:
    named = read_identifiers(text)
    assert (named.pmids, named.dois, named.others) == (pmids, dois, others)


def test_a_line_of_two_megabytes_takes_no_time_out_of_proportion() -> None:
    assert read_identifiers("10.1002/" + "a," * 500_000).dois
    assert len(read_identifiers("1," * 100_000).pmids) == 1
