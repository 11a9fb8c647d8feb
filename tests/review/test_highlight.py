"""Words are marked where they are, by style as well as colour, and nothing else changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import markup
from review.highlight import EXCLUDE, INCLUDE, NEUTRAL, Highlights, Phrase, fault

LETTERS = st.text(alphabet="abAB *.()[]\\\\+?^$<>&;/i -\u00e9", max_size=40)


def found(text: str, *words: str) -> list[str]:
    """What is marked of a text, in order."""
    marks = Highlights(Phrase(word, NEUTRAL) for word in words).spans(text)
    return [text[start:end] for start, end, _ in marks]


@pytest.mark.parametrize(
    ("words", "text", "marked"),
    [
        ("naltrexone", "Low-dose Naltrexone for pain", ["Naltrexone"]),
        ("pain", "painful, pain-free, Pain.", ["pain", "Pain"]),
        ("random*", "A randomised, randomly allotted trial", ["randomised", "randomly"]),
        ("*domised", "randomised", ["randomised"]),
        ("fibromyalg*", "fibromyalgia", ["fibromyalgia"]),
        ("low dose", "low\n dose, low-dose", ["low\n dose"]),
        ("4.5 mg", "4.5 mg, 415 mg", ["4.5 mg"]),
        ("c++", "in C++ and C", ["C++"]),
        ("(LDN)", "naltrexone (LDN)", ["(LDN)"]),
        ("na\u00efve", "opioid-na\u00efve", ["na\u00efve"]),
    ],
)
def test_a_phrase_is_whole_words_and_an_asterisk_more_letters(
    words: str, text: str, marked: list[str]
) -> None:
    assert found(text, words) == marked


def test_the_longer_phrase_wins_and_at_the_same_letter_what_speaks_against() -> None:
    phrases = [Phrase("pain", INCLUDE), Phrase("pain model", EXCLUDE), Phrase("opioid", NEUTRAL)]
    assert Highlights(phrases).html("Pain in an opioid pain model") == (
        '<mark class="mark-include">Pain</mark> in an <mark class="mark-neutral">opioid</mark> '
        '<mark class="mark-exclude">pain model</mark>'
    )


def test_a_phrase_is_found_across_tags_and_entities() -> None:
    marked = Highlights([Phrase("CO2 & air", NEUTRAL)]).html("CO<sub>2</sub> &amp; air <b>x</b>")
    assert marked == (
        '<mark class="mark-neutral">CO</mark><sub><mark class="mark-neutral">2</mark></sub>'
        '<mark class="mark-neutral"> &amp; air</mark> <b>x</b>'
    )


def test_outside_text_stays_text_inside_a_mark() -> None:
    marked = Highlights([Phrase("<script>*", EXCLUDE)]).html("<script>alert</script>")
    assert "<script>" not in marked
    assert marked.startswith('<mark class="mark-exclude">&lt;script&gt;alert</mark>')


@given(text=LETTERS, words=st.lists(LETTERS.filter(lambda words: not fault(words)), max_size=4))
def test_marks_change_nothing_but_marks(text: str, words: list[str]) -> None:
    marked = Highlights(Phrase(word, NEUTRAL) for word in words).html(text)
    assert re.sub(r'</?mark( class="mark-neutral")?>', "", marked) == markup.html(text)


def test_no_phrase_is_looked_for_without_end() -> None:
    """Without the bound on what an asterisk stands for this takes hours."""
    slow = Highlights([Phrase("a*a*a*b", NEUTRAL), Phrase("a* a* a* b", NEUTRAL)])
    assert slow.spans("a" * 100_000) == slow.spans("a " * 50_000) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("naltrexone", ""),
        ("a*b*c*d*", "more than 3 asterisks"),
        ("*", "fewer than two letters"),
        ("x" * 81, "longer than 80"),
    ],
)
def test_what_cannot_be_looked_for_is_said(words: str, why: str) -> None:
    assert why in fault(words)
    assert bool(fault(words)) == bool(why)
