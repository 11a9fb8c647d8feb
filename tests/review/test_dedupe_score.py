"""How alike titles, names, journals and abstracts are, however a source writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.citation import Author, Section
from review.dedupe import abstracts_alike, authors_alike, journals_alike, titles_alike
from review.dedupe.notices import notice
from review.dedupe.titles import title


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Low-dose naltrexone in Crohn’s disease", "LOW DOSE NALTREXONE IN CROHN'S DISEASE."),
        ("<sup>3</sup>H-naloxone &amp; <i>N</i>-oxides", "3H-naloxone, N-oxides"),
        ("β-Endorphin and pain", "Beta-endorphin and pain"),
        ("Schmerz bei Ménière-Krankheit", "Schmerz bei Meniere Krankheit"),
        ("RETRACTED: Naltrexone and pain", "Naltrexone and pain"),
        ("[RETRACTED] Naltrexone and pain", "Naltrexone and pain"),
        ("RETRACTED ARTICLE: Naltrexone and pain", "Naltrexone and pain [Retracted]"),
        ("Naltrexone and pain. [Review] [54 refs]", "Naltrexone and pain"),
        ("Naltrexone and pain [Erratum appears in Pain 2009;141:2]", "Naltrexone and pain"),
        ("[Naltrexone and pain].", "Naltrexone and pain. [Chinese]"),
    ],
)  # fmt: skip
def test_spellings_of_one_title_are_the_same(a: str, b: str) -> None:
    assert titles_alike(a, b) == 1.0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Retraction notice to Naltrexone and pain", "Naltrexone and pain"),
        ("Naltrexone and pain [Spanish version]", "Naltrexone and pain"),
        ("Withdrawn patients in trials of pain", "Patients in trials of pain"),
        ("", ""),
        ("Naltrexone", ""),
    ],
)
def test_other_titles_are_not_the_same(a: str, b: str) -> None:
    assert titles_alike(a, b) < 1.0


@given(st.text(max_size=40), st.text(max_size=40))
def test_title_likeness_is_symmetric_and_between_0_and_1(a: str, b: str) -> None:
    assert titles_alike(a, b) == titles_alike(b, a)
    assert 0.0 <= titles_alike(a, b) <= 1.0


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Part II: pain", {"2"}),
        ("Second part: pain", {"2"}),
        ("Pain, part 2", {"2"}),
        ("Naltrexone v placebo", set()),
        ("Phase V of the study", {"5"}),
        ("Study of factor XIII in IgA nephritis", {"13"}),
        ("5-HT1A and 5-HT(1A)", {"5", "1"}),
        ("Part B", {"b"}),
        ("Vitamin C and pain", set()),
        ("XXIV meeting, 2012", {"24", "2012"}),
    ],
)
def test_numbers_of_a_title_are_read_in_any_notation(text: str, numbers: set[str]) -> None:
    assert {number for number, _ in title(text).numbers} == numbers


def test_a_number_that_stands_twice_counts_twice() -> None:
    assert title("Pain 2 of 2").numbers != title("Pain 2").numbers


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Erratum to: Naltrexone and pain", "erratum"),
        ("Publisher Correction: Naltrexone and pain", "erratum"),
        ("Correction of anaemia and pain", ""),
        ("Notice of retraction: Naltrexone and pain", "retraction"),
        ("Expression of concern. Naltrexone and pain", "expression of concern"),
        ("Author's reply: naltrexone and pain", "reply"),
        ("In reply", "reply"),
        ("Reply", "reply"),
        ("Commentary on naltrexone and pain", "comment"),
        ("Comments on naltrexone", "comment"),
        ("Re-evaluation of naltrexone", ""),
        ("Naltrexone and pain: protocol for a randomised trial", "protocol"),
        ("Naltrexone and pain", ""),
        ("", ""),
    ],
)
def test_notices_are_told_from_articles_by_their_titles(text: str, kind: str) -> None:
    assert notice(text) == kind


SAME_PERSON = [
    (Author("Younger", "Jarred", "J"), Author("Younger", "", "J")),
    (Author("Younger", "Jarred"), Author("YOUNGER J.")),
    (Author("Younger, Jarred"), Author("Younger J")),
    (Author("Younger"), Author("Younger", "Jarred W")),
    (Author("Santos-Torres", "J"), Author("Santos Torres", "Julio")),
    (Author("Santos-Torres", "J"), Author("Santos", "J")),
    (Author("van Iterson", "M"), Author("vanIterson", "M")),
    (Author("De la Cruz", "A"), Author("Cruz", "A")),
    (Author("Szczęsny", "Łukasz"), Author("Szczesny", "L")),
    (Author("McEwen", "Bruce S"), Author("Mc Ewen", "B")),
    (Author("LDN Study Group", group=True), Author("L.D.N. Study Group", group=True)),
    (Author("Papassotiropoulos", "A"), Author("Papassotiropulos", "A")),
]


@pytest.mark.parametrize(("a", "b"), SAME_PERSON)
def test_two_spellings_of_a_name_are_one_person(a: Author, b: Author) -> None:
    assert authors_alike([a], [b]) == 1.0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Author("Younger", "Jarred"), Author("Younger", "Alice")),
        (Author("Li", "W"), Author("Lin", "W")),
        (Author("Mackey", "Sean"), Author("Noor", "Noorulain")),
    ],
)
def test_other_people_are_not_one_person(a: Author, b: Author) -> None:
    assert authors_alike([a], [b]) == 0.0


def test_a_list_cut_with_et_al_agrees_with_the_whole_one() -> None:
    whole = [Author("Younger", "J"), Author("Noor", "N"), Author("McCue", "R")]
    assert authors_alike(whole, [whole[0], Author("et al.")]) == 1.0


def test_the_order_of_authors_does_not_matter() -> None:
    whole = [Author("Younger", "J"), Author("Noor", "N"), Author("McCue", "R")]
    assert authors_alike(whole, whole[::-1]) == 1.0


@pytest.mark.parametrize("listed", [[], [Author("Anonymous")], [Author("et al")]])
def test_a_missing_author_list_supports_nothing(listed: list[Author]) -> None:
    assert authors_alike(listed, [Author("Younger", "J")]) == 0.0
    assert authors_alike(listed, listed) == 0.0


@pytest.mark.parametrize(
    ("a", "b", "least", "most"),
    [
        ("BMJ", "British Medical Journal", 1.0, 1.0),
        ("Arthritis Rheum.", "Arthritis and rheumatism", 1.0, 1.0),
        ("Pain", "PAIN", 1.0, 1.0),
        ("Pain", "The Lancet", 0.0, 0.5),
    ],
)
def test_an_abbreviated_journal_is_its_journal(a: str, b: str, least: float, most: float) -> None:
    alike = journals_alike(a, b)
    assert alike is not None
    assert least <= alike <= most
    assert alike == journals_alike(b, a)


def test_nothing_is_said_about_a_missing_journal() -> None:
    assert journals_alike("", "Pain") is None


def test_an_abstract_cut_by_one_source_is_still_the_same() -> None:
    text = "Thirty-one women took the drug and a matching capsule in turn. " * 4
    labelled = [Section("RESULTS", text)]
    assert abstracts_alike(labelled, [Section("", f"RESULTS: {text[:150]}")]) == 1.0


def test_a_few_words_of_abstract_say_nothing() -> None:
    assert abstracts_alike([Section("", "No abstract available")], [Section("", "x" * 500)]) is None
