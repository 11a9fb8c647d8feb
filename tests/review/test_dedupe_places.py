"""Volumes, issues, pages, journals and words of titles, however a source writes them."""

from __future__ import annotations

import pytest

from review.dedupe import journals, places
from review.dedupe.places import place
from review.dedupe.titles import title
from review.dedupe.wording import same_words
from review.dedupe.words import mend, normal, solid


@pytest.mark.parametrize(
    ("written", "volume", "issue", "first", "last"),
    [
        (("65", "2", "529-38"), "65", "2", "529", "538"),
        (("Vol. 065", "No. 2", "pp. 529–538"), "65", "2", "529", "538"),
        (("65", "2", "529"), "65", "2", "529", ""),
        (("23 Suppl. 2", "", "S227-30"), "23", "", "s227", "s230"),
        (("14", "", "e0192222"), "14", "", "192222", ""),
        (("13 (2) (no pagination)", "e0192222", ""), "13", "2", "192222", ""),
        (("13 (2) (no pagination)", "Article 178", ""), "13", "2", "178", ""),
        (("167", "", "06-Oct"), "167", "", "6", "10"),
        (("167", "03-Apr", "Oct-15"), "167", "3", "10", "15"),
        (("3)", "", "S613"), "", "", "s613", ""),
        (("Current Topics. 4", "", "v-vii"), "4", "", "v", "vii"),
        (("A conference of the whole society", "", ""), "", "", "", ""),
        (("", "", "No - Specified"), "", "", "", ""),
    ],
)
def test_a_place_is_read_as_it_was_meant(
    written: tuple[str, str, str], volume: str, issue: str, first: str, last: str
) -> None:
    read = place(*written)
    assert (read.volume, read.issue, read.first, read.last) == (volume, issue, first, last)


@pytest.mark.parametrize(
    ("a", "b", "agree", "clash"),
    [
        ("529-538", "529-38", True, False),
        ("e158-66", "158", True, False),
        ("529-538", "592-600", False, True),
        ("2097-2108", "2297-2108", False, False),  # the first page is mistyped
        ("1-13", "29", False, False),  # an article's number
        ("1-13", "29-41", False, True),
        ("S197-S201", "197", False, True),
        ("529", "", False, False),
    ],
)
def test_first_pages_agree_clash_or_say_nothing(a: str, b: str, agree: bool, clash: bool) -> None:
    one, other = place("65", "2", a), place("65", "2", b)
    assert (places.pages_same(one, other), places.pages_differ(one, other)) == (agree, clash)


def test_pages_of_one_supplement_agree_with_and_without_their_s() -> None:
    assert places.pages_same(place("24", "Suppl 1", "197"), place("24", "", "S197"))


def test_supplements_of_one_volume_are_told_apart_by_their_numbers() -> None:
    assert places.issues_differ(place("24", "Suppl 1", ""), place("24", "Suppl. 2", ""))
    assert not places.issues_differ(place("24", "Suppl 1", ""), place("24", "", "S197"))


def test_volume_and_issue_that_changed_places_agree() -> None:
    one, other = place("65", "2", ""), place("2", "65", "")
    assert places.volumes_same(one, other)
    assert not places.volumes_differ(one, other)
    assert not places.issues_differ(one, other)


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("Arthritis and rheumatism", "Arthritis Rheum.", 1.0),
        ("The Lancet (London, England)", "Lancet", 1.0),
        ("Stroke; a journal of cerebral circulation", "Stroke (00392499)", 1.0),
        ("JAMA - Journal of the American Medical Association", "JAMA", 1.0),
        ("Proc. Natl. Acad. Sci. U.S.A.", "Proceedings of the National Academy of Sciences of "
         "the United States of America", 1.0),
        ("Brain", "Brain Research", 0.6),
    ],
)  # fmt: skip
def test_a_journal_is_known_by_its_short_name(a: str, b: str, likeness: float) -> None:
    assert journals.alike(journals.journal(a), journals.journal(b)) == likeness


def test_a_journal_with_one_word_more_may_be_another() -> None:
    pair = map(journals.journal, ("Journal of Pain", "European Journal of Pain"))
    assert (journals.alike(*pair) or 1) <= 0.6


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("A randomised trial of oestrogen", "Randomized trial of estrogen"),
        ("Low dose naltrexone", "Lowdose naltrexone"),
        ("Haemoglobin in paediatric centres", "Hemoglobin in pediatric centers"),
        ("Naltrexone in fibromyalgia", "Naltrexone in fibromialgia"),
        ("Effects of drug", "Effect of drugs"),
    ],
)
def test_spellings_of_a_word_are_one_word(a: str, b: str) -> None:
    assert same_words(normal(a), normal(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Pain in men", "Pain in women"),
        ("Depression with psychosis", "Depression without psychosis"),
        ("Hypertension in rats", "Hypotension in rats"),
        ("Symptomatic stenosis", "Asymptomatic stenosis"),
        ("Afferent nerves", "Efferent nerves"),
        ("Acute pain", "Chronic pain"),
        ("In vitro studies", "In vivo studies"),
        ("Hepatitis B in Kenya", "Hepatitis C in Kenya"),
        ("Prednisone for gout", "Prednisolone for gout"),
    ],
)
def test_words_that_make_another_study_are_not_the_same(a: str, b: str) -> None:
    assert not same_words(normal(a), normal(b))
    assert not same_words(normal(b), normal(a))


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        ("KÃ¶nig", "König"),
        ("Hrub<U+00FD>", "Hrubý"),
        ("âCrohnâs disease", "âCrohnâs disease"),
        ("naïve", "naïve"),
        ("São Paulo", "São Paulo"),
    ],
)
def test_letters_that_a_program_garbled_are_mended(garbled: str, meant: str) -> None:
    assert mend(garbled) == meant


def test_markup_that_is_not_kept_does_not_count() -> None:
    assert solid("sigma<inf>1</inf> and <em>H<sub>2</sub>O</em>") == "sigma1andh2o"
    assert solid("p < 0.05 in 3 > 2") == "p005in32"


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("[Naltrexone in fibromyalgia].", True),
        ("[Naltrexone in fibromyalgia]. [German]", True),
        ("Zur Wirkung von Naltrexon bei Frauen", True),
        ("Étude des effets de la naltrexone", True),
        ("線維筋痛症に対するナルトレキソン", True),
        ("Naltrexone in fibromyalgia", False),
        ("[3H]Naloxone in the brain", False),
        ("In vitro effects of de novo synthesis", False),
    ],
)
def test_a_title_in_another_language_is_known(text: str, foreign: bool) -> None:
    assert title(text).foreign == foreign


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Study of 10,000 women", "Study of 10000 women"),
        ("Iodine I 123 in women", "Iodine 123I in women"),
    ],
)
def test_spellings_of_a_number_are_one_number(a: str, b: str) -> None:
    assert title(a).numbers == title(b).numbers
