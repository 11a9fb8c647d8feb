"""More records than PubMed lists at once: every one of them is listed, from slices of days."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.pubmed import client, errors, slices
from review.pubmed.client import search
from review.pubmed.searching import Listed
from tests import eutils_answers
from tests import eutils_faults as faults
from tests.eutils import EUtils
from tests.pubmed_asking import asking
from tests.pubmed_records import pmids

MANY = pmids(25_000)
FEW = pmids(250)  # where PubMed is said to list only 99 at once
DAY = timedelta(days=1)
EARLIER = date(1999, 5, 1)


def spread(numbers, first=date(1975, 3, 1), years=50):
    """Let records enter PubMed over the years, ever more of them as time goes on."""
    days = years * 365
    return {
        number: first + DAY * int(days * (place / len(numbers)) ** 0.5)
        for place, number in enumerate(numbers)
    }


@pytest.fixture
def ncbi(monkeypatch):
    for module in (client, slices, eutils_answers):
        monkeypatch.setattr(module, "MOST", 99)
    with EUtils() as server:
        server.entered = spread(FEW)
        server.answers("pain", FEW, "pain[All Fields]", warnings=[("PhraseIgnored", "the")])
        yield server


def covers_every_day(found):
    newest, oldest = found[0], found[-1]
    return (oldest.first, newest.last) == (slices.BEGINNING, slices.END) and all(
        later.first == earlier.last + DAY for later, earlier in pairwise(found)
    )


def test_25000_records_are_listed_from_slices_of_days():
    with EUtils() as server:
        server.entered = spread(MANY)
        server.answers("pain", MANY)
        found = search(asking(server), "pain")

    assert (found.count, found.short) == (25_000, 0)
    assert sorted(found.pmids) == list(MANY)
    assert sum(part.count for part in found.slices) == 25_000
    assert all(part.count == len(part.pmids) <= 9_999 for part in found.slices)
    assert covers_every_day(found.slices)


def test_slices_keep_what_pubmed_said_of_the_whole_strategy(ncbi):
    found = search(asking(ncbi), "pain")
    assert found.translation == "pain[All Fields]"
    assert found.warnings == ("PubMed ignored “the”.",)


def test_newer_slices_come_first_as_pubmed_lists_newer_records_first(ncbi):
    found = search(asking(ncbi), "pain")
    days = [part.first for part in found.slices]
    assert days == sorted(days, reverse=True)
    assert FEW.index(found.pmids[0]) > FEW.index(found.pmids[-1])


def test_a_slice_says_its_days_and_numbers_in_json():
    assert slices.Slice(date(1700, 1, 1), date(2001, 6, 30), 3, ("1", "2")).to_json() == {
        "first": "1700-01-01",
        "last": "2001-06-30",
        "count": 3,
        "listed": 2,
    }


def test_a_search_that_fits_is_one_request_without_slices(ncbi):
    ncbi.answers("pain", FEW[:99])
    assert search(asking(ncbi), "pain").slices == ()
    assert len(ncbi.requests) == 1


def test_more_records_of_one_day_than_pubmed_lists_are_refused_with_what_to_do(ncbi):
    ncbi.entered = dict.fromkeys(FEW[:123], date(2015, 3, 7)) | dict.fromkeys(FEW[123:], EARLIER)
    with pytest.raises(errors.TooManyOfOneDay) as caught:
        search(asking(ncbi), "pain")
    assert caught.value.words.startswith(
        "123 of the records that PubMed found entered it on 7 March 2015, and it lists at most 99 "
    )
    assert "language or journal" in caught.value.words


def test_more_records_than_a_search_may_bring_in_are_refused(ncbi, monkeypatch):
    monkeypatch.setattr(client, "CEILING", 249)
    with pytest.raises(errors.TooMany, match=r"found 250 .* at most 249\. Narrow"):
        search(asking(ncbi), "pain")
    assert len(ncbi.requests) == 1


def arriving(ncbi, known):
    """Records enter PubMed, so that from now on it finds this many."""

    def fault(reply):
        ncbi.answers("pain", FEW[:known])
        return reply

    return fault


def test_a_record_that_enters_before_its_slice_is_listed_counts(ncbi):
    ncbi.answers("pain", FEW[:-1])
    ncbi.misbehave(arriving(ncbi, 250))
    found = search(asking(ncbi), "pain")
    assert (found.count, found.short, sorted(found.pmids)) == (250, 0, list(FEW))


def test_records_that_keep_entering_are_listed_in_a_second_round(ncbi):
    """One enters before its slice is listed, another after that of the newest days."""
    ncbi.entered[FEW[-1]] = date(2026, 11, 20)
    ncbi.answers("pain", FEW[:-2])
    ncbi.misbehave(arriving(ncbi, 249), *[as_it_is] * 4, arriving(ncbi, 250))
    found = search(asking(ncbi), "pain")
    assert (found.count, found.short, sorted(found.pmids)) == (250, 0, list(FEW))
    asked = [request.params.get("mindate", "") for request in ncbi.requests]
    assert asked.count(asked[1]) == 2


def as_it_is(reply):
    return reply


def test_a_slice_that_is_short_once_is_asked_for_again(ncbi):
    ncbi.misbehave(*[as_it_is, faults.without(FEW[-1])] * 8)
    found = search(asking(ncbi), "pain")
    assert (found.short, sorted(found.pmids)) == (0, list(FEW))


def test_slices_that_stay_short_say_so(ncbi):
    ncbi.misbehave(faults.without(FEW[7]), times=999)
    found = search(asking(ncbi), "pain")
    assert (found.count, found.short, len(found.pmids)) == (250, 1, 249)
    assert found.warnings[-1] == (
        "PubMed counted 250 records but listed 249 different ones, also when asked again."
    )


def test_a_count_that_was_wrong_once_is_corrected_by_the_slices(ncbi):
    ncbi.answers("pain", FEW[:50])
    ncbi.misbehave(faults.counting(310))
    found = search(asking(ncbi), "pain")
    assert (found.count, sorted(found.pmids), found.short) == (50, list(FEW[:50]), 0)


@pytest.mark.parametrize(
    "fault", [faults.status(503), faults.says("Search Backend failed"), faults.cut_short()]
)
def test_a_fault_in_any_slice_loses_nothing(ncbi, fault):
    ncbi.misbehave(*[as_it_is, fault] * 99)
    found = search(asking(ncbi), "pain")
    assert (found.short, sorted(found.pmids)) == (0, list(FEW))


@given(
    days=st.lists(st.dates(slices.BEGINNING, slices.END), max_size=60),
    most=st.integers(1, 9),
)
def test_whatever_the_days_slices_fit_and_hold_every_record_once(days, most):
    days.sort()

    def ask(first, last):
        start, end = bisect_left(days, first), bisect_right(days, last)
        return Listed(end - start, tuple(map(str, range(start, end)))[:most])

    full = max((days.count(day) for day in days), default=0) > most
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "MOST", most)
        if full:
            with pytest.raises(errors.TooManyOfOneDay):
                list(slices.halves(ask))
            return
        found = list(slices.halves(ask))
    assert sorted(int(pmid) for part in found for pmid in part.pmids) == list(range(len(days)))
    assert covers_every_day(found)
