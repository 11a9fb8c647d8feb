"""Asking NCBI: identified, in turn, patient with what passes, and never deceived.

A real local server misbehaves as NCBI was seen to do (reliability cases A1 to A5 and A12).
"""

import time
from itertools import pairwise

import pytest

from review.pubmed import errors
from review.pubmed.client import fetch
from review.pubmed.wire import Limits
from tests import eutils_faults as faults
from tests.eutils import EUtils
from tests.pubmed_asking import Pauses, asking
from tests.pubmed_records import generated, pmids

THREE = pmids(3)
XHTML = b'<?xml version="1.0"?><!DOCTYPE html><html><title>Maintenance</title></html>'
PASSING = {
    "429": faults.too_many_requests(),
    "500 with a web page": faults.status(500),
    "502 without a body": faults.status(502, b""),
    "503": faults.status(503),
    "400 that means a timeout": faults.status(400, b"Empty Response ... Status: Timeout"),
    "a web page with 200": faults.web_page(),
    "a web page in XML with 200": faults.status(200, XHTML),
    "JSON with 200": faults.json_error(),
    "nothing with 200": faults.nothing(),
    "a failing backend with 200": faults.says("Search Backend failed: Database is not supported"),
    "an error nobody has seen yet": faults.says("Something new"),
    "half a body, length of the half": faults.cut_short(),
    "half a body, length of the whole": faults.cut_short(honest=False),
    "all but the last tag": faults.cut_short(0.999),
    "an end inside a chunk": faults.cut_in_chunk(),
    "a history that is gone": faults.says("Cannot retrieve history data. WebEnv: X", 400),
    "a reset": faults.reset(),
    "no answer": faults.hung_up(),
}
LASTING = {
    "an unknown address": (faults.status(404), errors.Permanent, "404"),
    "a redirect": (faults.status(301, Location="http://example.org/"), errors.Permanent, "301"),
    "a wrong key": (faults.refused_key("k-123"), errors.BadKey, "API key invalid"),
    "an empty query": (faults.says("Empty term and query_key - nothing todo"), errors.BadQuery, ""),
    "a start beyond the end": (
        faults.says("Search Backend failed: Exception: 'retstart' cannot be larger than 9998"),
        errors.Permanent,
        "retstart",
    ),
    "a wrong database": (faults.says("Invalid db name specified: x", 400), errors.Permanent, "db"),
}


@pytest.fixture
def ncbi():
    with EUtils() as server:
        server.holds(generated(3))
        server.answers("pain", THREE)
        yield server


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again_and_loses_nothing(ncbi, fault):
    ncbi.misbehave(fault, times=2)
    pauses = Pauses()
    transport = asking(ncbi, pauses)
    fetched = fetch(transport, THREE)
    assert [record.citation.pmid for record in fetched.parsed] == list(THREE)
    assert (fetched.missing, fetched.unreadable) == ((), ())
    assert (transport.tally.requests, transport.tally.retries) == (3, 2)
    assert [seconds > 0 for seconds in pauses.slept] == [True, True]
    assert all(why.startswith("PubMed") for _, why in pauses.shown)


@pytest.mark.parametrize(("fault", "kind", "words"), LASTING.values(), ids=LASTING)
def test_what_lasts_is_said_at_once_in_ncbis_words(ncbi, fault, kind, words):
    ncbi.misbehave(fault)
    with pytest.raises(errors.Permanent) as caught:
        asking(ncbi).call("esearch", {"db": "pubmed", "term": "pain"})
    assert type(caught.value) is kind
    assert words in caught.value.words
    assert len(ncbi.requests) == 1


def test_tries_end_with_the_last_words(ncbi):
    ncbi.misbehave(faults.status(503), times=9)
    transport = asking(ncbi, tries=4)
    with pytest.raises(errors.Transient, match=r"PubMed answered 503 \(Service Unavailable\)"):
        transport.call("esearch", {"db": "pubmed", "term": "pain"})
    assert (len(ncbi.requests), transport.tally.retries) == (4, 3)


def test_pauses_grow_up_to_a_limit():
    retrying = asking("http://127.0.0.1").retrying
    pauses = [retrying.pause(failures, None) for failures in range(1, 10)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert all(shorter <= longer for shorter, longer in pairwise(pauses))
    assert pauses[-1] == retrying.longest


@pytest.mark.parametrize(("asked", "least"), [("7", 7), (None, 2), ("soon", 2)])
def test_retry_after_is_obeyed_and_passed_on_to_all_workers(ncbi, asked, least):
    ncbi.misbehave(faults.too_many_requests(asked))
    pauses = Pauses()
    transport = asking(ncbi, pauses)
    fetch(transport, THREE)
    assert least <= sum(pauses.slept) < least + 1
    assert pauses.pushed_back == [least]
    assert transport.tally.waited == sum(pauses.slept)


def test_retry_after_may_be_a_date(ncbi):
    ncbi.misbehave(faults.too_many_requests("Wed, 21 Oct 2015 07:28:00 GMT"))
    pauses = Pauses()
    fetch(asking(ncbi, pauses), THREE)
    assert pauses.pushed_back == [0]


def test_a_server_that_wants_an_hour_ends_the_run(ncbi):
    ncbi.misbehave(faults.status(503, **{"Retry-After": "3600"}))
    pauses = Pauses()
    with pytest.raises(errors.Transient) as caught:
        fetch(asking(ncbi, pauses), THREE)
    assert caught.value.retry_after == 3600
    assert pauses.slept == []


def test_a_long_pause_is_slept_in_slices_so_that_a_job_can_say_it_lives(ncbi):
    ncbi.misbehave(faults.too_many_requests("12"))
    pauses = Pauses()
    fetch(asking(ncbi, pauses), THREE)
    assert pauses.slept == [5, 5, 2.5]
    assert [seconds for seconds, _ in pauses.shown] == [12.5, 7.5, 2.5]


def test_a_run_can_be_cancelled_while_it_waits(ncbi):
    class Cancelled(Exception):
        pass

    def cancel(seconds, why):
        raise Cancelled

    ncbi.misbehave(faults.status(500))
    with pytest.raises(Cancelled):
        fetch(asking(ncbi, on_wait=cancel), THREE)
    assert len(ncbi.requests) == 1


def test_each_request_waits_its_turn_and_says_who_asks_by_post(ncbi):
    pauses = Pauses()
    ncbi.misbehave(faults.status(500))
    asking(ncbi, pauses, api_key="k-123").call("esearch", {"db": "pubmed", "term": "pain"})
    assert pauses.turns == len(ncbi.requests) == 2
    for request in ncbi.requests:
        assert request.method == "POST"
        assert request.params["tool"] == "winnow-tests"
        assert request.params["email"] == "team@example.org"
        assert request.params["api_key"] == "k-123"


def test_without_a_key_none_is_sent(ncbi):
    asking(ncbi).call("esearch", {"db": "pubmed", "term": "pain"})
    assert "api_key" not in ncbi.requests[0].params


def test_a_key_is_never_repeated(ncbi):
    ncbi.misbehave(faults.says("api_key k-123 is not valid"))
    transport = asking(ncbi, api_key="k-123")
    with pytest.raises(errors.BadKey) as caught:
        transport.call("esearch", {"db": "pubmed", "term": "pain"})
    assert caught.value.words == "PubMed says: api_key (your key) is not valid"
    assert "k-123" not in str(caught.value) + repr(transport)


@pytest.mark.parametrize(
    ("fault", "limits"),
    [
        (faults.stalled(), Limits(connect=2, read=0.2, total=20)),
        (faults.dripping(0.02), Limits(connect=2, read=20, total=0.4)),
        (faults.dripping(0.02, headers=True), Limits(connect=2, read=20, total=0.4)),
    ],
    ids=["a stall", "a drip", "a drip of headers"],
)
def test_nothing_takes_longer_than_its_limit(ncbi, fault, limits):
    ncbi.misbehave(fault)
    started = time.monotonic()
    with pytest.raises(errors.Transient, match="PubMed took too long to answer"):
        asking(ncbi, tries=1, limits=limits).call("efetch", {"db": "pubmed", "id": THREE[0]})
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9", "PubMed could not be reached: Connection refused."),
        ("https://127.0.0.1:9", "PubMed could not be reached: Connection refused."),
    ],
)
def test_no_server_is_a_passing_fault_in_words(url, words):
    with pytest.raises(errors.Transient) as caught:
        asking(url, tries=1).call("esearch", {"db": "pubmed", "term": "pain"})
    assert caught.value.words == words


def test_a_server_without_tls_is_no_https_server(ncbi):
    secure = ncbi.url.replace("http://", "https://")
    with pytest.raises(errors.Transient, match="PubMed could not be reached"):
        asking(secure, tries=1).call("esearch", {"db": "pubmed", "term": "pain"})
    assert ncbi.requests == []


def test_a_proxy_of_the_environment_is_used(ncbi, monkeypatch):
    monkeypatch.setenv("http_proxy", ncbi.url.removesuffix("/entrez/eutils"))
    monkeypatch.delenv("no_proxy", raising=False)
    outside = asking("http://eutils.example.org/entrez/eutils")
    assert b"<Count>3</Count>" in outside.call("esearch", {"db": "pubmed", "term": "pain"})


def test_a_proxy_is_not_asked_for_this_machine(ncbi, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert b"<Count>3</Count>" in asking(ncbi).call("esearch", {"db": "pubmed", "term": "pain"})


def test_a_base_url_is_a_web_address():
    with pytest.raises(ValueError, match="start it with https://"):
        asking("eutils.ncbi.nlm.nih.gov")
