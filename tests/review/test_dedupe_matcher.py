"""Whole sets of records: clusters, the queue, and rules that hold for any order and portion."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from review.citation import Author, Citation, Section
from review.dedupe import Matcher, group, keys, match
from review.dedupe.index import CAP
from review.dedupe.vetoes import VETOES
from review.dedupe.words import solid
from tests.bench.citations import made_up
from tests.review.dedupe_cases import ARTICLE, OTHERS, RESULTS, TITLE, UNLIKE, YOUNGER, listed, told

TITLES = [TITLE, TITLE.upper(), f"{TITLE} II", f"Erratum: {TITLE}", f"{TITLE} in men", "Editorial"]
PEOPLE = [*YOUNGER, *OTHERS, Author("YOUNGER J.")]
variants = st.builds(
    Citation,
    identifier=st.just("x"),
    title=st.sampled_from([*TITLES, ""]) | st.text(max_size=30),
    vernacular_title=st.sampled_from(["", TITLE, "Schmerz"]),
    abstract=st.sampled_from([(), (Section("", RESULTS),), (Section("", UNLIKE),)]),
    authors=st.lists(st.sampled_from(PEOPLE), max_size=4).map(tuple),
    journal=st.sampled_from(["", "Pain", "Arthritis and rheumatism", "Arthritis Rheum", "medRxiv"]),
    year=st.sampled_from([None, 2013, 2014]),
    volume=st.sampled_from(["", "65", "10"]),
    issue=st.sampled_from(["", "2", "3", "2 Suppl 1"]),
    pages=st.sampled_from(["", "529-38", "529-538", "S12", "1-9"]),
    doi=st.sampled_from(["", "10.1002/art.37734", "10.1016/j.pain.2009.01.001"]),
    pmid=st.sampled_from(["", "23359310", "19453963"]),
)
FEW = settings(max_examples=40)
sets = st.lists(variants, max_size=9).map(
    lambda found: [replace(each, identifier=f"r{n}") for n, each in enumerate(found)]
)


@given(variants, variants)
def test_the_order_of_two_records_does_not_matter(a: Citation, b: Citation) -> None:
    assert match(a, b) == match(b, a)


@given(variants)
def test_a_record_listed_twice_with_its_identifiers_is_one_report(a: Citation) -> None:
    titled = solid(a.title) or solid(a.vernacular_title)
    if titled and a.pmid:
        assert match(a, a).same


@given(variants, variants)
def test_merged_records_share_a_key_so_an_index_finds_them(a: Citation, b: Citation) -> None:
    if match(a, b).same:
        assert keys(a) & keys(b)


@given(variants, variants)
def test_a_merged_pair_has_a_rule_and_a_queued_one_a_reason(a: Citation, b: Citation) -> None:
    found = match(a, b)
    assert not (found.same and found.ask)
    assert bool(found.same) <= bool(found.rule and found.similarities)
    assert bool(found.ask) <= bool(found.why and 0 <= found.score <= 1 and found.similarities)


@FEW
@given(sets, st.randoms(use_true_random=False))
def test_the_outcome_does_not_depend_on_the_order(found: list[Citation], random: object) -> None:
    turned = found[:]
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert group(turned) == group(found)


@FEW
@given(sets, st.integers(0, 9), st.integers(0, 9))
def test_records_added_in_portions_give_the_same_as_all_at_once(
    found: list[Citation], one: int, other: int
) -> None:
    matcher = Matcher()
    first, second = sorted((one, other))
    for portion in (found[:first], found[first:second], found[second:]):
        matcher.add(portion)
    assert matcher.groups() == group(found)


@FEW
@given(sets)
def test_no_cluster_holds_two_records_that_cannot_be_one_report(found: list[Citation]) -> None:
    by_id = {each.identifier: each for each in found}
    hard = {veto.name for veto in VETOES if veto.hard}
    for cluster in group(found).clusters:
        for a in cluster:
            for b in cluster:
                assert match(by_id[a], by_id[b]).veto not in hard


@FEW
@given(sets)
def test_every_record_is_in_one_cluster(found: list[Citation]) -> None:
    named = [name for cluster in group(found).clusters for name in cluster]
    assert sorted(named) == sorted(each.identifier for each in found)


def named(*found: Citation) -> list[Citation]:
    return [
        replace(each, identifier=letter) for each, letter in zip(found, "abcdefgh", strict=False)
    ]


def test_matching_its_own_outcome_again_changes_nothing() -> None:
    found = named(ARTICLE, told(), listed(pages=""), listed(title=f"{TITLE} II"))
    matcher = Matcher()
    matcher.add(found)
    assert matcher.groups() == matcher.groups()
    assert matcher.groups().clusters == (("a", "b", "c"), ("d",))


def test_a_chain_never_joins_what_is_told_apart() -> None:
    """Two editions agree with a poor record each, but not with one another."""
    first = replace(ARTICLE, pmid="", doi="")
    second = replace(first, year=2014, volume="66")
    poor = told(volume="", issue="", year=2014, pages="529-38")
    outcome = group(named(first, second, poor))
    assert outcome.clusters == (("a",), ("b", "c"))
    (asked,) = outcome.queue
    assert not asked.match.same


def test_the_likeliest_question_comes_first_and_stands_for_its_clusters() -> None:
    likely = listed(volume="", issue="", pages="")
    unlikely = listed(title=f"Erratum: {TITLE}", pages="1108", issue="9")
    outcome = group(named(ARTICLE, told(), likely, unlikely))
    assert [{each.a, each.b} & {"c", "d"} for each in outcome.queue] == [{"c"}, {"c", "d"}, {"d"}]
    scores = [each.match.score for each in outcome.queue]
    assert scores == sorted(scores, reverse=True)


def test_two_clusters_with_other_pmids_are_not_asked_about() -> None:
    bare = told(journal="Another journal of pain", volume="", issue="", pages="")
    one, other = named(ARTICLE, replace(bare, pmid="19453963"))
    assert group([one, other]).queue == ()


def test_a_key_that_very_many_records_share_compares_nothing() -> None:
    """A whole supplement under one DOI is not compared each with each."""
    many = [
        Citation(identifier=f"{n:03}", doi="10.1002/art.suppl", title=f"Abstract {n}")
        for n in range(CAP + 5)
    ]
    assert len(group(many).clusters) == CAP + 5


def test_made_up_records_of_seven_vendors_lose_no_document() -> None:
    """The set of the benchmark, small: parts, errata, abstracts, editions, preprints stay apart."""
    known = list(made_up(800, seed=4))
    truth = {each.citation.identifier: each.document for each in known}
    outcome = group(each.citation for each in known)
    for cluster in outcome.clusters:
        assert len({truth[name] for name in cluster}) == 1, cluster
    copies = len(truth) - len(set(truth.values()))
    found = len(truth) - len(outcome.clusters)
    assert found / copies > 0.95
