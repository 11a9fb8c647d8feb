"""The local E-utilities behave as NCBI's do where our code depends on it."""

import re
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from Bio import Entrez

from review.pubmed.client import fetch, search
from tests.eutils import EUtils
from tests.pubmed_asking import asking
from tests.pubmed_records import SHAPES, generated, pmids

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ncbi():
    with EUtils() as server:
        server.holds(generated(30))
        server.answers("pain", pmids(30))
        yield server


def get(server, util, **params):
    with urlopen(f"{server.url}/{util}.fcgi?{urlencode({'db': 'pubmed', **params})}") as answer:
        return answer.read().decode()


def ids(xml):
    return re.findall(r"<Id>(\d+)</Id>", xml)


def test_a_search_lists_twenty_unless_told_and_windows_as_told(ncbi):
    assert ids(get(ncbi, "esearch", term="pain")) == list(pmids(20))
    assert ids(get(ncbi, "esearch", term="pain", retstart=25, retmax=10)) == list(pmids(30)[25:])


def test_nobody_lists_more_than_9999(ncbi):
    ncbi.answers("all", pmids(12_000))
    all_of_them = get(ncbi, "esearch", term="all", retmax=1_000_000)
    assert "<Count>12000</Count>" in all_of_them
    assert len(ids(all_of_them)) == 9_999
    assert "Restrictions achieved" in all_of_them
    assert len(ids(get(ncbi, "esearch", term="all", retstart=9_500, retmax=500))) == 499
    assert "cannot be larger than 9998" in get(ncbi, "esearch", term="all", retstart=9_999)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2019/12/31", "2020/1/1", 29),
        ("2021/03/05", "2021/03/05", 1),
        ("2021", "2021", 1),
        ("2021/04", "3000", 0),
        ("2020", "2021/03", 30),
        ("2021", "", 30),
    ],
)
def test_a_search_may_be_limited_to_days_of_entry_both_ends_included(ncbi, first, last, found):
    ncbi.entered[pmids(30)[3]] = date(2021, 3, 5)
    days = {"datetype": "edat", "mindate": first, "maxdate": last}
    assert f"<Count>{found}</Count>" in get(ncbi, "esearch", term="pain", **days)


def test_the_day_of_entry_is_read_from_a_record(ncbi):
    numbers = ncbi.holds(SHAPES)
    assert ncbi.entered[numbers[0]] == date(2021, 3, 6)


def test_a_search_without_a_term_is_an_error_with_status_200(ncbi):
    assert "<ERROR>Empty term" in get(ncbi, "esearch", term="")


def test_an_unknown_query_finds_nothing_and_says_so(ncbi):
    answer = get(ncbi, "esearch", term="xyzzy")
    assert "<Count>0</Count>" in answer
    assert "<PhraseNotFound>xyzzy</PhraseNotFound>" in answer


def test_records_that_do_not_exist_are_left_out_without_a_word(ncbi):
    answer = get(ncbi, "efetch", id=f"{pmids(1)[0]},1", retmode="xml")
    assert re.findall(r'<PMID Version="1">(\d+)<', answer) == [pmids(1)[0]]
    assert "ERROR" not in answer


def test_no_identifier_at_all_is_a_400(ncbi):
    with pytest.raises(HTTPError) as caught:
        get(ncbi, "efetch", id="abc")
    with caught.value as answer:
        assert (answer.code, b"ID list is empty" in answer.read()) == (400, True)


@pytest.mark.parametrize("util", ["esearch", "epost"])
def test_a_history_is_fetched_in_windows_until_it_expires(ncbi, util):
    params = (
        {"term": "pain", "usehistory": "y"} if util == "esearch" else {"id": ",".join(pmids(30))}
    )
    webenv = re.search("<WebEnv>(.+)</WebEnv>", get(ncbi, util, **params))[1]
    window = get(ncbi, "efetch", WebEnv=webenv, query_key=1, retstart=10, retmax=5)
    assert re.findall(r'<PMID Version="1">(\d+)<', window) == list(pmids(30)[10:15])
    ncbi.histories.clear()
    with pytest.raises(HTTPError) as caught:
        get(ncbi, "efetch", WebEnv=webenv, query_key=1)
    with caught.value as answer:
        assert b"Cannot retrieve history data" in answer.read()


def test_a_summary_has_the_title_and_an_error_for_who_is_missing(ncbi):
    answer = get(ncbi, "esummary", id=f"{pmids(1)[0]},1")
    assert f"<Id>{pmids(1)[0]}</Id>" in answer
    assert "Generated record 1:" in answer
    assert "<ERROR>UID=1: cannot get document summary</ERROR>" in answer


def test_biopythons_own_reader_understands_the_answers(ncbi, tmp_path, monkeypatch):
    monkeypatch.setattr(Entrez, "local_cache", str(tmp_path))
    with urlopen(f"{ncbi.url}/esearch.fcgi?db=pubmed&term=pain") as answer:
        assert Entrez.read(answer)["IdList"] == list(pmids(20))
    with urlopen(f"{ncbi.url}/efetch.fcgi?db=pubmed&id={pmids(1)[0]}") as answer:
        assert len(Entrez.read(answer)["PubmedArticle"]) == 1


def test_too_many_requests_in_a_second_get_a_429():
    with EUtils(per_second=3) as server:
        server.answers(None, pmids(3))
        for _ in range(3):
            get(server, "esearch", term="pain")
        with pytest.raises(HTTPError) as caught:
            get(server, "esearch", term="pain")
        with caught.value as answer:
            assert (answer.code, b"API rate limit exceeded" in answer.read()) == (429, True)


def test_a_fetch_can_be_held_until_it_is_released(ncbi):
    ncbi.hold("efetch", after=1)
    transport = asking(ncbi)
    fetch(transport, pmids(1))
    answers = []
    asker = threading.Thread(target=lambda: answers.append(fetch(transport, pmids(2))))
    asker.start()
    assert ncbi.held.wait(5)
    assert answers == []
    ncbi.release()
    asker.join(5)
    assert len(answers[0].parsed) == 2


def test_by_hand_it_serves_a_whole_file_to_any_query():
    command = [sys.executable, "-m", "tests.eutils", "--xml", str(SHAPES), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = re.search(r"EUTILS_BASE_URL=(\S+) \(44 records\)", process.stdout.readline())[1]
            found = search(asking(url), "anything")
            assert found.count == 44
            assert len(fetch(asking(url), found.pmids).parsed) == 44
        finally:
            process.terminate()
