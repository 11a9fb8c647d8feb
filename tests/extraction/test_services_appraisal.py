"""Appraising a result: rows are added, never changed, and judgements follow the answers."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from extraction.appraisal import ROB2, ROB2_CROSSOVER, Effect, Judgement, asked, instrument, judge
from extraction.errors import AlreadyThere, Inconsistent
from extraction.models import Answer, Assessment
from extraction.models import Judgement as JudgementRow
from extraction.services.appraisal import (
    Choice,
    Given,
    judge_overall,
    save_domain,
    set_preliminaries,
    start_assessment,
)
from extraction.sheet import OVERALL, read_sheet
from review.errors import Incomplete, NotAllowed
from tests.extraction import world
from tests.people import Team, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Team:
    return team()


@pytest.fixture
def row(people: Team) -> Assessment:
    return world.started(people)


def save(row: Assessment, domain: str, choice: Choice | None = None, **codes: str) -> str:
    """Save answers named q1_1 and so on, with a judgement if given."""
    given = {name[1:].replace("_", "."): Given(code) for name, code in codes.items()}
    return save_domain(
        assessment=row,
        domain=domain,
        given=given,
        actor=row.assessor,
        choice=choice or Choice(),
    )


def final(row: Assessment, domain: str) -> str:
    return str(read_sheet(row).final(domain) or "")


def test_a_result_has_one_assessment_per_instrument(people: Team, row: Assessment) -> None:
    with pytest.raises(AlreadyThere, match="Open that one"):
        start_assessment(result=row.result, tool=ROB2, actor=people.bo)

    start_assessment(result=row.result, tool=ROB2_CROSSOVER, actor=people.bo)


def test_only_the_assessor_answers(people: Team, row: Assessment) -> None:
    with pytest.raises(NotAllowed, match="Only Ann"):
        save_domain(assessment=row, domain="D1", given={"1.1": Given("Y")}, actor=people.bo)
    with pytest.raises(NotAllowed):
        judge_overall(assessment=row, choice=Choice(), actor=people.lead)

    assert not Answer.objects.exists()


def test_saving_what_stands_already_adds_no_row(row: Assessment) -> None:
    world.answer(row, world.LOW)
    before = (Answer.objects.count(), JudgementRow.objects.count())

    world.answer(row, world.LOW)

    assert (Answer.objects.count(), JudgementRow.objects.count()) == before


def test_a_change_of_mind_adds_a_row_and_keeps_the_former_one(row: Assessment) -> None:
    save(row, "D1", q1_1="Y")
    save(row, "D1", q1_1="PN")

    rows = Answer.objects.filter(question="1.1").order_by("pk")
    assert [each.answer for each in rows] == ["Y", "PN"]
    assert read_sheet(row).codes == {"1.1": "PN"}


def test_an_incomplete_domain_has_no_judgement(row: Assessment) -> None:
    save(row, "D1", q1_1="Y", q1_2="Y")
    assert final(row, "D1") == ""

    save(row, "D1", q1_3="N")
    assert final(row, "D1") == "low"


def test_a_former_answer_comes_back_when_its_question_does(row: Assessment) -> None:
    save(row, "D2", q2_1="Y", q2_2="N", q2_3="N", q2_6="Y")
    assert read_sheet(row).scored["2.3"] == "N"

    save(row, "D2", q2_1="N")
    sheet = read_sheet(row)
    assert "2.3" not in sheet.codes
    assert sheet.scored["2.3"] == "NA"
    assert final(row, "D2") == "low"

    save(row, "D2", q2_1="PY")
    assert read_sheet(row).scored["2.3"] == "N"


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ({"2.1": "N", "2.2": "N", "2.3": "Y"}, "Question 2.3 is not asked"),
        ({"2.1": "NA"}, "Question 2.1 cannot be answered with “not applicable”"),
        ({"2.1": "MAYBE"}, "Question 2.1 cannot be answered with “MAYBE”"),
        ({"9.9": "Y"}, "Question 9.9 does not belong to this form"),
    ],
)
def test_answers_that_contradict_the_form_are_refused_by_question(
    row: Assessment, codes: dict[str, str], words: str
) -> None:
    given = {number: Given(code) for number, code in codes.items()}

    with pytest.raises(Inconsistent, match=words):
        save_domain(assessment=row, domain="D2", given=given, actor=row.assessor)

    assert not Answer.objects.exists()


def test_no_information_is_no_answer_to_question_3_2(row: Assessment) -> None:
    with pytest.raises(Inconsistent, match=r"Question 3.2 cannot be answered"):
        save(row, "D3", q3_1="N", q3_2="NI")


def test_a_departure_without_a_reason_saves_the_answers_and_follows_the_algorithm(
    row: Assessment,
) -> None:
    problem = save(row, "D1", Choice(Judgement.HIGH), q1_1="Y", q1_2="Y", q1_3="N")

    assert "Give a reason for judging “High”" in problem
    assert read_sheet(row).codes == {"1.1": "Y", "1.2": "Y", "1.3": "N"}
    assert final(row, "D1") == "low"


def test_a_departure_with_a_reason_is_final_beside_the_algorithm(row: Assessment) -> None:
    choice = Choice(Judgement.SOME_CONCERNS, "Block size was 2.", "favours experimental")

    assert save(row, "D1", choice, q1_1="Y", q1_2="Y", q1_3="N") == ""

    stored = read_sheet(row).judgements["D1"]
    assert (stored.algorithm, stored.final) == ("low", "some concerns")
    assert (stored.reason, stored.direction) == ("Block size was 2.", "favours experimental")


def test_the_overall_judgement_follows_the_domains(row: Assessment) -> None:
    world.answer(row, {key: world.LOW[key] for key in ("D1", "D2", "D3", "D4")})
    assert final(row, OVERALL) == ""

    world.answer(row, {"D5": world.LOW["D5"]})
    assert final(row, OVERALL) == "low"

    save(row, "D5", q5_2="Y")
    assert final(row, OVERALL) == "high"


def test_several_concerns_become_high_only_by_a_typed_reason(row: Assessment) -> None:
    world.answer(row, world.CONCERNS)
    assert final(row, OVERALL) == "some concerns"

    with pytest.raises(Incomplete, match="Give a reason"):
        judge_overall(assessment=row, choice=Choice(Judgement.HIGH), actor=row.assessor)

    choice = Choice(Judgement.HIGH, "Both point the same way.")
    judge_overall(assessment=row, choice=choice, actor=row.assessor)
    assert final(row, OVERALL) == "high"


@pytest.mark.parametrize("concerns", [[], ["D1"]])
def test_fewer_than_two_concerns_cannot_be_called_high(
    row: Assessment, concerns: list[str]
) -> None:
    world.answer(row, world.LOW | {key: world.CONCERNS[key] for key in concerns})

    with pytest.raises(Incomplete, match="two or more domains"):
        choice = Choice(Judgement.HIGH, "A feeling.")
        judge_overall(assessment=row, choice=choice, actor=row.assessor)


def test_better_than_the_worst_domain_needs_a_reason(row: Assessment) -> None:
    world.answer(row, world.CONCERNS)

    with pytest.raises(Incomplete, match="Give a reason"):
        judge_overall(assessment=row, choice=Choice(Judgement.LOW), actor=row.assessor)


def test_an_escalation_ends_when_its_concerns_do(row: Assessment) -> None:
    world.answer(row, world.CONCERNS)
    choice = Choice(Judgement.HIGH, "Both point the same way.")
    judge_overall(assessment=row, choice=choice, actor=row.assessor)

    save(row, "D3", q3_1="PY")
    assert final(row, OVERALL) == "high"

    world.answer(row, {"D1": world.LOW["D1"]})
    assert final(row, OVERALL) == "some concerns"


def test_a_better_judgement_ends_when_the_domains_add_up_to_another(row: Assessment) -> None:
    world.answer(row, world.CONCERNS)
    choice = Choice(Judgement.LOW, "Neither could matter here.")
    judge_overall(assessment=row, choice=choice, actor=row.assessor)

    save(row, "D1", q1_2="N")

    assert final(row, OVERALL) == "high"


def test_an_escalation_outlasts_a_question_that_is_open_for_a_while(row: Assessment) -> None:
    world.answer(row, world.CONCERNS)
    choice = Choice(Judgement.HIGH, "Both point the same way.")
    judge_overall(assessment=row, choice=choice, actor=row.assessor)

    save(row, "D3", q3_1="N")
    assert final(row, OVERALL) == ""

    save(row, "D3", q3_1="Y")
    assert final(row, OVERALL) == "high"


def test_what_is_judged_is_kept_with_the_assessment_and_its_result(row: Assessment) -> None:
    set_preliminaries(
        assessment=row,
        actor=row.assessor,
        experimental="Naltrexone 4.5 mg",
        comparator="Placebo",
        estimate="MD −0.34",
        sources=["Protocol"],
    )

    row.refresh_from_db()
    assert (row.experimental, row.comparator, row.sources) == (
        "Naltrexone 4.5 mg",
        "Placebo",
        ["Protocol"],
    )
    assert row.result.estimate == "MD −0.34"


NUMBERS = [question.number for question in instrument(ROB2).questions(Effect.ASSIGNMENT)]
CODES = ["Y", "PY", "PN", "N", "NI"]
CHANGES = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(CODES)), max_size=25)


# The assessment goes on from example to example: every state is a fair start.
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@over(changes=CHANGES)
def test_stored_judgements_equal_recomputed_ones_after_any_changes(
    row: Assessment, changes: list[tuple[str, str]]
) -> None:
    tool = instrument(ROB2)
    of = {q.number: d.id for d in tool.domains for q in d.asked_for(Effect.ASSIGNMENT)}
    for number, code in changes:
        is_asked = number in asked(tool, read_sheet(row).former, Effect.ASSIGNMENT)
        if is_asked and (number, code) != ("3.2", "NI"):
            given = {number: Given(code)}
            save_domain(assessment=row, domain=of[number], given=given, actor=row.assessor)

    sheet = read_sheet(row)
    for domain, proposed in judge(tool, sheet.former, Effect.ASSIGNMENT).items():
        stored = sheet.judgements.get(domain)
        assert (stored.algorithm if stored else "") == (proposed.value if proposed else "")
    assert final(row, OVERALL) == (sheet.overall.value if sheet.overall else "")
