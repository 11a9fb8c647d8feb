"""Damaged RIS: what can be read is read, the rest is listed with its line, nothing is silent."""

from __future__ import annotations

import pytest

from tests.review.imports.files import citations, data, entries, extra, one, sentences

GOOD = "TY  - JOUR\nTI  - First\nER  - \n\nTY  - JOUR\nTI  - Second\nER  - \n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(end: str) -> None:
    raw = GOOD.replace("\n", end).encode()
    assert [found.title for found in citations(raw)] == ["First", "Second"]


def test_entry_without_its_end_is_kept_and_listed() -> None:
    found, problems = entries("TY  - JOUR\nTI  - First\n\nTY  - JOUR\nTI  - Second\nER  - \n")
    assert [entry.citation.title for entry in found] == ["First", "Second"]
    assert sentences(problems) == (
        "Line 1: This entry has no end mark (ER). All up to the next entry was kept as its own."
    )


def test_last_entry_without_its_end_is_kept_and_listed() -> None:
    found, problems = entries(GOOD + "\nTY  - JOUR\nTI  - Cut off\nAB  - Nobody took")
    assert found[-1].citation.title == "Cut off"
    assert [problem.line for problem in problems] == [9]


def test_entry_without_its_first_line_is_kept_and_listed() -> None:
    found, problems = entries("TY  - JOUR\nTI  - First\nER  - \nT1  - Second\nA1  - A, B\nER  - \n")
    assert [entry.citation.title for entry in found] == ["First", "Second"]
    assert "Line 4: An entry begins here without its first line (TY)." in sentences(problems)


def test_end_without_an_entry_is_listed() -> None:
    found, problems = entries("ER  - \n" + GOOD)
    assert len(found) == 2
    assert "Line 1: An end mark (ER) stands here without an entry." in sentences(problems)


def test_entry_without_anything_in_it_is_listed_and_counted() -> None:
    found, problems = entries(GOOD + "\nTY  - JOUR\nER  - \n")
    assert len(found) == 2
    assert "Line 9: This entry is empty. It was left out." in sentences(problems)
    assert "The file has 3 marks of an entry, but 2 entries were read." in sentences(problems)


def test_lower_case_tags_are_read() -> None:
    found = one("ty  - JOUR\nti  - A trial\nau  - Okafor, Adaeze\ner  - \n")
    assert (found.title, found.short_authors) == ("A trial", "Okafor A")


def test_one_space_before_the_dash_is_read_where_the_file_has_it_so() -> None:
    found = one("TY - JOUR\nTI - A trial\nPY - 2020\nER -\n")
    assert (found.title, found.year) == ("A trial", 2020)


def test_line_of_an_abstract_that_looks_like_a_loose_tag_is_no_tag() -> None:
    found = one("TY  - JOUR\nTI  - A trial\nAB  - Limits were\nCI - confidence limits.\nER  - \n")
    assert found.abstract[0].text == "Limits were CI - confidence limits."


def test_lines_broken_at_the_margin_are_joined_and_paragraphs_are_not() -> None:
    found = one(
        """
        TY  - JOUR
        TI  - A title that is broken
        at the margin
        AB  - The first paragraph is
        broken at the margin.
        The second one follows a full stop.
        METHODS: The third has a heading.
        ER  -
        """
    )
    assert found.title == "A title that is broken at the margin"
    assert [(part.label, part.text) for part in found.abstract] == [
        ("", "The first paragraph is broken at the margin."),
        ("", "The second one follows a full stop."),
        ("METHODS", "The third has a heading."),
    ]


def test_empty_lines_between_the_tags_do_no_harm() -> None:
    found = one("TY  - JOUR\n\nTI  - A trial\n\nPY  - 2020\n\nER  - \n\n\n")
    assert (found.title, found.year) == ("A trial", 2020)


def test_text_before_the_first_entry_is_listed() -> None:
    found, problems = entries("Exported by somebody on Monday\n" + GOOD)
    assert len(found) == 2
    assert sentences(problems) == (
        "Line 1: This line stands before the first entry. It was left out."
    )


def test_byte_order_marks_of_files_that_were_put_together_do_not_hide_an_entry() -> None:
    raw = "\ufeff".encode() + data(GOOD) + "\ufeff".encode() + data(GOOD)
    assert [found.title for found in citations(raw)] == ["First", "Second"] * 2


def test_value_of_five_megabytes_is_kept_whole() -> None:
    text = "word " * 1_000_000
    found = one(f"TY  - JOUR\nTI  - A trial\nAB  - {text}\nER  - \n")
    assert len(found.abstract[0].text) == len(text) - 1


def test_line_longer_than_any_field_may_be_is_cut_and_listed() -> None:
    found, problems = entries(b"TY  - JOUR\nTI  - A\nAB  - " + b"x" * 12_000_000 + b"\nER  - \n")
    assert len(found[0].citation.abstract[0].text) == 10_000_000 - len("AB  - ")
    assert "Line 3: This line is longer than 10,000,000 characters." in sentences(problems)


def test_a_thousand_problems_of_a_kind_are_fifty_and_a_count() -> None:
    found, problems = entries("TY  - JOUR\nTI  - A\n" * 1000)
    assert len(found) == 1000
    assert len(problems) == 51
    assert str(problems[-1]) == "950 more like this: This entry has no end mark (ER)."


def test_value_that_is_no_doi_is_kept_beside() -> None:
    found = one("TY  - JOUR\nTI  - A\nDO  - see the journal\nER  - \n")
    assert (found.doi, extra(found)["other doi"]) == ("", ["see the journal"])
