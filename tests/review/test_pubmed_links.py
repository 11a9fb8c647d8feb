"""Following citations in PubMed: each record's own links, and no silence taken for none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review.pubmed.errors import BadKey, NotXml, PubmedError
from review.pubmed.links import CITED_IN, REFERENCES, follow, linked
from review.pubmed.transport import Retrying, Transport
from tests import eutils_answers as answers
from tests import eutils_faults as faults
from tests.eutils import EUtils

CITING = {"101": ["201", "202"], "102": ["202", "203"], "103": []}


@pytest.fixture
def pubmed() -> Iterator[EUtils]:
    with EUtils() as server:
        server.links = {CITED_IN: CITING, REFERENCES: {"101": ["55"]}}
        yield server


def ask(server: EUtils, tries: int = 3) -> Transport:
    retrying = Retrying(tries=tries, sleep=lambda seconds: None)
    return Transport(server.url, "winnow", "team@example.org", retrying=retrying)


def test_every_record_has_links_of_its_own(pubmed: EUtils) -> None:
    found = follow(ask(pubmed), ["101", "102", "103"], CITED_IN)
    assert found == {"101": ("201", "202"), "102": ("202", "203"), "103": ()}
    assert [asked.params["id"] for asked in pubmed.asked("elink")] == ["101&102&103"]


def test_references_are_links_of_another_name(pubmed: EUtils) -> None:
    assert follow(ask(pubmed), ["101"], REFERENCES) == {"101": ("55",)}


def test_many_records_are_asked_for_in_batches(pubmed: EUtils) -> None:
    pmids = [str(number) for number in range(1000, 1250)]
    assert set(follow(ask(pubmed), pmids, CITED_IN)) == set(pmids)
    assert [len(asked.params["id"].split("&")) for asked in pubmed.asked("elink")] == [100, 100, 50]


def test_a_record_without_an_answer_is_asked_for_again(pubmed: EUtils) -> None:
    silent = faults.replaced("<Id>101</Id>", "<Id>999</Id>")
    pubmed.misbehave(silent, util="elink")
    assert follow(ask(pubmed), ["101", "102"], CITED_IN)["101"] == ("201", "202")
    pubmed.misbehave(silent, util="elink", times=2)
    with pytest.raises(NotXml, match="no answer about the links of 101"):
        follow(ask(pubmed), ["101"], CITED_IN)


@pytest.mark.parametrize(
    "fault",
    [faults.web_page(), faults.nothing(), faults.cut_short(), faults.status(502), faults.reset()],
)
def test_a_fault_is_tried_again_and_never_means_no_links(
    pubmed: EUtils, fault: faults.Fault
) -> None:
    pubmed.misbehave(fault, util="elink")
    assert follow(ask(pubmed), ["101"], CITED_IN)["101"] == ("201", "202")
    pubmed.misbehave(fault, util="elink", times=3)
    with pytest.raises(PubmedError):
        follow(ask(pubmed), ["101"], CITED_IN)


def test_an_error_deep_in_the_answer_is_an_error() -> None:
    sets = [([str(number)], [str(number + 1)]) for number in range(500)]
    xml = answers.elink(CITED_IN, sets).body
    late = xml.replace(b"</eLinkResult>", b"<ERROR>Server busy</ERROR></eLinkResult>")
    with pytest.raises(NotXml):
        list(linked(late, CITED_IN))


def test_a_refused_key_is_said(pubmed: EUtils) -> None:
    pubmed.misbehave(faults.refused_key("k"), util="elink")
    with pytest.raises(BadKey):
        follow(ask(pubmed), ["101"], CITED_IN)
