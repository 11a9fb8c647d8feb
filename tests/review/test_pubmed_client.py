"""Searching and fetching: what was counted, listed, asked for and sent always adds up."""

import pytest

from review.pubmed import errors
from review.pubmed.client import fetch, search
from tests import eutils_faults as faults
from tests.eutils import EUtils
from tests.pubmed_asking import asking
from tests.pubmed_records import article, document, generated, pmids

TEN = pmids(10)


@pytest.fixture
def ncbi():
    with EUtils() as server:
        server.holds(generated(10))
        server.answers("pain", TEN, translation='"pain"[MeSH Terms] OR "pain"[All Fields]')
        yield server


def numbers(fetched):
    return [record.citation.pmid for record in fetched.parsed]


def test_a_search_lists_every_match_and_how_pubmed_understood_it(ncbi):
    found = search(asking(ncbi), "pain")
    assert (found.count, found.pmids, found.short) == (10, TEN, 0)
    assert found.translation == '"pain"[MeSH Terms] OR "pain"[All Fields]'
    assert found.warnings == ()


def test_the_strategy_arrives_as_it_was_written(ncbi):
    strategy = '("low-dose naltrexone"[tiab] OR LDN[tiab])\nAND pain & fatigue < "élan" 痛み'
    ncbi.answers(strategy, TEN[:1])
    assert search(asking(ncbi), strategy).pmids == TEN[:1]
    assert ncbi.requests[0].params["term"] == strategy


def test_a_search_may_find_9999_records_in_one_request(ncbi):
    ncbi.answers("all", pmids(9_999))
    assert search(asking(ncbi), "all").pmids == pmids(9_999)
    assert len(ncbi.requests) == 1


def test_a_search_without_matches_is_no_error(ncbi):
    ncbi.answers("xyzzy", (), errors=[("PhraseNotFound", "xyzzy")])
    found = search(asking(ncbi), "xyzzy")
    assert (found.count, found.pmids) == (0, ())
    assert found.warnings == (
        "PubMed does not know the phrase “xyzzy”.",
        "PubMed says: No items found.",
    )


@pytest.mark.parametrize("words", ["Search Backend failed: x", "Empty term and query_key"])
def test_an_error_is_never_an_empty_result(ncbi, words):
    ncbi.misbehave(faults.says(words), times=9)
    with pytest.raises(errors.PubmedError, match=words.split(":")[0]):
        search(asking(ncbi, tries=2), "pain")


def test_all_that_pubmed_ignored_is_said(ncbi):
    ncbi.answers(
        "pain",
        TEN,
        errors=[("PhraseNotFound", "LDNN <b>"), ("FieldNotFound", "[tiabb]")],
        warnings=[
            ("QuotedPhraseNotFound", '"low dose naltrexonee"'),
            ("PhraseIgnored", "the"),
            ("PhraseIgnored", "of"),
        ],
    )
    assert search(asking(ncbi), "pain").warnings == (
        "PubMed does not know the phrase “LDNN <b>”.",
        "PubMed does not know the field “[tiabb]”.",
        "PubMed found no record with the exact phrase “low dose naltrexonee”.",
        "PubMed ignored “the”.",
        "PubMed ignored “of”.",
    )


def test_an_identifier_listed_twice_is_kept_once_and_said(ncbi):
    ncbi.misbehave(faults.twice(TEN[4]))
    found = search(asking(ncbi), "pain")
    assert found.pmids == TEN
    assert found.warnings == ("PubMed listed 1 identifier more than once; each is kept once.",)


def test_a_list_that_is_short_once_is_asked_for_again(ncbi):
    ncbi.misbehave(faults.without(TEN[0]))
    found = search(asking(ncbi), "pain")
    assert (found.pmids, found.short, found.warnings) == (TEN, 0, ())
    assert len(ncbi.requests) == 2


def test_a_list_that_stays_short_says_so(ncbi):
    ncbi.misbehave(faults.without(TEN[0]), faults.without(*TEN[:2]))
    found = search(asking(ncbi), "pain")
    assert (found.pmids, found.short) == (TEN[1:], 1)
    assert found.warnings == (
        "PubMed counted 10 records but listed 9 different ones, also when asked again.",
    )


def test_a_count_without_a_list_is_an_error(ncbi):
    ncbi.misbehave(faults.without(*TEN), times=2)
    with pytest.raises(errors.NotXml, match="counted 10 records but listed none"):
        search(asking(ncbi), "pain")


@pytest.mark.parametrize("count", ["", "many"])
def test_an_answer_without_a_count_is_an_error(ncbi, count):
    ncbi.misbehave(faults.replaced("<Count>10</Count>", f"<Count>{count}</Count>"))
    with pytest.raises(errors.NotXml, match="could not be read"):
        search(asking(ncbi), "pain")


def test_records_come_in_the_order_asked_for(ncbi):
    backwards = TEN[::-1]
    fetched = fetch(asking(ncbi), backwards)
    assert numbers(fetched) == list(backwards)
    assert ncbi.requests[0].params["id"] == ",".join(backwards)
    assert len(ncbi.requests) == 1


def test_a_record_left_out_once_is_asked_for_again_alone(ncbi):
    ncbi.misbehave(faults.without(TEN[3], TEN[7]))
    fetched = fetch(asking(ncbi), TEN)
    assert (numbers(fetched), fetched.missing) == (list(TEN), ())
    assert ncbi.requests[1].params["id"] == f"{TEN[3]},{TEN[7]}"


def test_a_record_that_does_not_exist_is_listed_as_missing(ncbi):
    fetched = fetch(asking(ncbi), (*TEN[:2], "99999999"))
    assert (numbers(fetched), fetched.missing) == (list(TEN[:2]), ("99999999",))
    assert len(ncbi.requests) == 2


def test_all_records_may_be_missing(ncbi):
    ncbi.misbehave(faults.says("ID list is empty! Possibly it has no correct IDs.", 400))
    fetched = fetch(asking(ncbi), ("99999998", "99999999"))
    assert (fetched.parsed, fetched.missing) == ((), ("99999998", "99999999"))


def test_a_record_sent_twice_is_kept_once(ncbi):
    ncbi.misbehave(faults.twice(TEN[0]))
    assert numbers(fetch(asking(ncbi), TEN)) == list(TEN)


def test_a_record_that_was_not_asked_for_is_named_and_left_out(ncbi):
    ncbi.records[TEN[1]] = ncbi.records[TEN[2]]
    fetched = fetch(asking(ncbi), TEN[:2])
    assert numbers(fetched) == [TEN[0]]
    assert (fetched.missing, fetched.foreign) == ((TEN[1],), (TEN[2],))


def test_one_bad_record_does_not_take_its_batch_along(ncbi):
    ncbi.records[TEN[5]] = ncbi.records[TEN[5]].replace(b"Generated", b"Gener\x01ted", 1)
    fetched = fetch(asking(ncbi), TEN)
    assert numbers(fetched) == [number for number in TEN if number != TEN[5]]
    (bad,) = fetched.unreadable
    assert bad.pmid == TEN[5]
    assert bad.raw == ncbi.records[TEN[5]]
    assert fetched.missing == ()


def test_a_record_damaged_on_the_way_is_whole_when_asked_again(ncbi):
    ncbi.misbehave(faults.replaced(f'<PMID Version="1">{TEN[5]}', '<PMID Version="1">'))
    fetched = fetch(asking(ncbi), TEN)
    assert numbers(fetched) == list(TEN)
    assert [bad.pmid for bad in fetched.unreadable] == [""]


def test_a_page_of_something_else_is_an_error(ncbi):
    ncbi.misbehave(faults.status(200, b'<?xml version="1.0"?><Other></Other>'))
    with pytest.raises(errors.NotXml, match="not a set of records"):
        fetch(asking(ncbi), TEN)


@pytest.mark.parametrize("wrong", [pmids(201), ("12a",), ("1", "")])
def test_more_than_a_batch_or_no_pmid_is_a_mistake_of_ours(ncbi, wrong):
    with pytest.raises(ValueError, match="up to 200 PMIDs"):
        fetch(asking(ncbi), wrong)
    assert ncbi.requests == []


def test_two_hundred_records_are_one_request():
    with EUtils() as server:
        many = server.holds(document(*(article(number) for number in pmids(200))))
        assert numbers(fetch(asking(server), many)) == list(many)
        assert len(server.requests) == 1
