"""Pages of the protocol: everybody reads it, the lead edits, all of it without a script."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from review.forms import criteria as sheets
from review.models import CriteriaVersion, User
from review.services.protocol import set_criteria
from tests.people import CRITERIA, Team, team


@pytest.fixture
def t(db: None) -> Team:
    return team()


def get(client: Client, user: User, name: str, **kwargs: str) -> Any:
    client.force_login(user)
    return client.get(reverse(f"review:{name}", kwargs={"slug": "ldn", **kwargs}))


def post(client: Client, user: User, name: str, data: dict[str, Any], **kwargs: str) -> Any:
    client.force_login(user)
    return client.post(reverse(f"review:{name}", kwargs={"slug": "ldn", **kwargs}), data)


def sent(pairs: list[tuple[str, str]], act: str = "save", seen: int = 1) -> dict[str, str]:
    """What a browser sends of the criteria form."""
    rows = {"rows": str(len(pairs)), "act": act, "seen": str(seen)}
    for i, (text, reason) in enumerate(pairs):
        rows |= {f"row{i}-text": text, f"row{i}-reason": reason}
    return rows


def in_force(t: Team) -> list[tuple[str, str]]:
    version = CriteriaVersion.objects.in_force(t.review)
    assert version is not None
    return [(each.text, each.reason.label) for each in version.in_order()]


def shown(answer: Any) -> list[tuple[str, str]]:
    forms = answer.context["sheet"].forms
    return [(form["text"].value(), form["reason"].value()) for form in forms]


# Reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lead", "ann", "adjudicator", "observer", "admin"])
def test_everybody_in_the_review_reads_the_protocol(t: Team, client: Client, who: str) -> None:
    text = get(client, getattr(t, who), "protocol").content.decode()
    for words in ("Adults with chronic pain", "Wrong population", "Two reviewers, independently"):
        assert words in text
    assert ("Edit the criteria" in text) is (who == "lead")


def test_earlier_versions_stay_readable(t: Team, client: Client) -> None:
    new = [("Adults of 18 or older", "Too young"), *CRITERIA[1:]]
    set_criteria(review=t.review, criteria=new, actor=t.lead)
    text = get(client, t.ann, "protocol").content.decode()
    assert text.index("Adults of 18 or older") < text.index("Adults with chronic pain")
    assert "Version 2" in text
    assert "Version 1" in text


def test_ten_versions_cost_as_many_queries_as_one(
    t: Team, client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(9):
        criteria = [(f"Criterion of version {number}", "Wrong population")]
        set_criteria(review=t.review, criteria=criteria, actor=t.lead)
    client.force_login(t.ann)
    with django_assert_max_num_queries(8):
        client.get(reverse("review:protocol", args=["ldn"]))


# Question -----------------------------------------------------------------------------------


def test_lead_edits_the_question(t: Team, client: Client) -> None:
    values = {"title": "LDN for pain", "population": "Adults", "outcomes": "Pain\r\nSleep"}
    answer = post(client, t.lead, "question", values)
    assert (answer.status_code, answer["Location"]) == (303, "/r/ldn/protocol/")
    t.review.refresh_from_db()
    assert (t.review.title, t.review.population) == ("LDN for pain", "Adults")


def test_review_needs_a_title(t: Team, client: Client) -> None:
    assert post(client, t.lead, "question", {"title": " "}).status_code == 422
    t.review.refresh_from_db()
    assert t.review.title == "Low-dose naltrexone for chronic pain"


# Criteria -----------------------------------------------------------------------------------


def test_form_shows_the_version_in_force(t: Team, client: Client) -> None:
    assert shown(get(client, t.lead, "criteria")) == CRITERIA


def test_saving_makes_a_new_version(t: Team, client: Client) -> None:
    pairs = [*CRITERIA, ("Pain was measured", "No pain outcome planned")]
    answer = post(client, t.lead, "criteria", sent(pairs))
    assert answer.status_code == 303
    assert in_force(t) == pairs
    assert CriteriaVersion.objects.count() == 2


def test_blank_rows_are_left_out(t: Team, client: Client) -> None:
    pairs = [("", ""), CRITERIA[0], (" ", " ")]
    post(client, t.lead, "criteria", sent(pairs))
    assert in_force(t) == CRITERIA[:1]


A, B, C = CRITERIA


@pytest.mark.parametrize(
    ("act", "after"),
    [
        ("add", [A, B, C, ("", "")]),
        ("up 2", [A, C, B]),
        ("up 0", [A, B, C]),
        ("down 0", [B, A, C]),
        ("down 2", [A, B, C]),
        ("remove 1", [A, C]),
        ("remove 9", [A, B, C]),
        ("dance", [A, B, C]),
    ],
)
def test_each_button_changes_the_rows_and_stores_nothing(
    t: Team, client: Client, act: str, after: list[tuple[str, str]]
) -> None:
    answer = post(client, t.lead, "criteria", sent(CRITERIA, act))
    assert answer.status_code == 200
    assert shown(answer) == after
    assert CriteriaVersion.objects.count() == 1


def test_what_was_typed_survives_a_button(t: Team, client: Client) -> None:
    typed = [("Adults, typed anew", ""), B]
    answer = post(client, t.lead, "criteria", sent(typed, "add"))
    assert shown(answer) == [*typed, ("", "")]


def test_last_row_that_is_removed_leaves_an_empty_one(t: Team, client: Client) -> None:
    answer = post(client, t.lead, "criteria", sent([A], "remove 0"))
    assert shown(answer) == [("", "")]


@given(
    st.lists(st.sampled_from([A, B, C, ("D", "Wrong D")]), max_size=6),
    st.sampled_from(["up", "down"]),
    st.integers(0, 8),
)
def test_moving_never_loses_or_doubles_a_row(
    pairs: list[tuple[str, str]], verb: str, at: int
) -> None:
    sheet = sheets.after(sent(pairs), f"{verb} {at}")
    moved = [(form["text"].value(), form["reason"].value()) for form in sheet.forms]
    assert sorted(moved) == sorted(pairs)


@pytest.mark.parametrize("rows", ["", "-1", "x", "99999999"])
def test_nonsense_for_the_number_of_rows_is_no_error(t: Team, client: Client, rows: str) -> None:
    data = sent(CRITERIA, "add") | {"rows": rows}
    assert post(client, t.lead, "criteria", data).status_code == 200
    assert post(client, t.lead, "criteria", data | {"act": "save"}).status_code in (303, 422)


def test_row_with_half_its_parts_is_marked(t: Team, client: Client) -> None:
    answer = post(client, t.lead, "criteria", sent([A, ("Pain was measured", "")]))
    assert answer.status_code == 422
    forms = answer.context["sheet"].forms
    assert [sorted(form.errors) for form in forms] == [[], ["reason"]]
    assert shown(answer) == [A, ("Pain was measured", "")]


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([], "at least one criterion"),
        ([("", "")], "at least one criterion"),
        ([A, ("Other", "wrong POPULATION")], "the same exclusion reason"),
    ],
)
def test_criteria_that_make_no_sense_are_answered_in_words(
    t: Team, client: Client, pairs: list[tuple[str, str]], says: str
) -> None:
    answer = post(client, t.lead, "criteria", sent(pairs))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert in_force(t) == CRITERIA


def test_two_leads_do_not_overwrite_each_other(t: Team, client: Client) -> None:
    set_criteria(review=t.review, criteria=[A, B], actor=t.lead)
    answer = post(client, t.lead, "criteria", sent([A], seen=1))
    assert answer.status_code == 409
    assert "Somebody else saved version 2" in answer.content.decode()
    assert shown(answer) == [A]
    assert in_force(t) == [A, B]


def test_enter_in_a_field_saves(t: Team, client: Client) -> None:
    """A browser presses the first button of the form."""
    text = get(client, t.lead, "criteria").content.decode()
    form = text[text.index('<form method="post" class="form">') :]
    first = form[form.index("<button") : form.index("</button>")]
    assert 'value="save"' in first


# Roles --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["question", "criteria"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("ann", 403), ("adjudicator", 403), ("observer", 403), ("admin", 403), ("stranger", 404)],
)
def test_only_the_lead_edits(t: Team, client: Client, name: str, who: str, status: int) -> None:
    data = sent([A]) | {"title": "Taken over"}
    user = getattr(t, who)
    assert get(client, user, name).status_code == status
    assert post(client, user, name, data).status_code == status
    t.review.refresh_from_db()
    assert t.review.title.startswith("Low-dose")
    assert in_force(t) == CRITERIA
