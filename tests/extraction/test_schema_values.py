"""What each kind of field accepts, what it stores, and what it says when it refuses."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.schema import BadValue, Field, Form, Kind, State, to_text
from extraction.schema.values import LONGEST_TEXT, read_number

SIZE = Field(
    "n", "Sample size", Kind.NUMBER, unit="participants",
    minimum=Decimal(1), maximum=Decimal(100_000),
)  # fmt: skip
CHANGE = Field("change", "Change in pain", Kind.NUMBER)
DOSE = Field("dose", "Dose", Kind.NUMBER, unit="mg", minimum=Decimal("0.5"))
SCORE = Field("score", "Score", Kind.NUMBER, maximum=Decimal(10))
NOTE = Field("note", "Notes", Kind.TEXT)
DESIGN = Field("design", "Design", Kind.CHOICE, options=("Parallel", "Crossover"))
HARMS = Field("harms", "Harms", Kind.MULTIPLE, options=("Vivid dreams", "Nausea", "Headache"))
START = Field("start", "Recruitment start", Kind.DATE)
CONCEALED = Field("concealed", "Concealed", Kind.YES_NO_UNCLEAR)
FORM = Form((SIZE, CHANGE, DOSE, SCORE, NOTE, DESIGN, HARMS, START, CONCEALED))


# Numbers ------------------------------


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("31", "31"),
        (31, "31"),
        (Decimal("4.50"), "4.50"),
        (" 4.50 ", "4.50"),
        ("0", "0"),
        ("007", "7"),
        (".5", "0.5"),
        ("-28.8", "-28.8"),
        ("−28.8", "-28.8"),
        ("+3", "3"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("1,234", "1234"),
        ("1,234.50", "1234.50"),
        ("12,345,678", "12345678"),
        ("1 234.5", "1234.5"),
        ("1\u202f234", "1234"),
        ("1.234", "1.234"),
    ],
)
def test_a_number_keeps_its_digits_and_loses_its_thousands_marks(raw, stored):
    assert FORM.clean("change", raw) == stored


@pytest.mark.parametrize(
    "raw", ["1,5", "0,123", "1.234,5", "1,23,456", "12,34", "1234,567", "1,234 567", "1,", ",5"]
)
def test_a_comma_that_could_mean_two_numbers_is_refused(raw):
    with pytest.raises(BadValue) as refused:
        FORM.clean("change", raw)
    assert str(refused.value) == (
        f"Change in pain must be one number; you entered “{raw}”. Write the decimal sign as a "
        "point, and use commas for thousands only: 1.5 or 1,500."
    )


@pytest.mark.parametrize(
    "raw",
    [
        "many", "<0.05", "12-15", "12 (40 %)", "1e5", "nan", "Infinity", "1 5", "1 2345", "--1",
        "5.", "1.2.3", "٣", "½", True, "9" * 41,
    ],
)  # fmt: skip
def test_what_is_not_one_number_is_refused(raw):
    with pytest.raises(BadValue, match=r"^Change in pain must be one number such as 12 or 0\.5; "):
        FORM.clean("change", raw)


def test_a_unit_is_not_typed():
    with pytest.raises(BadValue) as refused:
        FORM.clean("dose", "4.5 mg")
    assert str(refused.value) == (
        "Dose must be one number; you entered “4.5 mg”. Leave out the unit, it is always mg."
    )


@pytest.mark.parametrize(
    ("key", "raw", "message"),
    [
        (
            "n",
            "-3",
            "Sample size must be between 1 and 100,000 participants; you entered -3.",
        ),
        (
            "n",
            "100,001",
            "Sample size must be between 1 and 100,000 participants; you entered 100,001.",
        ),
        ("dose", "0.4", "Dose must be at least 0.5 mg; you entered 0.4."),
        ("score", "10.01", "Score must be at most 10; you entered 10.01."),
    ],
)
def test_a_number_out_of_range_names_the_range_and_what_was_entered(key, raw, message):
    with pytest.raises(BadValue) as refused:
        FORM.clean(key, raw)
    assert str(refused.value) == message


@pytest.mark.parametrize(("key", "raw"), [("n", "1"), ("n", "100000"), ("dose", "0.50")])
def test_the_limits_belong_to_the_range(key, raw):
    assert FORM.clean(key, raw) == raw


numbers = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4
)


@given(numbers, st.sampled_from([",", "", " ", "\u2009"]), st.sampled_from(["-", "−"]))
def test_every_number_is_read_as_it_was_meant(number, mark, minus):
    typed = f"{number:,.4f}".replace(",", mark).replace("-", minus)
    stored = read_number(typed)
    assert stored is not None
    assert Decimal(stored) == number
    assert len(stored.partition(".")[2]) == 4
    assert read_number(stored) == stored


@given(st.text(alphabet="0123456789., -+e<%", max_size=12))
def test_a_number_is_never_guessed(typed):
    """Whatever is accepted has, mark for mark, the digits that were typed."""
    stored = read_number(typed)
    if stored is None:
        return
    digits = [sign for sign in typed if sign.isdigit()]
    kept = [sign for sign in stored if sign.isdigit()]
    assert "".join(digits).lstrip("0") == "".join(kept).lstrip("0")
    assert typed.count(".") == stored.count(".")


# The other kinds ------------------------------


@pytest.mark.parametrize(
    ("key", "raw", "stored"),
    [
        ("note", "  two\r\nlines, 3 < 4  ", "two\nlines, 3 < 4"),
        ("note", "0", "0"),
        ("design", " Crossover ", "Crossover"),
        ("harms", ["Headache", "Vivid dreams", "Headache", ""], ["Vivid dreams", "Headache"]),
        ("harms", ("Nausea",), ["Nausea"]),
        ("harms", "Nausea", ["Nausea"]),
        ("start", "2024", "2024"),
        ("start", "2024-03", "2024-03"),
        ("start", "2024-02-29", "2024-02-29"),
        ("concealed", "Yes", "yes"),
        ("concealed", "no", "no"),
        ("concealed", "unclear", "unclear"),
    ],
)
def test_a_value_is_stored_in_one_form(key, raw, stored):
    assert FORM.clean(key, raw) == stored
    assert json.loads(json.dumps(stored)) == stored
    assert FORM.clean(key, stored) == stored


@pytest.mark.parametrize("field", FORM.fields, ids=lambda field: field.key)
@pytest.mark.parametrize("raw", [None, "", "  ", "\n"])
def test_nothing_entered_is_no_value(field, raw):
    assert FORM.clean(field.key, raw) is None


def test_no_choice_ticked_is_no_value():
    assert FORM.clean("harms", []) is None
    assert FORM.clean("harms", [""]) is None


@pytest.mark.parametrize(
    ("key", "raw", "message"),
    [
        ("design", "Cluster", "Design must be one of: Parallel; Crossover. You entered “Cluster”."),
        ("design", "parallel", "Design must be one of: Parallel; Crossover. "),
        ("harms", ["Nausea", "Rash"], "Harms must be one of: Vivid dreams; Nausea; Headache. "),
        ("design", ["Parallel", "Crossover"], "Design takes one value; you entered 2."),
        (
            "start",
            "15/03/2024",
            "Recruitment start must be a date such as 2024, 2024-03 or 2024-03-15; "
            "you entered “15/03/2024”.",
        ),
        ("start", "2024-3", "Recruitment start must be a date such as 2024, 2024-03"),
        ("start", "2023-02-29", "Recruitment start: there is no date 2023-02-29."),
        ("start", "2024-13", "Recruitment start: there is no date 2024-13."),
        ("start", "0204", "Recruitment start must have a year from 1800 to 2100; you entered 0204"),
        ("concealed", "perhaps", "Concealed must be yes, no or unclear; you entered “perhaps”."),
        ("note", "a\x00b", "Notes has an invisible character after “a” that cannot be stored."),
        ("note", "\ud800", "Notes has an invisible character at the start that cannot be stored."),
        ("note", "x" * (LONGEST_TEXT + 1), "Notes has 20,001 characters; it can hold 20,000."),
        ("design", "y" * 200, "Design must be one of: Parallel; Crossover. You entered “yyy"),
    ],
)
def test_a_refused_value_gets_a_sentence_that_names_the_field(key, raw, message):
    with pytest.raises(BadValue) as refused:
        FORM.clean(key, raw)
    assert str(refused.value).startswith(message)
    assert len(str(refused.value)) < 200


def test_a_key_that_the_form_does_not_have_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        FORM.clean("weight", "3")


# States ------------------------------


@pytest.mark.parametrize(
    ("key", "state", "raw", "found", "data"),
    [
        ("n", "", "31", State.REPORTED, "31"),
        ("n", "empty", "31", State.REPORTED, "31"),
        ("n", "reported", "31", State.REPORTED, "31"),
        ("n", "reported", "", State.EMPTY, None),
        ("n", "", "", State.EMPTY, None),
        ("n", "not_reported", "", State.NOT_REPORTED, None),
        ("n", "not_applicable", None, State.NOT_APPLICABLE, None),
        ("n", "unclear", "", State.UNCLEAR, None),
        ("concealed", "", "yes", State.REPORTED, "yes"),
        ("concealed", "", "unclear", State.UNCLEAR, None),
        ("concealed", "reported", "unclear", State.UNCLEAR, None),
        ("concealed", "unclear", "unclear", State.UNCLEAR, None),
        ("note", "", "unclear", State.REPORTED, "unclear"),
    ],
)
def test_missing_values_have_their_own_states(key, state, raw, found, data):
    entry = FORM.entry(key, state, raw)
    assert (entry.state, entry.data) == (found, data)


def test_a_value_cannot_be_both_missing_and_present():
    with pytest.raises(BadValue) as refused:
        FORM.entry("dose", "not_reported", "4.5")
    assert str(refused.value) == (
        "Dose is marked “not reported” and also has a value, “4.5 mg”. Keep one of the two."
    )
    with pytest.raises(BadValue):
        FORM.entry("concealed", "not_reported", "unclear")


def test_an_unknown_state_is_refused():
    with pytest.raises(BadValue, match="Dose has the unknown state “lost”"):
        FORM.entry("dose", "lost", "")


# Showing ------------------------------


def test_values_are_written_as_text():
    assert to_text(None) == ""
    assert to_text("12.50") == "12.50"
    assert to_text(["Vivid dreams", "Nausea"]) == "Vivid dreams; Nausea"
    assert (DOSE.show("4.5"), DOSE.show(None)) == ("4.5 mg", "")
    assert (CONCEALED.show("yes"), SCORE.show("7")) == ("Yes", "7")
    assert (State.NOT_REPORTED.label, Kind.MULTIPLE.label) == ("Not reported", "Several choices")
