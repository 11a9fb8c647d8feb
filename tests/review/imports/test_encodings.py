"""Bytes become the letters that were meant, or the person is asked; never other letters quietly."""

from __future__ import annotations

import pytest

from tests.review.imports.files import citations, entries, looked_at, sentences

TITLE = "Über die Wirkung – bei Søren Müller"
TEXT = f"TY  - JOUR\nTI  - {TITLE}\nER  - \n"
CHINESE = "TY  - JOUR\nTI  - 低剂量纳曲酮治疗纤维肌痛的随机对照试验\nER  - \n"
RUSSIAN = "TY  - JOUR\nTI  - Состояние рецепторного аппарата при гиперплазиях\nER  - \n"
JAPANESE = "TY  - JOUR\nTI  - 線維筋痛症に対する低用量ナルトレキソンの試験\nER  - \n"


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_letters_are_read_as_they_were_meant(codec: str) -> None:
    (found,) = citations(TEXT.encode(codec))
    assert found.title == TITLE


def test_latin_1_is_read_too() -> None:
    (found,) = citations("TY  - JOUR\nTI  - Søren Müller\nER  - \n".encode("latin-1"))
    assert found.title == "Søren Müller"


def test_a_guess_among_western_encodings_says_that_it_is_one() -> None:
    assert not looked_at(TEXT.encode("cp1252")).encoding.sure
    assert looked_at(TEXT.encode()).encoding.sure


@pytest.mark.parametrize(
    ("text", "codec"),
    [(CHINESE, "gb18030"), (RUSSIAN, "cp1251"), (JAPANESE, "shift_jis")],
)
def test_letters_that_nobody_can_know_are_asked_for(text: str, codec: str) -> None:
    assert looked_at(text.encode(codec)).encoding.name == ""


@pytest.mark.parametrize(
    ("text", "codec"), [(CHINESE, "gb18030"), (RUSSIAN, "cp1251"), (JAPANESE, "shift_jis")]
)
def test_a_chosen_encoding_is_used(text: str, codec: str) -> None:
    found, problems = entries(text.encode(codec), format="ris", encoding=codec)
    assert problems == []
    assert found[0].citation.title == text.split("\n")[1].removeprefix("TI  - ")


def test_bytes_that_do_not_fit_are_repaired_and_listed() -> None:
    raw = f"TY  - JOUR\nTI  - {TITLE}\nAU  - ".encode() + b"M\xfcller, J\xf6rg\nER  - \n"
    found, problems = entries(raw)
    assert found[0].citation.title == TITLE
    assert found[0].citation.authors[0].last == "Müller"
    assert sentences(problems) == (
        "Line 3: Some bytes are not UTF-8. They were read as Windows Western (1252); look at this "
        "entry's letters."
    )


def test_nul_and_control_characters_are_left_out_and_listed() -> None:
    found, problems = entries(b"TY  - JOUR\nTI  - A\x00 tri\x07al\nER  - \n")
    assert found[0].citation.title == "A trial"
    assert "Line 2: Characters that are not text (such as NUL)" in sentences(problems)


def test_letters_that_were_lost_before_the_file_was_made_are_pointed_out() -> None:
    _, problems = entries("TY  - JOUR\nTI  - MÃ¼ller and M\ufffdller\nER  - \n")
    assert "In 1 lines letters look wrong" in sentences(problems)


def test_windows_quotes_that_were_taken_for_controls_come_back() -> None:
    (found,) = citations("TY  - JOUR\nTI  - \x93Pain\x94 \x96 a trial\nER  - \n")
    assert found.title == "“Pain” – a trial"


def test_rare_letters_stay_what_they_are() -> None:
    title = "e\u0301 \u202e rtl \U0001f9ea 試験 ﬁ no\u00a0break"
    (found,) = citations(f"TY  - JOUR\nTI  - {title}\nER  - \n")
    assert found.title == title
