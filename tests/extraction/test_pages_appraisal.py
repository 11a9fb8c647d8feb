"""The pages of risk of bias, as an assessor and as the team see them."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from extraction.appraisal import ROB2_CROSSOVER
from extraction.models import Answer, Assessment
from extraction.sheet import read_sheet
from review.models import User
from tests.extraction import world
from tests.people import Team, team

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def people() -> Team:
    return team()


@pytest.fixture
def row(people: Team) -> Assessment:
    return world.started(people)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"extraction:{name}", args=["ldn", *args])


def sent(act: str = "save", **codes: str) -> dict[str, str]:
    """A domain's form as the browser sends it: every shown question with its texts."""
    data = {"act": act, "final": "", "reason": "", "direction": ""}
    for name, code in codes.items():
        key = name[1:]
        data |= {f"answer_{key}": code, f"support_{key}": "", f"quote_{key}": "", f"page_{key}": ""}
    return data


def shown(page: str) -> list[str]:
    """The numbers of the questions that can be answered on this page."""
    return [n.replace("_", ".") for n in re.findall(r'name="support_([\dS_]+)"', page)]


def test_an_instrument_is_chosen_and_its_first_page_opens(people: Team) -> None:
    (report,) = world.included(people)
    result = world.result(world.study(people.review, report))

    answer = as_(people.ann).post(url("assess", result.pk), {"tool": ROB2_CROSSOVER})

    row = Assessment.objects.get()
    assert answer["Location"] == url("preliminary", row.pk)
    assert (row.assessor, row.effect) == (people.ann, "assignment")


def test_the_same_instrument_twice_is_a_conflict(people: Team, row: Assessment) -> None:
    answer = as_(people.bo).post(url("assess", row.result_id), {"tool": row.tool})

    assert answer.status_code == 409
    assert "Open that one" in answer.content.decode()


@pytest.mark.parametrize("name", ["assessment", "preliminary", "overall", "domain"])
def test_every_page_shows_the_tool_its_link_and_that_it_is_paraphrased(
    row: Assessment, name: str
) -> None:
    args = [row.pk, "D1"] if name == "domain" else [row.pk]

    page = as_(row.assessor).get(url(name, *args)).content.decode()

    assert "22 August 2019" in page
    assert "https://www.riskofbias.info" in page
    assert "read the official guidance before answering" in page
    assert "not endorsed by the developers" in " ".join(page.split())
    assert "BMJ 2019;366:l4898" in page


def test_questions_that_the_answers_do_not_lead_to_are_not_offered(row: Assessment) -> None:
    client = as_(row.assessor)
    assert shown(client.get(url("domain", row.pk, "D2")).content.decode()) == ["2.1", "2.2", "2.6"]

    client.post(url("domain", row.pk, "D2"), sent("update", q2_1="Y", q2_2="N", q2_6=""))

    page = client.get(url("domain", row.pk, "D2")).content.decode()
    assert shown(page) == ["2.1", "2.2", "2.3", "2.6"]


def test_htmx_gets_only_the_questions_that_are_asked_or_dropped_now(row: Assessment) -> None:
    client, address = as_(row.assessor), url("domain", row.pk, "D2")

    came = client.post(address, sent("update", q2_1="Y", q2_2="N", q2_6=""), headers=HTMX)
    went = client.post(address, sent("update", q2_1="N", q2_2="N", q2_3="", q2_6="Y"), headers=HTMX)

    assert shown(came.content.decode()) == ["2.3"]
    assert "Still to answer" in came.content.decode()
    assert shown(went.content.decode()) == []
    dropped = " ".join(went.content.decode().split())
    assert 'class="idle-question" id="question-23" hx-swap-oob="true"' in dropped
    assert 'data-judgement="low"' in went.content.decode()
    assert "<html" not in came.content.decode()


def test_saving_stays_when_it_leads_to_a_question_not_shown_yet(row: Assessment) -> None:
    answer = as_(row.assessor).post(url("domain", row.pk, "D2"), sent(q2_1="Y", q2_2="N", q2_6="Y"))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Your answers lead to further questions" in page
    assert shown(page) == ["2.1", "2.2", "2.3", "2.6"]


def test_without_javascript_updating_saves_and_shows_the_whole_page(row: Assessment) -> None:
    answer = as_(row.assessor).post(
        url("domain", row.pk, "D2"), sent("update", q2_1="Y", q2_2="N", q2_6="")
    )

    page = answer.content.decode()
    assert "<html" in page
    assert shown(page) == ["2.1", "2.2", "2.3", "2.6"]
    assert read_sheet(row).codes == {"2.1": "Y", "2.2": "N"}


def test_saving_goes_on_to_the_next_domain_and_at_last_to_overall(row: Assessment) -> None:
    client = as_(row.assessor)

    first = client.post(url("domain", row.pk, "D1"), sent(q1_1="Y", q1_2="Y", q1_3="N"))
    last = client.post(url("domain", row.pk, "D5"), sent(q5_1="Y", q5_2="N", q5_3="N"))

    assert first["Location"] == url("domain", row.pk, "D2")
    assert last["Location"] == url("overall", row.pk)


def test_the_suggested_judgement_is_shown_and_cannot_be_sent(row: Assessment) -> None:
    data = sent("update", q1_1="Y", q1_2="N", q1_3="N") | {"algorithm": "low"}

    page = as_(row.assessor).post(url("domain", row.pk, "D1"), data).content.decode()

    assert 'data-judgement="high">High risk' in page
    assert read_sheet(row).judgements["D1"].algorithm == "high"


def test_a_departure_without_reason_keeps_the_answers_and_the_choice(row: Assessment) -> None:
    data = sent(q1_1="Y", q1_2="Y", q1_3="N") | {"final": "high"}

    answer = as_(row.assessor).post(url("domain", row.pk, "D1"), data)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Your answers are saved. Give a reason for judging “High”" in page
    assert '<option value="high" selected>' in page
    assert read_sheet(row).final("D1") == "low"


def test_an_answer_to_a_question_not_asked_is_refused_and_then_left_out(row: Assessment) -> None:
    answer = as_(row.assessor).post(
        url("domain", row.pk, "D2"), sent(q2_1="N", q2_2="N", q2_3="Y", q2_6="Y")
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Question 2.3 is not asked after the answers before it" in page
    assert shown(page) == ["2.1", "2.2", "2.6"]
    assert not Answer.objects.exists()


def test_support_quote_and_page_are_kept_with_the_answer(row: Assessment) -> None:
    data = sent(q1_1="Y") | {
        "support_1_1": "Central service",
        "quote_1_1": "by <b>telephone</b>",
        "page_1_1": "532",
    }
    client = as_(row.assessor)

    client.post(url("domain", row.pk, "D1"), data)

    page = client.get(url("assessment", row.pk)).content.decode()
    assert "Central service" in page
    assert "by &lt;b&gt;telephone&lt;/b&gt;" in page
    assert "Page 532" in page


def test_the_team_reads_an_assessment_and_only_its_assessor_writes(
    people: Team, row: Assessment
) -> None:
    world.answer(row, world.LOW)

    page = as_(people.bo).get(url("assessment", row.pk)).content.decode()

    assert "Low risk" in page
    assert "What is judged</a>" not in page
    assert as_(people.bo).get(url("domain", row.pk, "D1")).status_code == 403
    refused = as_(people.bo).post(url("domain", row.pk, "D1"), sent(q1_1="N"))
    assert refused.status_code == 403


def test_an_unknown_domain_is_not_found(row: Assessment) -> None:
    assert as_(row.assessor).get(url("domain", row.pk, "DS")).status_code == 404


def test_what_is_judged_is_stored_with_its_sources(row: Assessment) -> None:
    data = {
        "experimental": "Naltrexone 4.5 mg",
        "comparator": "Placebo",
        "estimate": "MD −0.34",
        "sources": ["Journal article", "Protocol"],
    }

    answer = as_(row.assessor).post(url("preliminary", row.pk), data)

    row.refresh_from_db()
    assert answer["Location"] == url("domain", row.pk, "D1")
    assert row.sources == ["Journal article", "Protocol"]
    assert row.result.estimate == "MD −0.34"


def test_overall_waits_for_every_domain(row: Assessment) -> None:
    client = as_(row.assessor)
    assert "before every domain has one" in client.get(url("overall", row.pk)).content.decode()

    world.answer(row, world.CONCERNS)

    page = client.get(url("overall", row.pk)).content.decode()
    assert "you may judge it high: give the reason" in page


def test_several_concerns_are_called_high_on_the_page_with_a_reason(row: Assessment) -> None:
    world.answer(row, world.CONCERNS)
    client = as_(row.assessor)

    refused = client.post(url("overall", row.pk), {"final": "high"})
    saved = client.post(url("overall", row.pk), {"final": "high", "reason": "They add up."})

    assert refused.status_code == 422
    assert "Give a reason" in refused.content.decode()
    assert saved.status_code == 303
    assert "They add up." in client.get(url("assessment", row.pk)).content.decode()


def test_a_demo_assessment_says_so_wherever_its_judgement_is_shown(
    people: Team, row: Assessment
) -> None:
    Assessment.objects.filter(pk=row.pk).update(is_demo=True)
    world.answer(row, world.LOW)
    client = as_(people.ann)

    for page in (
        client.get(url("study", row.result.study_id)),
        client.get(url("assess", row.result_id)),
        client.get(url("assessment", row.pk)),
        client.get(url("domain", row.pk, "D1")),
        client.get(url("overall", row.pk)),
    ):
        assert "Demo example, not a judgement." in page.content.decode()


def test_answering_needs_few_queries(
    row: Assessment, django_assert_max_num_queries: object
) -> None:
    client = as_(row.assessor)
    data = sent("update", q1_1="Y", q1_2="Y", q1_3="N")

    with django_assert_max_num_queries(35):  # type: ignore[operator]
        client.post(url("domain", row.pk, "D1"), data, headers=HTMX)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        client.get(url("domain", row.pk, "D1"))
