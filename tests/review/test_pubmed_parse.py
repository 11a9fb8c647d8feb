"""Reading a batch: every record comes out, read or set apart, whatever its neighbours are like."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from review.pubmed.entrez import dtd_of
from review.pubmed.errors import NotXml
from review.pubmed.parse import read
from tests.pubmed_records import HEAD, SHAPES, TAIL, article, document, generated, pmids

ROOT = Path(__file__).parents[2]
NEW_DTD = HEAD.replace("pubmed_250101", "pubmed_990101")
DAMAGES = {
    "a control character": lambda xml: xml.replace("made-up", "made\x02up"),
    "a tag that nobody knows": lambda xml: xml.replace("<Language>", "<Tongue/><Language>"),
    "a tag in a wrong place": lambda xml: xml.replace("<Language>", "<Year>1</Year><Language>"),
    "a tag left open": lambda xml: xml.replace("</ArticleTitle>", ""),
    "an end that is missing": lambda xml: xml.replace("</PubmedArticle>", ""),
    "no number": lambda xml: re.sub(r"<PMID.*?</PMID>", "", xml),
    "letters for a number": lambda xml: re.sub(r"(<PMID.*?>)\d+", r"\1ABC", xml),
    "an unknown entity": lambda xml: xml.replace("made-up", "&unknown;"),
    "no article": lambda xml: re.sub(r"<Article .*</Article>", "", xml),
}


def numbers(batch):
    return [record.citation.pmid for record in batch.parsed]


def test_every_shape_is_read():
    batch = read(SHAPES.read_bytes())
    assert numbers(batch) == [str(number) for number in range(90_000_001, 90_000_045)]
    assert batch.unreadable == ()
    assert not any(record.without_dtd for record in batch.parsed)


def test_the_shapes_are_valid_for_pubmeds_own_dtd():
    dtd = etree.DTD(file=str(dtd_of(SHAPES.read_bytes()).path))
    for xml in (SHAPES.read_bytes(), generated(20)):
        assert dtd.validate(etree.fromstring(xml)), dtd.error_log


def test_generated_records_are_the_same_for_a_seed_and_say_what_they_are():
    assert generated(30, seed=4) == generated(30, seed=4) != generated(30, seed=5)
    batch = read(generated(450))
    assert numbers(batch) == list(pmids(450))
    for record in batch.parsed:
        assert record.citation.title.startswith("Generated record ")
        assert all("generated for tests" in part.text for part in record.citation.abstract)


def test_raw_is_the_record_as_it_came_and_can_be_read_again():
    xml = SHAPES.read_bytes()
    for record in read(xml).parsed:
        assert record.raw in xml
        (again,) = read(record.raw).parsed
        assert (again.citation, again.sha256) == (record.citation, record.sha256)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("place", [0, 6, 12])
def test_one_bad_record_is_set_apart_with_its_xml(damage, place):
    records = [article(number) for number in pmids(13)]
    bad = records[place] = damage(records[place])
    batch = read(document(*records))
    assert numbers(batch) == [n for n in pmids(13) if n != pmids(13)[place]]
    (unreadable,) = batch.unreadable
    assert unreadable.raw.decode() == bad or (
        place == 12 and unreadable.raw.startswith(bad.encode())
    )
    assert unreadable.pmid in (pmids(13)[place], "")
    assert unreadable.problem.startswith("PubMed's record could not be read: ")


@settings(max_examples=10)
@given(st.sets(st.integers(0, 11), max_size=4))
def test_any_mixture_of_good_and_bad_comes_out_complete_and_in_order(bad):
    spoil = DAMAGES["a control character"]
    records = [
        spoil(article(number)) if place in bad else article(number)
        for place, number in enumerate(pmids(12))
    ]
    batch = read(document(*records))
    assert numbers(batch) == [n for place, n in enumerate(pmids(12)) if place not in bad]
    assert [one.pmid for one in batch.unreadable] == [pmids(12)[place] for place in sorted(bad)]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("a tag that nobody knows", "it holds <Tongue>, which PubMed's format does not have."),
        ("a control character", "its XML is damaged: not well-formed (invalid token)"),
        ("an unknown entity", "it uses &unknown;, which is not defined."),
        ("no number", "it has no PMID or no article."),
    ],
)
def test_the_reason_is_given_in_words_for_reviewers(damage, why):
    (bad,) = read(document(DAMAGES[damage](article(7)))).unreadable
    assert why in bad.problem


def test_a_cut_document_gives_its_whole_records_and_the_rest():
    xml = generated(5)
    batch = read(xml[: xml.index(b"record 5")])
    assert numbers(batch) == list(pmids(4))
    assert [bad.pmid for bad in batch.unreadable] == [pmids(5)[4]]


@pytest.mark.parametrize("nothing", [HEAD + TAIL, "<?xml version='1.0'?><PubmedArticleSet/>"])
def test_an_empty_set_is_an_empty_batch(nothing):
    batch = read(nothing.encode())
    assert (batch.parsed, batch.unreadable) == ((), ())


@pytest.mark.parametrize("other", [b"", b"<html/>", b"PMID- 1", b"<?xml version='1.0'?><eSearch/>"])
def test_something_else_is_no_empty_batch(other):
    with pytest.raises(NotXml):
        read(other)


def test_a_new_years_dtd_is_read_offline_and_said(monkeypatch):
    import Bio.Entrez.Parser

    def no_network(url):
        raise AssertionError(f"tried to download {url}")

    monkeypatch.setattr(Bio.Entrez.Parser, "urlopen", no_network)
    novel = article(pmids(2)[1], "New <b>and</b> <novel>kept</novel> words.").replace(
        "<Language>", "<Novelty><Year>1</Year></Novelty><Pagination/><Language>"
    )
    batch = read((NEW_DTD + article(pmids(2)[0]) + novel + TAIL).encode())
    assert [record.citation.title for record in batch.parsed] == [
        "A made-up record.",
        "New <b>and</b> kept words.",
    ]
    assert all(record.without_dtd for record in batch.parsed)
    assert b"<Novelty>" in batch.parsed[1].raw


@pytest.mark.parametrize("name", ["pubmed_150101", "pubmed_190101", "pubmed_240101"])
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_older_dtds_give_the_same_citation(name, scheme):
    head = HEAD.replace("pubmed_250101", name).replace("https://", f"{scheme}://")
    (record,) = read((head + article(7, "The <i>same</i> words.") + TAIL).encode()).parsed
    assert record.citation.title == "The <i>same</i> words."
    assert record.citation.authors[0].short == "Okafor A"
    assert not record.without_dtd


def test_a_record_is_judged_by_the_dtd_of_its_own_year():
    created = "<DateCreated><Year>2014</Year><Month>1</Month><Day>2</Day></DateCreated>"
    record = article(7).replace("<DateRevised>", f"{created}<DateRevised>")
    old = read((HEAD.replace("pubmed_250101", "pubmed_150101") + record + TAIL).encode())
    new = read((HEAD + record + TAIL).encode())
    assert (numbers(old), [bad.pmid for bad in new.unreadable]) == (["7"], ["7"])


def test_entities_of_a_hostile_document_are_not_expanded():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY e0 "ha">{levels}]>'
    secret = '<!DOCTYPE PubmedArticleSet [<!ENTITY e11 SYSTEM "file:///etc/passwd">]>'
    for prolog in (bomb, f'<?xml version="1.0"?>{secret}'):
        started = time.monotonic()
        body = f"<PubmedArticleSet>{article(7, '&e11;')}{article(8)}</PubmedArticleSet>"
        batch = read((prolog + body).encode())
        assert time.monotonic() - started < 1
        assert numbers(batch) == ["8"]
        assert [bad.pmid for bad in batch.unreadable] == ["7"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_the_encoding_that_a_document_declares_is_used(encoding):
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    xml = (HEAD + article(7, "Douleur à l’été".replace("’", "'")) + TAIL).replace("UTF-8", declared)
    (record,) = read(xml.encode(encoding)).parsed
    assert record.citation.title == "Douleur à l'été"
    assert "à l'été" in record.raw.decode()


def test_the_fingerprint_sees_words_and_not_indentation():
    (flat,) = read(document(article(7))).parsed
    (indented,) = read(document(article(7).replace("><", ">\n  <"))).parsed
    (changed,) = read(document(article(7, "Another record."))).parsed
    assert flat.sha256 == indented.sha256 != changed.sha256
    assert flat.raw != indented.raw


def test_reading_needs_no_home_folder(tmp_path):
    no_folder = tmp_path / "home"
    no_folder.write_text("a file, so that not even root can make a folder in it")
    program = (
        "import sys; from review.pubmed.parse import read;"
        "print(len(read(sys.stdin.buffer.read()).parsed))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=generated(3),
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "HOME": str(no_folder), "TMPDIR": str(tmp_path)},
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (b"3", b"")


def test_the_cache_folder_is_where_it_was_told_to_be(tmp_path):
    program = (
        "import sys; from review.pubmed.entrez import use_cache; use_cache(sys.argv[1]);"
        "from review.pubmed.parse import read; read(sys.stdin.buffer.read())"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "entrez")],
        input=generated(1),
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path / "home")},
        check=True,
    )
    assert (tmp_path / "entrez").is_dir()
    assert not (tmp_path / "home").exists()
