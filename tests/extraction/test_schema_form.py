"""Form definitions: what is read, what is refused and how a form may change."""

import doctest
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import extraction.schema
from extraction.schema import Field, Form, FormError, Kind, Per, check_follows, make_key, read_form
from extraction.schema.reading import MOST_FIELDS

DOSE = {
    "key": "dose", "label": "Dose", "kind": "number", "per": "study", "help": "Target dose",
    "unit": "mg", "minimum": "0.50", "maximum": 10, "required": True,
}  # fmt: skip
DESIGN = {
    "key": "design",
    "label": "Design",
    "kind": "choice",
    "options": ["Parallel", "Crossover"],
}
EVENTS = {"key": "events", "label": "Events", "kind": "number", "per": "result"}


def test_a_definition_becomes_typed_fields():
    form = read_form([DOSE, DESIGN, EVENTS])
    assert form.field("dose") == Field(
        "dose", "Dose", Kind.NUMBER, Per.STUDY, "Target dose", "mg",
        Decimal("0.50"), Decimal(10), (), True,
    )  # fmt: skip
    assert form.field("design").options == ("Parallel", "Crossover")
    assert [field.key for field in form.per(Per.RESULT)] == ["events"]
    assert [field.key for field in form] == ["dose", "design", "events"]
    assert (len(form), len(read_form([]))) == (3, 0)


def test_spaces_round_words_do_not_count():
    (field,) = read_form([DESIGN | {"label": "  Trial \n design ", "options": [" A  b", "C "]}])
    assert (field.label, field.options) == ("Trial design", ("A b", "C"))


@pytest.mark.parametrize(
    ("change", "attribute", "message"),
    [
        ({"label": " "}, "label", "Field 2 needs a label."),
        ({"label": 3}, "label", "Field 2 has a label that is not text."),
        ({"label": "x" * 201}, "label", "Field 2 has a label of 201 characters; 200 are allowed."),
        ({"label": "a\x00"}, "label", "Field 2 has an invisible character in its label."),
        ({"label": "DESIGN"}, "label", "Field 2 is called “DESIGN”, as an earlier field is."),
        ({"key": ""}, "key", "“Dose” needs a key of small letters"),
        ({"key": "2nd"}, "key", "“Dose” needs a key of small letters"),
        ({"key": "Dose"}, "key", "“Dose” needs a key of small letters"),
        ({"key": "x" * 61}, "key", "“Dose” has a key of 61 characters; 60 are allowed."),
        ({"key": "design"}, "key", "“Dose” has the key “design”, as “Design” has."),
        ({"kind": "colour"}, "kind", "“Dose” needs a kind out of: text, number, choice, multiple"),
        ({"kind": None}, "kind", "“Dose” needs a kind out of"),
        ({"per": "arm"}, "per", "“Dose” needs a per out of: study, result. It has “arm”."),
        ({"minimum": "much"}, "minimum", "“Dose” has a minimum that is not a number: “much”."),
        ({"maximum": "1,5"}, "maximum", "“Dose” has a maximum that is not a number: “1,5”."),
        ({"maximum": True}, "maximum", "“Dose” has a maximum that is not a number: “True”."),
        ({"maximum": "0.4"}, "maximum", "“Dose” has a maximum, 0.4, below its minimum, 0.50."),
        ({"options": ["A", "B"]}, "options", "“Dose” has options, which only a choice has."),
        ({"kind": "text"}, "minimum", "“Dose” has a minimum, which only a number has."),
        (
            {"kind": "text", "minimum": None, "maximum": ""},
            "unit",
            "“Dose” has a unit, “mg”, which only a number has.",
        ),
        ({"required": "yes"}, "required", "“Dose” has “yes” where required is true or false."),
        ({"colour": "red"}, "colour", "“Dose” has an unknown setting “colour”."),
    ],
)
def test_a_fault_is_named_with_its_field(change, attribute, message):
    with pytest.raises(FormError) as refused:
        read_form([DESIGN, DOSE | change])
    assert str(refused.value).startswith(message)
    assert (refused.value.position, refused.value.attribute) == (1, attribute)


@pytest.mark.parametrize("kind", ["choice", "multiple"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "needs at least two options."),
        (["Parallel"], "needs at least two options."),
        ("Parallel, crossover", "has options that are not a list of texts."),
        (["A", 2], "has options that are not a list of texts."),
        (["A", " "], "has an empty option or one over 200 letters."),
        (["A", "a "], "has the option “a” twice."),
        (["A", "b; c"], "has a character in “b; c” that an option cannot have."),
        (["A", "b\x07"], "has a character in “b\x07” that an option cannot have."),
    ],
)
def test_a_choice_needs_options_that_can_be_told_apart(kind, options, message):
    with pytest.raises(FormError) as refused:
        read_form([DESIGN | {"kind": kind, "options": options}])
    assert str(refused.value) == f"“Design” {message}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "A form is a list of fields."),
        (None, "A form is a list of fields."),
        (["dose"], "Field 1 is not a field definition."),
        ([DOSE] * (MOST_FIELDS + 1), "A form can have 300 fields; this one has 301."),
    ],
)
def test_what_is_not_a_form_is_refused(data, message):
    with pytest.raises(FormError) as refused:
        read_form(data)
    assert str(refused.value) == message


# Stored and read again ------------------------------

words = st.text("abcÄé 1-", min_size=1, max_size=8).map(lambda text: " ".join(text.split()))
limits = st.none() | st.decimals(-100, 100, places=2).map(str)


@st.composite
def definitions(draw):
    data = []
    for number in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(Kind))
        each = {"key": f"f{number}", "label": f"{draw(words)} {number}", "kind": kind.value}
        each["per"] = draw(st.sampled_from(["study", "result"]))
        each["required"] = draw(st.booleans())
        if kind is Kind.NUMBER:
            low, high = draw(limits), draw(limits)
            if low and high and Decimal(low) > Decimal(high):
                low, high = high, low
            each |= {"unit": draw(words), "minimum": low, "maximum": high}
        if kind in (Kind.CHOICE, Kind.MULTIPLE):
            options = draw(st.lists(words.filter(bool), min_size=2, unique_by=str.casefold))
            each["options"] = options
        data.append(each)
    return data


@given(definitions())
def test_a_form_is_the_same_after_storing(data):
    form = read_form(data)
    stored = json.loads(json.dumps(form.to_json()))
    assert read_form(stored) == form
    assert read_form(stored).to_json() == stored


# Keys ------------------------------


@pytest.mark.parametrize(
    ("label", "taken", "key"),
    [
        ("Pain, baseline (SD)", [], "pain_baseline_sd"),
        ("Größe der Gruppe", [], "grosse_der_gruppe"),
        ("6-week score", [], "field_6_week_score"),
        ("疼痛", [], "field"),
        ("pain " * 20, [], "pain_" * 11 + "p"),
        ("Dose", ["dose"], "dose_2"),
        ("Dose", ["dose", "dose_2"], "dose_3"),
    ],
)
def test_a_key_is_made_of_the_label(label, taken, key):
    assert make_key(label, taken) == key


@given(st.text(), st.integers(0, 5))
def test_every_label_gives_a_key_that_a_form_accepts(label, repeats):
    taken: list[str] = []
    for _ in range(repeats + 1):
        taken.append(make_key(label, taken))
    assert len(set(taken)) == repeats + 1
    fields = [
        {"key": key, "label": f"Field {number}", "kind": "text"} for number, key in enumerate(taken)
    ]
    assert len(read_form(fields)) == repeats + 1


# A new version ------------------------------


def test_a_new_version_may_add_remove_reorder_and_reword():
    old = read_form([DOSE, DESIGN])
    new = read_form([EVENTS, DOSE | {"label": "Daily dose", "maximum": "12"}])
    check_follows(old, new)
    check_follows(Form(), old)


@pytest.mark.parametrize(
    ("former", "now", "attribute", "message"),
    [
        (
            EVENTS,
            EVENTS | {"kind": "text"},
            "kind",
            "“Events” cannot change from “Number” to “Text”: values already entered would be lost.",
        ),
        (
            EVENTS,
            EVENTS | {"per": "study"},
            "per",
            "“Events” cannot change from once per result to once per study: values already",
        ),
    ],
)
def test_a_field_never_changes_what_its_values_are(former, now, attribute, message):
    with pytest.raises(FormError) as refused:
        check_follows(read_form([DESIGN, former]), read_form([DESIGN, now]))
    assert str(refused.value).startswith(message)
    assert (refused.value.position, refused.value.attribute) == (1, attribute)


def test_a_required_field_is_filled_by_any_finding_but_not_by_silence():
    form = read_form([DOSE, DESIGN, EVENTS | {"required": True}])
    dose = form.field("dose")
    assert form.missing({}, Per.STUDY) == (dose,)
    assert form.missing({"dose": "empty"}, Per.STUDY) == (dose,)
    assert form.missing({"dose": "cleared", "design": "reported"}, Per.STUDY) == (dose,)
    for state in ("reported", "not_reported", "not_applicable", "unclear"):
        assert form.missing({"dose": state}, Per.STUDY) == ()
    assert form.missing({"dose": "reported"}, Per.RESULT) == (form.field("events"),)


def test_the_example_in_the_package_works():
    found = doctest.testmod(extraction.schema)
    assert (found.failed, found.attempted > 3) == (0, True)
